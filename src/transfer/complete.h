/*
 * complete - roots that a remote was seen to hold whole.
 *
 * True for as long as gc/ lists the same names and every index that it rested
 * on is listed, or replaced by one that is.  Who relies on it lists gc/ again
 * in the end: nothing tells in which packs such a root lies.  Kept in the file
 * `complete` of the remote's folder; damaged, it is ignored.
 */
#ifndef TRANSFER_COMPLETE_H
#define TRANSFER_COMPLETE_H

#include "store/store.h"

struct complete_root {
	char *label;	/* owned */
	struct oid id;
	int64_t recorded; /* when a push began that recorded it there, by the
			     clock here; 0: it was only seen */
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
/*
 * When the root was recorded, if that is less than two weeks ago, else 0: a
 * collector counts on records, and forgets them after a month.
 */
int64_t complete_recorded(const struct complete *c, const struct oid *id);
/* Keeps the latest few of each label. */
int complete_add(struct complete *c, const char *label, const struct oid *id,
		 int64_t recorded, struct dver_err *err);
/* Are these the names that gc/ had when the other list was made? */
bool complete_same_gc(const struct strvec *a, const struct strvec *b);

#endif
