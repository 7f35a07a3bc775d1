/*
 * ignore - keep the .gitignore beside a pointer right.
 *
 * A line "/name" (special characters escaped as gitignore(5) wants) in the
 * .gitignore of the output's folder; written atomically, only when needed, in
 * the order of names.
 */
#ifndef REPO_IGNORE_H
#define REPO_IGNORE_H

#include "repo/repo.h"

/* 1: .gitignore was changed, 0: it has the line. */
int ignore_add(struct dver_repo *repo, const char *path, struct dver_err *err);
/* 1: the line was there and is gone; a file left empty is removed. */
int ignore_remove(struct dver_repo *repo, const char *path,
		  struct dver_err *err);

#endif
