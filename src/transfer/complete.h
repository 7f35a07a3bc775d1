/*
 * complete - roots that a remote was seen to hold whole.
 *
 * True for as long as gc/ lists the same names and every index that it rested
 * on is listed, or replaced by one that is (store.md, writing, 2).  Kept in
 * the file `complete` of the remote's folder; damaged, it is ignored.
 */
#ifndef TRANSFER_COMPLETE_H
#define TRANSFER_COMPLETE_H

#include "store/store.h"

struct complete_root {
	char *label;	/* owned */
	struct oid id;
};

struct complete {
	struct complete_root *v;	/* the latest last */
	size_t n, cap;
};
#define COMPLETE_INIT { NULL, 0, 0 }

/* What still holds, given the listings of `remote`. */
int complete_load(struct complete *out, const char *folder,
		  struct store *remote, struct dver_err *err);
/* `cache` is the local store's folder, with room for an unfinished file. */
int complete_save(const struct complete *c, const char *folder,
		  const char *cache, struct store *remote,
		  struct dver_err *err);
void complete_release(struct complete *c);
#define AUTO_COMPLETE __attribute__((cleanup(complete_release)))

bool complete_has(const struct complete *c, const struct oid *id);
/* The latest complete root of that label, or NULL. */
const struct oid *complete_latest(const struct complete *c,
				  const char *label);
/* Keeps the latest few of each label. */
int complete_add(struct complete *c, const char *label, const struct oid *id,
		 struct dver_err *err);

#endif
