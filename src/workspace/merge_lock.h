/*
 * merge_lock - what git's merge driver and resolve share of lock files.
 */
#ifndef WORKSPACE_MERGE_LOCK_H
#define WORKSPACE_MERGE_LOCK_H

#include "repo/lockfile_merge.h"
#include "workspace/merging.h"

/* Let the caller of the library hear of a clash; fn may be NULL. */
int merge_lock_tell(merge_hear_fn fn, void *data, const char *lock_path,
		    const struct lock_clash *c, enum dver_side decided,
		    struct dver_err *err);
/* dver_merge_files() of lock files. */
int merge_lock_files(struct dver_repo *repo, const char *const names[3],
		     const char *path, merge_hear_fn fn, void *data,
		     struct dver_err *err);

#endif
