/*
 * plan - walk what lies below roots and hand out the objects in batches, in
 * the order of their paths.
 */
#ifndef TRANSFER_PLAN_H
#define TRANSFER_PLAN_H

#include "store/tree.h"
#include "transfer/complete.h"
#include "transfer/transfer.h"

#define PLAN_BATCH 512

/* An object that has to be there. */
struct want {
	struct oid id;
	uint64_t size;
	bool tree;
	const struct transfer_root *root;
	char *path;		/* below the root; owned */
};

struct batch {
	struct want v[PLAN_BATCH];
	size_t n;
	uint64_t bytes;		/* of its files */
};
void batch_free(struct batch *b);	/* NULL is fine */

struct plan {
	struct store *trees;	/* where trees are read (with its fallback) */
	struct store *sizes;	/* knows those that roots leave out */
	struct store_io *io;
	const struct complete *complete; /* NULL: nothing is known */
	const struct transfer_opts *opts;
	/* Takes the batch. */
	int (*give)(void *data, struct batch *b, struct dver_err *err);
	void *data;
	/* the plan's own: */
	struct keymap seen;
	struct batch *batch;
	const struct transfer_root *root;
	bool again;		/* trees that were seen are entered too, */
	struct keymap entered;	/* once */
	/* A tree that cannot be read is a missing object, not an error. */
	bool root_broken;
};

void plan_init(struct plan *p);
void plan_release(struct plan *p);
/*
 * Everything below `root` that was not below the complete root of the same
 * label; trees before what is in them.
 */
int plan_root(struct plan *p, const struct transfer_root *root,
	      struct dver_err *err);
/* Is anything at or below the path asked for?  1: all, 2: some, 0. */
int plan_wants(const struct transfer_root *root, const char *path);
/* The last, unfilled batch. */
int plan_flush(struct plan *p, struct dver_err *err);

#endif
