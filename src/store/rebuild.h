/*
 * rebuild - a damaged index of the local store is made again from the footers
 * of the packs.
 */
#ifndef STORE_REBUILD_H
#define STORE_REBUILD_H

#include "store/store.h"

/*
 * Move damaged indexes to `damaged/` and write one new index of all packs
 * that no sound index knows.  The names of the damaged ones are appended to
 * `bad`.  The caller holds the store's lock.
 */
int store_rebuild(struct store *s, struct strvec *bad, struct dver_err *err);

#endif
