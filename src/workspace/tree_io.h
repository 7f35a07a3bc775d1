/*
 * tree_io - trees made out of trees: one that is read entry by entry, one that
 * is written so.
 */
#ifndef WORKSPACE_TREE_IO_H
#define WORKSPACE_TREE_IO_H

#include "workspace/scan.h"

/* A tree that is read: `e` is the entry that is next while there is `more`. */
struct side {
	struct buf bytes;
	struct tree_reader reader;
	struct tree_entry e;
	bool more;
};
#define SIDE_INIT { .bytes = BUF_INIT(1u << 30) }
/* NULL is an empty tree. */
int side_open(struct side *d, struct scanner *s, const struct oid *id,
	      struct dver_err *err);
int side_next(struct side *d, struct dver_err *err);
void side_release(struct side *d);
#define AUTO_SIDE __attribute__((cleanup(side_release)))

/* A tree that is written, and kept by scan_put_tree(). */
struct made {
	struct buf bytes;
	struct tree_writer tw;
};
void made_begin(struct made *m);
/* Under the name of `name` what `d` is. */
int made_add(struct made *m, const struct tree_entry *name,
	     const struct scanned *d, struct dver_err *err);
int made_end(struct made *m, struct scanner *s, struct scanned *out,
	     struct dver_err *err);
void made_release(struct made *m);
#define AUTO_MADE __attribute__((cleanup(made_release)))

static inline const struct oid *dir_id(const struct tree_entry *e)
{
	return e && e->kind == TREE_DIR ? &e->id : NULL;
}

#endif
