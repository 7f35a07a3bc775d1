#include "transfer/plan.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/walk.h"

void batch_free(struct batch *b)
{
	for (size_t i = 0; b && i < b->n; i++)
		free(b->v[i].path);
	free(b);
}

void plan_init(struct plan *p)
{
	keymap_init(&p->seen, HASH_SIZE, 0);
	keymap_init(&p->entered, HASH_SIZE, 0);
	p->batch = NULL;
}

void plan_release(struct plan *p)
{
	keymap_release(&p->seen);
	keymap_release(&p->entered);
	batch_free(p->batch);
	p->batch = NULL;
}

int plan_flush(struct plan *p, struct dver_err *err)
{
	if (!p->batch || p->batch->n == 0)
		return 0;
	return p->give(p->data, TAKE(p->batch), err);
}

/*
 * A batch ends early when its files are large: some are always on their way
 * at once, and all together must not outgrow a slice by much.
 */
static bool is_full(const struct plan *p)
{
	uint64_t slice = p->opts->slice;

	return p->batch->n == PLAN_BATCH ||
	       (slice && p->batch->bytes >= slice / 16);
}

/* 1: new, 0: it was handed out before. */
static int hand_out(struct plan *p, const struct oid *id, uint64_t size,
		    bool tree, const char *path, struct dver_err *err)
{
	struct want *w;
	bool added;

	if (!keymap_put(&p->seen, id->id, &added))
		return err_nomem(err);
	if (!added)
		return 0;
	if (!p->batch)
		p->batch = calloc(1, sizeof(*p->batch));
	if (!p->batch)
		return err_nomem(err);
	w = &p->batch->v[p->batch->n];
	*w = (struct want){ *id, size, tree, p->root, strdup(path) };
	if (!w->path)
		return err_nomem(err);
	p->batch->n++;
	p->batch->bytes += tree ? 0 : size;
	if (!tree && p->opts->files_total) {
		atomic_fetch_add(p->opts->files_total, 1);
		atomic_fetch_add(p->opts->bytes_total, size);
	}
	if (is_full(p)) {
		int r = plan_flush(p, err);

		if (r < 0)
			return r;
	}
	return 1;
}

int plan_wants(const struct transfer_root *root, const char *path)
{
	const struct strvec *parts = root->parts;
	int some = 0;

	if (!parts)
		return 1;
	for (size_t i = 0; i < parts->n; i++) {
		if (path_inside(path, parts->v[i]))
			return 1;
		if (path_inside(parts->v[i], path))
			some = 2;
	}
	return some;
}

static int on_entry(void *data, const char *path, const struct tree_entry *a,
		    const struct tree_entry *b, struct dver_err *err)
{
	struct plan *p = data;
	int r = cancel_check(p->opts->cancel, err);
	bool fresh;
	int asked;

	(void)a;
	if (r < 0 || !b)
		return r < 0 ? r : WALK_SKIP;
	asked = plan_wants(p->root, path);
	if (asked == 0 || (asked == 2 && b->kind != TREE_DIR))
		return WALK_SKIP;
	r = hand_out(p, &b->id, b->bytes, b->kind == TREE_DIR, path, err);
	if (r < 0)
		return r;
	/* A tree seen before needs no second visit if all of it was asked. */
	if (b->kind == TREE_DIR && (r == 1 || p->root->parts))
		return WALK_ON;
	if (b->kind == TREE_DIR && p->again) {
		if (!keymap_put(&p->entered, b->id.id, &fresh))
			return err_nomem(err);
		return fresh ? WALK_ON : WALK_SKIP;
	}
	return WALK_SKIP;
}

/* Who wrote a pointer by hand may have left the size out. */
static int size_of(struct plan *p, const struct transfer_root *root,
		   uint64_t *size, struct dver_err *err)
{
	struct dver_err why;
	int r;

	*size = root->size;
	if (root->size || root->kind != ROOT_FILE)
		return 0;
	r = store_length(p->sizes, p->io, &root->id, size, &why);
	return r == DVER_ENOMEM || r == DVER_ENET
	       ? err_set(err, r, "%s", why.msg) : 0;
}

int plan_root(struct plan *p, const struct transfer_root *root,
	      struct dver_err *err)
{
	const struct oid *base = NULL;
	struct dver_err why = { 0 };
	uint64_t size;
	int r;

	p->root = root;
	p->root_broken = p->again = false;
	if (p->complete && !root->parts) {
		if (complete_has(p->complete, &root->id))
			return 0;
		base = complete_latest(p->complete, root->label);
	}
	r = size_of(p, root, &size, err);
	if (r == 0)
		r = hand_out(p, &root->id, size, root->kind == ROOT_TREE, "",
			     err);
	if (r < 0 || root->kind != ROOT_TREE || (r == 0 && !root->parts))
		return MIN(r, 0);
	r = walk_diff(p->trees, p->io, base, &root->id, on_entry, p, &why);
	/*
	 * The old tree, or one in it, may be gone from here, or it was a file:
	 * then look at everything, also below what was handed out just now.
	 */
	if (base && (r == DVER_EMISSING || r == DVER_ECORRUPT ||
		     r == DVER_EFORMAT)) {
		p->again = true;
		keymap_clear(&p->entered);
		r = walk_diff(p->trees, p->io, NULL, &root->id, on_entry, p,
			      &why);
	}
	if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
		/* Whoever gets the batch finds that the tree is missing. */
		p->root_broken = true;
		return 0;
	}
	return r < 0 ? err_set(err, r, "%s", why.msg) : 0;
}
