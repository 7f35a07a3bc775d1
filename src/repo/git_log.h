/*
 * git_log - commits, and which pointers and lock files each of them changed.
 */
#ifndef REPO_GIT_LOG_H
#define REPO_GIT_LOG_H

#include "repo/git.h"

struct git_commit_view {
	const char *id;		/* full hex */
	const char *author, *mail;
	int64_t time;		/* of the author */
	const char *subject;
};
/* A blob that differs from every parent's; NULL: it is not there. */
struct git_blob_change {
	const char *path;	/* below the prefix */
	const void *was, *is;
	size_t was_len, is_len;
};
struct git_log {
	struct git *g;
	const char *range;	/* a revision, "A..B", NULL: HEAD */
	/* For each commit with a change: begin, changes, end.  1 stops. */
	int (*change)(void *data, const struct git_blob_change *c,
		      struct dver_err *err);
	int (*end)(void *data, const struct git_commit_view *c,
		   struct dver_err *err);
	void *data;
	bool shallow;		/* comes back: history is cut off */
};
/*
 * Newest first.  change() is called for all changes of a commit, then end()
 * once; neither for a commit without changes.  An unborn HEAD has none.
 */
int git_log_run(struct git_log *l, struct dver_err *err);

#endif
