/*
 * walk - what lies below a tree, and what differs between two.
 *
 * Depth first, names in tree order, one directory a level in memory.
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include "store/store.h"
#include "store/tree.h"

/*
 * Called for each entry; `path` is relative to the walk's root.  For a tree
 * return WALK_SKIP to leave out what is below.  < 0 stops.
 */
enum { WALK_ON = 0, WALK_SKIP = 1 };
typedef int (*walk_fn)(void *data, const char *path,
		       const struct tree_entry *e, struct dver_err *err);
int walk_tree(struct store *s, struct store_io *io, const struct oid *root,
	      walk_fn fn, void *data, struct dver_err *err);

/*
 * Entries that differ between trees a and b (NULL: empty).  Equal subtrees
 * are not entered, so the cost is that of the difference.  `a` or `b` of the
 * callback is NULL for an entry that is only on the other side; a whole new
 * or gone subtree is reported entry by entry unless WALK_SKIP is returned
 * for it.
 */
typedef int (*walk_diff_fn)(void *data, const char *path,
			    const struct tree_entry *a,
			    const struct tree_entry *b, struct dver_err *err);
int walk_diff(struct store *s, struct store_io *io, const struct oid *a,
	      const struct oid *b, walk_diff_fn fn, void *data,
	      struct dver_err *err);

/* The entry at `path` below a tree ("" is the tree itself): 1, 0, < 0. */
struct walk_found {
	enum tree_kind kind;
	struct oid id;
	uint64_t bytes, files;
};
int walk_find(struct store *s, struct store_io *io, const struct oid *root,
	      const char *path, struct walk_found *out, struct dver_err *err);

#endif
