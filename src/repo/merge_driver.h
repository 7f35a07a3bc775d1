/*
 * merge_driver - tell git of the merge driver for pointers and lock files:
 * merge.dver.* in its local configuration, and a line for each in
 * info/attributes.
 */
#ifndef REPO_MERGE_DRIVER_H
#define REPO_MERGE_DRIVER_H

#include "repo/repo.h"

/* What merge.dver.driver says. */
#define MERGE_DRIVER "dver merge-driver %O %A %B %P"

/* 1: something was changed, 0: it was so already. */
int merge_driver_register(struct dver_repo *repo, struct dver_err *err);
int merge_driver_forget(struct dver_repo *repo, struct dver_err *err);

#endif
