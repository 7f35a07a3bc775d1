/*
 * git - what dver asks of git: libgit2's one door (with git*.c).
 *
 * Paths are relative to the workspace's root, which may lie below the top of
 * git's working tree.  One thread.
 */
#ifndef REPO_GIT_H
#define REPO_GIT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/vec.h"

struct git;
struct dver_err;

/*
 * Open the repository that `dir` lies in: 1, 0 (none there), < 0.  Honours
 * GIT_DIR and GIT_WORK_TREE, worktrees and submodules.
 */
int git_open(struct git **out, const char *dir, struct dver_err *err);
/* The same of another repository than the environment speaks of. */
int git_open_other(struct git **out, const char *dir, struct dver_err *err);
/*
 * The repository at exactly `dir`, with the top of its working tree at
 * `tree`; for reading.
 */
int git_open_given(struct git **out, const char *dir, const char *tree,
		   struct dver_err *err);
/* Is it one that only the environment speaks of? */
bool git_is_elsewhere(const struct git *g);
void git_free(struct git *g);
const char *git_workdir(const struct git *g);	/* absolute, real, no slash */
const char *git_dir(const struct git *g);	/* of this worktree */
const char *git_common_dir(const struct git *g); /* of the main one */
/* Where root lies in git's tree; set once. */
int git_set_prefix(struct git *g, const char *prefix, struct dver_err *err);

/*
 * Names of pointers and lock files (repo/pointer.h) in git's index below the
 * prefix (which is cut off) that are not skip-worktree, sorted.  Reads the
 * index file itself, versions 2 to 4 (gitformat-index(5)), and leaves a split
 * or sparse one to git: with a million entries that is the difference between
 * 50 ms and a second.
 */
int git_index_names(struct git *g, struct strvec *out, struct dver_err *err);
/* The same of files called `base` in any folder. */
int git_index_called(struct git *g, const char *base, struct strvec *out,
		     struct dver_err *err);
/* Is `path`, or anything below it, in git's index?  1, 0, < 0. */
int git_tracks(struct git *g, const char *path, struct dver_err *err);
/* The same of files that are no pointers and no .gitignore. */
int git_tracks_files(struct git *g, const char *path, struct dver_err *err);
/* Add or remove (when gone from the disk) paths in git's index. */
int git_stage(struct git *g, const struct strvec *paths, struct dver_err *err);
/* Would git ignore `path`?  1, 0, < 0. */
int git_ignored(struct git *g, const char *path, struct dver_err *err);
/* Has the path the attribute `name` (gitattributes(5)) with this value? */
bool git_attribute_is(struct git *g, const char *path, const char *name,
		      const char *value);

/*
 * Files below the prefix that git's index has in conflict and whose name ends
 * in `suffix`; texts are NULL where a side has none.
 */
struct git_conflict {
	const char *path;
	const char *base, *ours, *theirs;
	size_t base_len, ours_len, theirs_len;
};
int git_each_conflict(struct git *g, const char *suffix,
		      int (*fn)(void *data, const struct git_conflict *c,
				struct dver_err *err),
		      void *data, struct dver_err *err);
/* core.sharedRepository as it stands, owned by the caller; NULL: not set. */
char *git_shared(struct git *g);
/* Each blob below the prefix that says which outputs there are. */
int git_each_blob(struct git *g, const char *rev,
		  int (*fn)(void *data, const char *path, const void *bytes,
			    size_t len, struct dver_err *err),
		  void *data, struct dver_err *err);
/* Is this something that names a commit?  1, 0, < 0. */
int git_is_rev(struct git *g, const char *rev, struct dver_err *err);

/* The same, or a range "A..B" of them; no error says why not. */
bool git_is_range(struct git *g, const char *range);

/*
 * Commits, as full hex ids, newest first.  git_unpushed: those that HEAD has
 * and its upstream has not (all of HEAD's new to any remote-tracking branch
 * when it has no upstream; HEAD alone without any).  git_range: "A..B", or
 * one revision, which is that commit.  An unborn HEAD gives none.
 */
enum { GIT_BRANCHES = 1, GIT_TAGS = 2, GIT_HISTORY = 4 };
int git_unpushed(struct git *g, struct strvec *out, struct dver_err *err);
int git_range(struct git *g, const char *range, struct strvec *out,
	      struct dver_err *err);
/* A revision and all commits before it. */
int git_history(struct git *g, const char *rev, struct strvec *out,
		struct dver_err *err);
/* Tips of branches (local and remote-tracking), of tags, all commits. */
int git_refs(struct git *g, unsigned what, struct strvec *out,
	     struct dver_err *err);
/*
 * For gc: commits (full hex ids) that anybody could want back.  git_tips: of
 * references of every kind (the stash too), of every worktree's HEAD, of a
 * merge, rebase or other work that is not finished, and what reflogs name
 * since `since` (seconds).  git_ancestors: all commits before these, as far as
 * a shallow clone has them.
 */
int git_tips(struct git *g, int64_t since, struct strvec *out,
	     struct dver_err *err);
int git_ancestors(struct git *g, const struct strvec *tips, struct strvec *out,
		  struct dver_err *err);
/*
 * The branch or tag `ref`: commits that only it has, and the tips of all other
 * references (and of a detached HEAD).  DVER_ENOTFOUND: there is none.
 */
int git_only(struct git *g, const char *ref, struct strvec *only,
	     struct strvec *others, struct dver_err *err);
/*
 * As git_each_blob(), but each blob once for all commits: what was seen is
 * kept in `seen` (keys of 20 bytes).
 */
typedef int (*git_blob_fn)(void *data, const char *path, const void *bytes,
			   size_t len, struct dver_err *err);
int git_each_new_blob(struct git *g, const char *commit, struct keymap *seen,
		      git_blob_fn fn, void *data, struct dver_err *err);
/* Blobs that git's index names, all stages of a merge. */
int git_each_staged_blob(struct git *g, struct keymap *seen, git_blob_fn fn,
			 void *data, struct dver_err *err);
#define GIT_HEX 41	/* a full id and its NUL */
/*
 * The best common ancestor of two commits, as a full hex id: 1, 0: there is
 * none (in a shallow clone: none that is here), < 0.
 */
int git_common_ancestor(struct git *g, const char *a, const char *b,
			char out[GIT_HEX], struct dver_err *err);
/* Is history cut off? */
bool git_is_shallow(const struct git *g);
/* The parent of a commit: 1, 0: it is the first, or its parent is not here. */
int git_parent(struct git *g, const char *commit, char out[GIT_HEX],
	       bool *first, struct dver_err *err);
/* When it was committed: seconds since 1970; < 0: it cannot be read. */
int64_t git_commit_seconds(struct git *g, const char *commit);
/* No commit: no digit but 0, or nothing at all. */
bool git_is_zero(const char *id);
/*
 * Commits that a push to git's remote `remote` sends, newest first: those of
 * local[i] that there[i] has not; where there is none (or it is not known
 * here) those that no remote-tracking branch of `remote` has.  `edge` gets
 * their parents that are there already.
 */
int git_outgoing(struct git *g, const char *remote, const char *const *local,
		 const char *const *there, size_t n, struct strvec *out,
		 struct strvec *edge, struct dver_err *err);
/* Names of such blobs that differ between HEAD and the index; sorted. */
int git_staged_names(struct git *g, struct strvec *out, struct dver_err *err);
/* Author, as "Name <mail>", and subject line; both owned by the caller. */
int git_commit_info(struct git *g, const char *commit, char **author,
		    char **subject, struct dver_err *err);

/* Append name and version of the library behind this. */
void git_library(struct buf *out);

#endif
