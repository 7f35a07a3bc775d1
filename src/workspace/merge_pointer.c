#include "workspace/merge_pointer.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/tracking.h"

struct three {
	struct pointer base, ours, theirs;
	bool has_base;
};

struct telling {
	const struct merge_pointer *m;
	const char *output;
};

static int tell(void *data, const struct merge_conflict *c,
		enum merge_side *side, struct dver_err *err)
{
	const struct telling *t = data;

	return t->m->fn(t->m->data, t->output, c, side, err);
}

static bool equal(struct merge_text a, struct merge_text b)
{
	if (!a.text || !b.text)
		return !a.text && !b.text;
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static int take(struct merge_text t, struct buf *out, bool *gone,
		struct dver_err *err)
{
	*gone = t.text == NULL;
	buf_clear(out);
	if (t.text)
		buf_add(out, t.text, t.len);
	return buf_check(out, err);
}

/* What cannot be merged below: one side, or a conflict of the whole output. */
static int decide(const struct merge_pointer *m, const char *output,
		  const char *why, struct merge_text ours,
		  struct merge_text theirs, struct buf *out, bool *gone,
		  struct dver_err *err)
{
	enum merge_side side = MERGE_NEITHER;
	int r = m->fn(m->data, output, &(struct merge_conflict){
		.path = "", .why = why }, &side, err);

	if (r < 0 || side == MERGE_NEITHER)
		return r < 0 ? r : 1;
	return take(side == MERGE_OURS ? ours : theirs, out, gone, err);
}

static int merge_folders(const struct merge_pointer *m, const char *output,
			 const struct three *p, struct buf *out,
			 struct dver_err *err)
{
	struct telling t = { m, output };
	struct merge mg = { .s = m->s, .conflict = tell, .data = &t };
	bool base = p->has_base && p->base.kind == ROOT_TREE;
	struct scanned merged;
	int r = merge_trees(&mg, base ? &p->base.id : NULL, &p->ours.id,
			    &p->theirs.id, &merged, err);

	if (r < 0)
		return err_wrap(err, "'%s' cannot be merged", output);
	if (mg.conflicts)
		return 1;
	r = keep_tree(m->keep, &merged.id, err);
	return r < 0 ? r : tracking_text(out, output, &merged, err);
}

static int merge_both(const struct merge_pointer *m, struct three *p,
		      struct merge_text base, struct merge_text ours,
		      struct merge_text theirs, struct buf *out, bool *gone,
		      struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(m->path);
	AUTO_FREE char *output = NULL;
	int r = pointer_parse(&p->ours, m->path, ours.text, ours.len, err);

	if (r == 0)
		r = pointer_parse(&p->theirs, m->path, theirs.text, theirs.len,
				  err);
	if (r < 0)
		return r;
	/* A base of a merge within a merge may hold conflicts itself. */
	p->has_base = base.text && pointer_parse(&p->base, m->path, base.text,
						 base.len, NULL) == 0;
	output = dir ? path_join(dir, p->ours.out) : NULL;
	if (!output)
		return err_nomem(err);
	if (p->ours.kind == ROOT_TREE && p->theirs.kind == ROOT_TREE &&
	    streq(p->ours.out, p->theirs.out))
		return merge_folders(m, output, p, out, err);
	return decide(m, output, p->ours.kind != p->theirs.kind
		      ? "a folder on one side, a file on the other"
		      : p->has_base ? "changed on both sides"
				    : "added on both sides",
		      ours, theirs, out, gone, err);
}

int merge_pointer(const struct merge_pointer *m, struct merge_text base,
		  struct merge_text ours, struct merge_text theirs,
		  struct buf *out, bool *gone, struct dver_err *err)
{
	AUTO_FREE char *output = str_ndup(m->path, strlen(m->path) -
					  MIN(strlen(POINTER_SUFFIX),
					      strlen(m->path)));
	struct three p = { .has_base = false };
	int r;

	*gone = false;
	if (!output)
		return err_nomem(err);
	if (equal(ours, theirs) || equal(base, theirs))
		return take(ours, out, gone, err);
	if (equal(base, ours))
		return take(theirs, out, gone, err);
	if (!ours.text || !theirs.text)
		return decide(m, output, ours.text
			      ? "changed here, deleted there"
			      : "deleted here, changed there", ours, theirs,
			      out, gone, err);
	r = merge_both(m, &p, base, ours, theirs, out, gone, err);
	pointer_release(&p.base);
	pointer_release(&p.ours);
	pointer_release(&p.theirs);
	return r;
}
