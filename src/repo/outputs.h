/*
 * outputs - which outputs there are: on the disk, or at a revision.
 *
 * Each has a pointer, or is named by the lock file of a pipeline whose stage
 * makes it.  On the disk: pointers and lock files that git's index names, and
 * those of `extra` (the workspace record's); without git a walk of the
 * workspace finds them (it does not enter outputs, .git or .dver).  One of
 * git's index whose file is gone is left out, one that a sparse checkout
 * leaves out (skip-worktree) too.
 */
#ifndef REPO_OUTPUTS_H
#define REPO_OUTPUTS_H

#include "repo/lockfile.h"
#include "repo/repo.h"

struct output {
	char *path;		/* of the data, relative to the root; owned */
	char *pointer_path;	/* of the pointer or lock file; owned */
	char *stage;		/* of the lock file that makes it; owned.
				   NULL: it has a pointer of its own */
	bool no_push;		/* no remote is to get it */
	struct pointer pointer;	/* when it could be read */
	char *problem;		/* why it could not, else NULL; owned */
};

struct outputs {
	struct output *v;	/* sorted bytewise by path, no path twice */
	size_t n;
	size_t cap;
};
#define OUTPUTS_INIT { NULL, 0, 0 }

/*
 * Pointers on the disk; `extra` (may be NULL) are output paths that may have
 * one besides.  Pointers whose outputs overlap are both kept and both get a
 * `problem`.
 */
int outputs_load(struct outputs *out, struct dver_repo *repo,
		 const struct strvec *extra, struct dver_err *err);
/* Pointers in the tree of a revision. */
int outputs_at(struct outputs *out, struct dver_repo *repo, const char *rev,
	       struct dver_err *err);
void outputs_release(struct outputs *o);
#define AUTO_OUTPUTS __attribute__((cleanup(outputs_release)))

/* DVER_EINVAL: a stage makes it, so it is not for people to add or rename. */
int output_check_own(const struct output *o, struct dver_err *err);
/* The output at exactly `path`, or NULL. */
struct output *outputs_find(const struct outputs *o, const char *path);
/* The output that `path` is or lies in, or NULL. */
struct output *outputs_holding(const struct outputs *o, const char *path);
/* The first output below the folder `path` ("": all) and how many. */
size_t outputs_below(const struct outputs *o, const char *path,
		     struct output **first);

#endif
