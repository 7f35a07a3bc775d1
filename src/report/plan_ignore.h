/*
 * plan_ignore - which files of a commit its .dverignore files leave out.
 */
#ifndef REPORT_PLAN_IGNORE_H
#define REPORT_PLAN_IGNORE_H

#include "repo/git_snapshot.h"

/*
 * Do they say so of a file, or of a folder it lies in?  1, 0, < 0;
 * DVER_EFORMAT: one of them cannot be read.
 */
int plan_ignored(struct git *git, struct git_snapshot *snap, const char *path,
		 struct dver_err *err);

#endif
