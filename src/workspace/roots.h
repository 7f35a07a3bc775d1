/*
 * roots - everything of a workspace that its store must not lose.
 */
#ifndef WORKSPACE_ROOTS_H
#define WORKSPACE_ROOTS_H

#include "workspace/session.h"

struct live_root {
	enum root_kind kind;
	struct oid id;
	uint64_t size;		/* 0: nobody says */
	const char *path;	/* of the output, where it is known */
	const char *commit;	/* full id; NULL: it is not a commit's */
};
typedef int (*root_fn)(void *data, const struct live_root *root,
		       struct dver_err *err);

/* One workspace; commits and blobs that were looked at are not again. */
struct roots {
	struct dver_repo *repo;	/* borrowed */
	bool undo;		/* also what only dver undo could bring back */
	bool git_only;		/* nothing of the disk: that was told before */
	root_fn fn;
	void *data;
	/* Only commits since then, or before then: seconds, 0: all. */
	int64_t since, before;
	struct strvec tips;	/* commits, once roots_live() found them */
	struct keymap seen;	/* ids of git's blobs and trees */
};
void roots_init(struct roots *r, struct dver_repo *repo, bool undo, root_fn fn,
		void *data);
void roots_release(struct roots *r);

/*
 * What is in use: pointers of the workspace and of git's index, what was
 * checked out last, and the tips of all that git keeps.  Again after a change:
 * only what is new is told.
 */
int roots_live(struct roots *r, struct dver_err *err);
/* What only earlier commits have. */
int roots_history(struct roots *r, struct dver_err *err);

#endif
