/*
 * git_internal - the struct behind git.h, for the git*.c files.
 */
#ifndef REPO_GIT_INTERNAL_H
#define REPO_GIT_INTERNAL_H

#include <git2.h>
#include <stdbool.h>

#include "repo/git.h"
#include "repo/pointer.h"

/* Where git's own commands look for them. */
#define GIT_POINTERS ":(top)*" POINTER_SUFFIX, ":(top)*" LOCKFILE_NAME

struct git {
	git_repository *repo;
	char *workdir;		/* owned; no slash at its end */
	char *prefix;		/* of the workspace in workdir; owned */
	bool other;		/* not the one that the environment means */
};

/*
 * Run git with these arguments at the top of the working tree, on this very
 * repository: its standard output into *out; exit codes as proc_run().
 */
int git_run(struct git *g, const char *const *args, struct buf *out,
	    struct dver_err *err);
/* err from libgit2's last error. */
int git_fail(int code, const char *what, const char *name,
	     struct dver_err *err);
/*
 * Commits of a range ("A..B", a revision, NULL: HEAD), newest first; in a
 * shallow clone as far as they are here.
 */
struct git_commits;
int git_commits_open(struct git_commits **out, struct git *g,
		     const char *range, struct dver_err *err);
/* Nothing yet: what push() adds and hide() takes away, with ancestors. */
int git_commits_new(struct git_commits **out, struct git *g,
		    struct dver_err *err);
int git_commits_push(struct git_commits *w, const git_oid *id,
		     struct dver_err *err);
int git_commits_hide(struct git_commits *w, const git_oid *id,
		     struct dver_err *err);
/* 1, 0: no more, < 0. */
int git_commits_next(struct git_commits *w, git_oid *id,
		     struct dver_err *err);
void git_commits_free(struct git_commits *w);
/* The commit that a revision means; false: none, or something else. */
bool git_commit_of(struct git *g, const char *rev, git_oid *out);
/* The tree of the prefix in `top`; *out stays NULL: it has none. */
int git_prefix_tree(struct git *g, git_tree *top, git_tree **out,
		    struct dver_err *err);
/* prefix + "/" + path, owned by the caller; NULL: no memory. */
char *git_full_path(const struct git *g, const char *path);

#endif
