/*
 * merging - what a merge of pointers works with, for git's merge driver and
 * for resolve.
 */
#ifndef WORKSPACE_MERGING_H
#define WORKSPACE_MERGING_H

#include "workspace/merge_pointer.h"
#include "workspace/session.h"

struct merging {
	struct dver_repo *repo;
	struct scanner *s;	/* owned */
	struct keep keep;
	struct lock *lock;	/* of the store, against gc; owned */
	struct reading_remote rr;
};
int merging_open(struct merging *x, struct dver_repo *repo,
		 struct dver_err *err);
/* Also after a failure to open. */
void merging_close(struct merging *x);

typedef int (*merge_hear_fn)(void *data, const struct dver_merge_conflict *c);
/* Let the caller of the library hear of a conflict; fn may be NULL. */
int merging_tell(merge_hear_fn fn, void *data, const char *output,
		 const struct merge_conflict *c, enum merge_side decided,
		 struct dver_err *err);

#endif
