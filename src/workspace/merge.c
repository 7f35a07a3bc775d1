#include "workspace/merge.h"

#include "base/err.h"
#include "base/mem.h"
#include "workspace/tree_io.h"

#define DEPTH_MAX 1024

/* One name; NULL: a side has it not. */
struct three {
	const struct tree_entry *base, *ours, *theirs;
};

static bool same(const struct tree_entry *a, const struct tree_entry *b)
{
	return a && b ? a->kind == b->kind && oid_eq(&a->id, &b->id) : a == b;
}

/* A symlink is merged as a whole. */
static bool is_file(const struct tree_entry *e)
{
	return e && (e->kind == TREE_FILE || e->kind == TREE_EXEC);
}

static const struct tree_entry *file_of(const struct tree_entry *e)
{
	return e && e->kind != TREE_DIR ? e : NULL;
}

static int put(struct made *m, const struct tree_entry *e,
	       struct dver_err *err)
{
	return e ? tree_add(&m->tw, e, err) : 0;
}

static int disagree(struct merge *m, struct made *out, const struct three *t,
		    struct dver_err *err)
{
	const char *why = !t->ours ? "deleted here, changed there"
			  : !t->theirs ? "changed here, deleted there"
			  : dir_id(t->ours) || dir_id(t->theirs)
			  ? "a folder on one side, a file on the other"
			  : t->base ? "changed on both sides"
				    : "added on both sides";
	enum merge_side side = MERGE_NEITHER;
	int r = m->conflict(m->data, &(struct merge_conflict){
		m->path.data, why, t->base, t->ours, t->theirs }, &side, err);

	m->conflicts += side == MERGE_NEITHER;
	if (r == 0)
		r = put(out, side == MERGE_THEIRS ? t->theirs : t->ours, err);
	return r;
}

static int merge_dirs(struct merge *m, const struct oid *base,
		      const struct oid *ours, const struct oid *theirs,
		      unsigned depth, struct scanned *out,
		      struct dver_err *err);

/* Files: the bytes of one side may go with the mode of the other. */
static int merge_modes(struct merge *m, struct made *out,
		       const struct three *t, struct dver_err *err)
{
	struct tree_entry e = *t->ours;

	if (oid_eq(&t->base->id, &t->ours->id)) {
		e.id = t->theirs->id;
		e.bytes = t->theirs->bytes;
	} else if (!oid_eq(&t->base->id, &t->theirs->id) &&
		   !oid_eq(&t->ours->id, &t->theirs->id)) {
		return disagree(m, out, t, err);
	}
	if (t->base->kind == t->ours->kind)
		e.kind = t->theirs->kind;
	return tree_add(&out->tw, &e, err);
}

/* What is no folder. */
static int merge_files(struct merge *m, struct made *out,
		       const struct three *t, struct dver_err *err)
{
	if (same(t->ours, t->theirs) || same(t->base, t->theirs))
		return put(out, t->ours, err);
	if (same(t->base, t->ours))
		return put(out, t->theirs, err);
	if (is_file(t->base) && is_file(t->ours) && is_file(t->theirs))
		return merge_modes(m, out, t, err);
	return disagree(m, out, t, err);
}

/*
 * A file that became a folder is a file that was deleted and others that were
 * added: only when both are left do they stand in each other's way.
 */
static int merge_name(struct merge *m, struct made *out,
		      const struct three *t, unsigned depth,
		      struct dver_err *err)
{
	struct three f = { file_of(t->base), file_of(t->ours),
			   file_of(t->theirs) };
	struct scanned below = { .kind = 0 };
	uint64_t before = out->tw.files;
	const struct oid *o = dir_id(t->ours), *h = dir_id(t->theirs);
	int r = 0;

	if (same(t->ours, t->theirs) || same(t->base, t->theirs))
		return put(out, t->ours, err);
	if (same(t->base, t->ours))
		return put(out, t->theirs, err);
	if (o || h)
		r = merge_dirs(m, dir_id(t->base), o, h, depth + 1, &below,
			       err);
	if (r == 0 && below.files && (f.ours || f.theirs) &&
	    !same(f.base, f.ours ? f.ours : f.theirs))
		return disagree(m, out, t, err);
	if (r == 0)
		r = merge_files(m, out, &f, err);
	/* A folder that one side deleted and that has nothing left is gone. */
	if (r == 0 && out->tw.files == before &&
	    (below.files || (o && h)))
		r = made_add(out, o ? t->ours : t->theirs, &below, err);
	return r;
}

/* The smallest name of the three. */
static const struct tree_entry *first(const struct side v[3])
{
	const struct tree_entry *e = NULL;

	for (int i = 0; i < 3; i++)
		if (v[i].more && (!e || tree_name_cmp(v[i].e.name,
						      v[i].e.name_len, e->name,
						      e->name_len) < 0))
			e = &v[i].e;
	return e;
}

static int step(struct merge *m, struct side v[3], struct made *out,
		unsigned depth, struct dver_err *err)
{
	const struct tree_entry *e = first(v);
	const struct tree_entry *at[3] = { NULL, NULL, NULL };
	size_t back = m->path.len;
	int r;

	for (int i = 0; i < 3; i++)
		if (v[i].more && tree_name_cmp(v[i].e.name, v[i].e.name_len,
					       e->name, e->name_len) == 0)
			at[i] = &v[i].e;
	if (back)
		buf_addc(&m->path, '/');
	buf_add(&m->path, e->name, e->name_len);
	r = buf_check(&m->path, err);
	if (r == 0)
		r = merge_name(m, out, &(struct three){ at[0], at[1], at[2] },
			       depth, err);
	buf_truncate(&m->path, back);
	for (int i = 0; r == 0 && i < 3; i++)
		if (at[i])
			r = side_next(&v[i], err);
	return r;
}

static int merge_dirs(struct merge *m, const struct oid *base,
		      const struct oid *ours, const struct oid *theirs,
		      unsigned depth, struct scanned *out,
		      struct dver_err *err)
{
	struct side v[3] = { SIDE_INIT, SIDE_INIT, SIDE_INIT };
	AUTO_MADE struct made made;
	int r = depth > DEPTH_MAX ? err_set(err, DVER_EFORMAT, "trees nest "
					    "over %d deep", DEPTH_MAX) : 0;

	made_begin(&made);
	if (r == 0)
		r = side_open(&v[0], m->s, base, err);
	if (r == 0)
		r = side_open(&v[1], m->s, ours, err);
	if (r == 0)
		r = side_open(&v[2], m->s, theirs, err);
	while (r == 0 && (v[0].more || v[1].more || v[2].more))
		r = step(m, v, &made, depth, err);
	if (r == 0)
		r = made_end(&made, m->s, out, err);
	for (int i = 0; i < 3; i++)
		side_release(&v[i]);
	return r;
}

int merge_trees(struct merge *m, const struct oid *base,
		const struct oid *ours, const struct oid *theirs,
		struct scanned *out, struct dver_err *err)
{
	int r;

	m->conflicts = 0;
	m->path = (struct buf)BUF_PATH;
	r = merge_dirs(m, base, ours, theirs, 0, out, err);
	buf_release(&m->path);
	return r;
}
