#include "workspace/counts.h"

/* A whole subtree counts by its header: nothing below it is read. */
static int count(void *data, const char *path, const struct tree_entry *a,
		 const struct tree_entry *b, struct dver_err *err)
{
	struct counts *c = data;

	(void)path;
	(void)err;
	if (a && b && a->kind == TREE_DIR && b->kind == TREE_DIR)
		return WALK_ON;
	if (a && b && a->kind != TREE_DIR && b->kind != TREE_DIR) {
		c->modified++;
		return WALK_SKIP;
	}
	if (a)
		c->deleted += a->files;
	if (b)
		c->added += b->files;
	return WALK_SKIP;
}

int counts_between(struct store *s, struct store_io *io,
		   const struct scanned *a, const struct scanned *b,
		   struct counts *out, struct dver_err *err)
{
	*out = (struct counts){ 0, 0, 0 };
	if (a->kind == TREE_DIR && b->kind == TREE_DIR)
		return walk_diff(s, io, &a->id, &b->id, count, out, err);
	if (a->kind && b->kind && a->kind != TREE_DIR && b->kind != TREE_DIR) {
		out->modified = a->kind != b->kind || !oid_eq(&a->id, &b->id);
		return 0;
	}
	if (a->kind)
		out->deleted = a->files;
	if (b->kind)
		out->added = b->files;
	return 0;
}
