/*
 * git_internal - the struct behind git.h, for the git*.c files.
 */
#ifndef REPO_GIT_INTERNAL_H
#define REPO_GIT_INTERNAL_H

#include <git2.h>
#include <stdbool.h>

#include "repo/git.h"

struct git {
	git_repository *repo;
	char *workdir;		/* owned; no slash at its end */
	char *prefix;		/* of the workspace in workdir; owned */
	bool other;		/* not the one that the environment means */
};

/* err from libgit2's last error. */
int git_fail(int code, const char *what, const char *name,
	     struct dver_err *err);
/* The tree of the prefix in `top`; *out stays NULL: it has none. */
int git_prefix_tree(struct git *g, git_tree *top, git_tree **out,
		    struct dver_err *err);
/* prefix + "/" + path, owned by the caller; NULL: no memory. */
char *git_full_path(const struct git *g, const char *path);

#endif
