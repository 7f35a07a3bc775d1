/*
 * check - the walk of a push that sends nothing and reads no local file data:
 * what would have to be sent is what the remote lacks.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/plain.h"
#include "store/recipe.h"
#include "transfer/plan.h"

#define PLACES 8		/* of one object that are looked at */

struct check {
	struct store *local, *remote;
	struct store_io *io;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	struct complete complete;
	const struct transfer_root *lacking;	/* the last root that lacks */
	struct keymap packs;	/* prove: name -> its size as it lies there */
};

static int on_pack(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct check *c = data;
	uint8_t name[RAND_NAME];
	uint64_t *size;

	if (!fact_pack_of_key(k->key, name))
		return 0;
	size = keymap_put(&c->packs, name, NULL);
	if (!size)
		return err_nomem(err);
	*size = k->size;
	return 0;
}

static int list_packs(struct check *c, struct dver_err *err)
{
	struct transport *t = store_transport(c->remote);
	int r = transport_list(t, "packs/", on_pack, c, err);

	return r < 0 ? r : transport_list(t, "meta/", on_pack, c, err);
}

/* Where the remote has it: 1, 0: nowhere that can be relied on, < 0. */
static int find(struct check *c, const struct oid *id, struct fact *out,
		struct dver_err *err)
{
	struct fact v[PLACES];
	int n;

	if (!c->opts->prove)
		return store_find(c->remote, id, true, out, err);
	n = store_find_all(c->remote, id, v, PLACES, err);
	for (int i = 0; i < n; i++) {
		const uint64_t *size = keymap_get(&c->packs, v[i].pack);

		*out = v[i];
		if (size && *size == v[i].pack_size &&
		    !store_is_condemned(c->remote, v[i].pack))
			return 1;
	}
	return MIN(n, 0);
}

static int has_chunk(void *data, const struct recipe_entry *e,
		     struct dver_err *err)
{
	struct check *c = data;
	struct fact f;
	int r = find(c, &e->id, &f, err);

	return r < 0 ? r : r == 0;	/* 1 stops: this one is not there */
}

static int plain_lacks(struct check *c, const struct want *w,
		       struct dver_err *err)
{
	uint64_t size;
	int r = plain_has(c->remote, &w->id, &size, err);

	if (r <= 0)
		return r < 0 ? r : 1;
	/* A listing tells sizes; a tree's own is not known here. */
	return !w->tree && size != UINT64_MAX && size != w->size;
}

static int lacks(struct check *c, const struct want *w, struct dver_err *err)
{
	struct dver_err why;
	struct fact f;
	int r;

	if (store_is_plain(c->remote))
		return plain_lacks(c, w, err);
	r = find(c, &w->id, &f, err);
	if (r <= 0)
		return r < 0 ? r : 1;
	if (f.kind == FACT_CHUNK)
		return 0;
	r = store_each_chunk(c->remote, c->io, &w->id, has_chunk, c, &why);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_EFORMAT)
		return 1;
	return r < 0 ? err_set(err, r, "%s", why.msg) : r;
}

static int look(struct check *c, const struct want *w, struct dver_err *err)
{
	int r = lacks(c, w, err);

	if (r <= 0)
		return r;
	c->lacking = w->root;
	c->stats->objects++;
	if (!w->tree) {
		c->stats->missing++;
		c->stats->files++;
		c->stats->bytes += w->size;
	}
	if (!c->opts->missing || w->tree)
		return 0;
	return c->opts->missing(c->opts->data, w->root, w->path, &w->id,
				w->size);
}

static int give(void *data, struct batch *b, struct dver_err *err)
{
	struct check *c = data;
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = look(c, &b->v[i], err);
	batch_free(b);
	return r;
}

/* A tree that nobody has hides what is below it: that is missing too. */
static int broken(struct check *c, const struct transfer_root *root,
		  struct dver_err *err)
{
	c->lacking = root;
	c->stats->missing++;
	(void)err;
	return c->opts->missing
		       ? c->opts->missing(c->opts->data, root, "", &root->id,
					  root->size) : 0;
}

static int run(struct check *c, const struct transfer_root *roots, size_t n,
	       struct dver_err *err)
{
	struct plan plan = { .trees = c->local, .sizes = c->local,
			     .io = c->io,
			     .complete = &c->complete, .opts = c->opts,
			     .give = give, .data = c };
	bool grew = false;
	int r = 0;

	plan_init(&plan);
	for (size_t i = 0; r == 0 && i < n; i++) {
		c->lacking = NULL;
		r = plan_root(&plan, &roots[i], err);
		if (r == 0)
			r = plan_flush(&plan, err);
		if (r == 0 && plan.root_broken)
			r = broken(c, &roots[i], err);
		/* Roots may share what is missing: remember only of none. */
		if (r == 0 && !c->opts->prove &&
		    c->stats->missing + c->stats->objects == 0 &&
		    !complete_has(&c->complete, &roots[i].id)) {
			grew = true;
			r = complete_add(&c->complete, roots[i].label,
					 &roots[i].id, 0, err);
		}
	}
	plan_release(&plan);
	if (r == 0 && grew)
		(void)complete_save(&c->complete, c->opts->folder,
				    store_local_root(c->local), c->remote,
				    NULL);
	return r;
}

int transfer_check(struct store *local, struct store *remote,
		   const struct transfer_root *roots, size_t n,
		   const struct transfer_opts *opts,
		   struct transfer_stats *stats, struct dver_err *err)
{
	struct check c = { .local = local, .remote = remote, .opts = opts,
			   .stats = stats };
	struct transport *t = store_transport(remote);
	uint64_t requests = t->requests;
	uint64_t wire = t->bytes_in + t->bytes_out;
	bool known = !opts->prove;
	int r = store_refresh(remote, err);

	*stats = (struct transfer_stats){ 0 };
	keymap_init(&c.packs, RAND_NAME, sizeof(uint64_t));
	if (r == 0 && opts->prove && !store_is_plain(remote))
		r = list_packs(&c, err);
	if (r == 0 && !opts->prove)
		r = complete_load(&c.complete, opts->folder, remote, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		known = known && complete_has(&c.complete, &roots[i].id);
	if (r == 0 && !known)
		r = store_load_indexes(remote, err);
	if (r == 0 && !known)
		r = store_load_indexes(local, err);
	if (r == 0)
		r = store_io_new(&c.io, err);
	if (r == 0)
		r = run(&c, roots, n, err);
	/* Only trees are missing: that is no less a lack. */
	if (stats->missing == 0)
		stats->missing = stats->objects;
	stats->requests = t->requests - requests;
	stats->wire = t->bytes_in + t->bytes_out - wire;
	store_io_free(c.io);
	complete_release(&c.complete);
	keymap_release(&c.packs);
	return r;
}
