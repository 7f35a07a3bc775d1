/*
 * scan_ignore - names that a scan passes over: those that a rule ignores and
 * that no tracked tree has.
 *
 * Trees are read only for folders with ignored names in them.  Mostly not
 * even then: where the stat index was written when the folder was what the
 * tree says, its block has the same names.
 */
#include "base/err.h"
#include "base/mem.h"
#include "repo/dverignore.h"
#include "store/walk.h"
#include "workspace/scan_node.h"

#define TREE_MAX (1u << 30)

/* The names of a folder in a tracked tree. */
struct tracked {
	struct buf bytes;
	struct tree_entry *v;	/* owned; borrows from bytes; sorted */
	size_t n;
};
static struct tracked nothing;		/* the tree has no such folder */
static struct tracked old_block;	/* the names are those of node.old */

static void tracked_free(struct tracked *t)
{
	if (!t || t == &nothing || t == &old_block)
		return;
	buf_release(&t->bytes);
	free(t->v);
	free(t);
}

void node_forget_tracked(struct node *d)
{
	for (int k = 0; k < SCAN_TRACKED; k++)
		tracked_free(atomic_load(&d->tracked[k]));
}

static int parse(struct tracked *t, struct dver_err *err)
{
	struct tree_reader tr;
	struct tree_entry e;
	size_t cap = 0;
	int r = tree_reader_init(&tr, t->bytes.data, t->bytes.len, err);

	while (r == 0 && (r = tree_next(&tr, &e, err)) > 0) {
		if (!mem_grow(&t->v, &cap, t->n + 1, sizeof(e)))
			return err_nomem(err);
		t->v[t->n++] = e;
		r = 0;
	}
	return r;
}

/* DVER_EMISSING where the local store has it not: no remote is asked. */
static int load(struct scanner *s, int worker, const struct oid *id,
		struct tracked **out, struct dver_err *err)
{
	struct tracked *t;
	int r = store_has(s->store, id, err);

	if (r <= 0)
		return r < 0 ? r : DVER_EMISSING;
	t = calloc(1, sizeof(*t));
	if (!t)
		return err_nomem(err);
	buf_init(&t->bytes, TREE_MAX);
	r = store_read(s->store, s->io[worker], id, TREE_MAX, &t->bytes, err);
	if (r == 0)
		r = parse(t, err);
	if (r < 0) {
		tracked_free(t);
		return r;
	}
	*out = t;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct tree_entry *x = a;
	const struct tree_entry *y = b;

	return tree_name_cmp(x->name, x->name_len, y->name, y->name_len);
}

/* Has the tree the name, and (1) which folder is it?  2: it is no folder. */
static int find(const struct node *d, const struct tracked *t,
		const struct statidx_entry *e, struct oid *id)
{
	struct tree_entry key = { .name = e->name, .name_len = e->name_len };
	const struct tree_entry *x;
	const struct statidx_entry *o;

	if (t == &old_block) {
		o = node_old(d, e);
		if (!o)
			return 0;
		*id = o->id;
		return o->kind == TREE_DIR ? 1 : 2;
	}
	x = t->n ? bsearch(&key, t->v, t->n, sizeof(*t->v), by_name) : NULL;
	if (!x)
		return 0;
	*id = x->id;
	return x->kind == TREE_DIR ? 1 : 2;
}

/* The root's id in tracked tree k: 1, 0: it is not in there, < 0. */
static int root_id(const struct scan *sc, int worker, int k, struct oid *id,
		   struct dver_err *err)
{
	const struct scan_base *b = &sc->base;
	struct walk_found f;
	int r;

	if (k >= b->n)
		return 0;
	*id = b->tracked[k];
	if (!b->sub || !*b->sub)
		return 1;
	r = walk_find(sc->s->store, sc->s->io[worker], id, b->sub, &f, err);
	*id = f.id;
	return r > 0 ? f.kind == TREE_DIR : r;
}

static int names_of(struct node *d, int worker, int k, struct tracked **out,
		    struct dver_err *err);

static int read_names(struct node *d, int worker, int k, struct tracked **out,
		      struct dver_err *err)
{
	struct tracked *up;
	struct oid id;
	int r;

	if (!d->parent) {
		r = root_id(d->sc, worker, k, &id, err);
	} else {
		r = names_of(d->parent, worker, k, &up, err);
		if (r == 0)
			r = find(d->parent, up, &d->parent->v[d->slot], &id);
	}
	*out = &nothing;
	if (r == 1 && d->was.kind == TREE_DIR && oid_eq(&d->was.id, &id))
		*out = &old_block;
	else if (r == 1)
		r = load(d->sc->s, worker, &id, out, err);
	/*
	 * A tree that cannot be read: what was there at the last look counts
	 * as tracked, so that nothing goes because it cannot.
	 */
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_EFORMAT) {
		*out = &old_block;
		r = 0;
	}
	return MIN(r, 0);
}

/* The names of tracked tree k in this folder; several threads at once. */
static int names_of(struct node *d, int worker, int k, struct tracked **out,
		    struct dver_err *err)
{
	struct tracked *none = NULL;
	int r;

	*out = atomic_load(&d->tracked[k]);
	if (*out)
		return 0;
	r = read_names(d, worker, k, out, err);
	if (r < 0)
		return r;
	/* Somebody else may have been faster. */
	if (!atomic_compare_exchange_strong(&d->tracked[k], &none, *out)) {
		tracked_free(*out);
		*out = none;
	}
	return 0;
}

int node_tracks(struct node *d, int worker, const struct statidx_entry *e,
		struct dver_err *err)
{
	int r = 0;

	for (int k = 0; r == 0 && k < SCAN_TRACKED; k++) {
		struct tracked *t;
		struct oid id;

		r = names_of(d, worker, k, &t, err);
		if (r == 0)
			r = find(d, t, e, &id) > 0;
	}
	return r;
}

int node_passes(struct node *d, int worker, struct rules_at *at,
		const struct statidx_entry *e, struct dver_err *err)
{
	bool folder = e->kind == TREE_DIR;
	bool ignored = d->ignored;
	int r;

	if (!ignored) {
		const struct rule *rule = rules_match(at, e->name, e->name_len,
						      folder);

		ignored = rule && !rule->negated;
	}
	if (!ignored)
		return NODE_PLAIN;
	r = node_tracks(d, worker, e, err);
	return r < 0 ? r : r ? NODE_TRACKED : NODE_PASSED;
}
