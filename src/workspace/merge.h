/*
 * merge - two versions of a tree that both come from a third become one.
 *
 * Entry by entry: what one side changed is taken, what both changed alike
 * too; the rest are conflicts.  Only trees are read, and of these only those
 * that differ in all three.
 */
#ifndef WORKSPACE_MERGE_H
#define WORKSPACE_MERGE_H

#include "workspace/scan.h"

enum merge_side { MERGE_NEITHER, MERGE_OURS, MERGE_THEIRS };

struct merge_conflict {
	const char *path;
	const char *why;	/* for people */
	const struct tree_entry *base, *ours, *theirs;	/* NULL: none */
};

struct merge {
	struct scanner *s;	/* keeps the trees that are made */
	/* A file on which the sides disagree; it may take one of them. */
	int (*conflict)(void *data, const struct merge_conflict *c,
			enum merge_side *side, struct dver_err *err);
	void *data;
	/* merge's own: */
	uint64_t conflicts;	/* that were not decided */
	struct buf path;
};

/*
 * NULL is an empty tree.  A conflict that is not decided leaves our side in
 * *out.
 */
int merge_trees(struct merge *m, const struct oid *base,
		const struct oid *ours, const struct oid *theirs,
		struct scanned *out, struct dver_err *err);

#endif
