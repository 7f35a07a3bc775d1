/*
 * fetch - from the remote's packs into the local store.
 *
 * Trees come first, then the walk hands out files in batches; the places of a
 * batch's chunks are sorted by pack and offset, so that neighbours are read
 * together.  Chunks that the local store has (of an older version, say) are
 * not read again.  What arrived is published in slices: a run that is cut off
 * has them behind it.
 */
#include <errno.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/local.h"
#include "store/walk.h"
#include "transfer/fetch_internal.h"
#include "transfer/partial.h"

#define QUEUE 8
#define QUEUE_READ 2		/* spans that were read and wait for a worker */
#define SPANS_BYTES (160u << 20)	/* all spans on their way together */
#define SPAN_MAX (8u << 20)
#define SPAN_MIN (1u << 20)
#define LOOKUP_COST (96u << 10)	/* what one look-up in an index reads */
#define LEARN_MAX 20000		/* frames of a pack worth learning for one */
#define SLICE_MIN (64u << 20)	/* bytes, and */
#define SLICE_SECONDS 5		/* that are worth publishing */

int fetch_missing(struct fetch *p, const struct want *w,
		  const struct dver_err *why, struct dver_err *err)
{
	int r = 0;

	(void)err;
	pthread_mutex_lock(&p->mutex);
	if (p->stats->missing++ == 0)
		p->why = *why;
	if (p->opts->missing)
		r = p->opts->missing(p->opts->data, w->root, w->path, &w->id,
				     w->size);
	pthread_mutex_unlock(&p->mutex);
	return r;
}

void fetch_count(struct fetch *p, const struct want *w, bool moved,
		 uint64_t bytes)
{
	pthread_mutex_lock(&p->mutex);
	p->stats->objects += moved;
	if (moved && !w->tree) {
		p->stats->files++;
		p->stats->bytes += w->size;
	}
	pthread_mutex_unlock(&p->mutex);
	if (!w->tree && p->opts->files) {
		atomic_fetch_add(p->opts->files, 1);
		atomic_fetch_add(p->opts->bytes, bytes);
	}
}

int fetch_settle(struct fetch *p, const struct want *w, int r,
		 const struct dver_err *why, struct dver_err *err)
{
	if (r >= 0) {
		fetch_count(p, w, r > 0, w->size);
		return 0;
	}
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_ENOTFOUND)
		return fetch_missing(p, w, why, err);
	return err_set(err, r, "%s", why->msg);
}

static bool worth_learning(const struct fact *f, bool learn)
{
	if (f->place == PLACE_META)
		return f->pack_size < LEARN_MAX * 100u;
	return learn;
}

static int find_by_range(struct fetch *p, const struct oid *id, bool learn,
			 struct fact *f, struct dver_err *err)
{
	int r = 0;

	p->lookups++;
	if (MAX(p->lookups, p->expected) * LOOKUP_COST > p->index_away) {
		r = store_load_indexes(p->remote, err);
		p->whole = r == 0;
	}
	if (r == 0)
		r = store_find(p->remote, id, false, f, err);
	if (r > 0 && !p->whole && worth_learning(f, learn) &&
	    store_learn_pack(p->remote, f, err) < 0)
		return err->code;
	return r;
}

int fetch_find(struct fetch *p, const struct oid *id, bool learn,
	       struct fact *f, struct dver_err *err)
{
	int r;

	pthread_mutex_lock(&p->find_mutex);
	if (p->whole)
		r = store_find(p->remote, id, false, f, err);
	else if (store_learned(p->remote, id, f))
		r = 1;
	else
		r = find_by_range(p, id, learn, f, err);
	pthread_mutex_unlock(&p->find_mutex);
	return r;
}

int fetch_object(struct fetch *p, int worker, const struct oid *id,
		 struct buf *out, struct dver_err *err)
{
	int r;

	pthread_mutex_lock(&p->find_mutex);
	r = store_read(p->remote, p->io[worker], id, out->max, out, err);
	pthread_mutex_unlock(&p->find_mutex);
	return r;
}

/* One wanted object: planned, or told that it is missing. */
static int plan_want(struct fetch *p, struct want *w, struct part *parts,
		     size_t *n, struct dver_err *err)
{
	struct dver_err why;
	struct fact f;
	int r = w->tree ? 1 : store_has(p->local, &w->id, err);

	if (r != 0) {
		fetch_count(p, w, false, w->size);
		return MIN(r, 0);
	}
	if (store_is_plain(p->remote))
		return fetch_plain(p, w, err);
	r = fetch_find(p, &w->id, false, &f, err);
	if (r < 0)
		return r;
	if (r == 0) {
		(void)err_set(&why, DVER_EMISSING, "'%s%s%s' is not in '%s'",
			      w->root->label, *w->path ? "/" : "", w->path,
			      store_transport(p->remote)->url);
		return fetch_missing(p, w, &why, err);
	}
	if (p->opts->dry_run) {
		fetch_count(p, w, true, w->size);
		return 0;
	}
	if (f.kind == FACT_RECIPE)
		return fetch_large(p, w, err);
	parts[*n] = (struct part){ .f = f, .w = *w };
	w->path = NULL;
	(*n)++;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct fact *x = &((const struct part *)a)->f;
	const struct fact *y = &((const struct part *)b)->f;
	int c = memcmp(x->pack, y->pack, sizeof(x->pack));

	return c ? c : (x->offset > y->offset) - (x->offset < y->offset);
}

static int open_writer(struct fetch *p, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs + 1,
				  .stage = p->stage, .reuse = true };

	return writer_open(&p->w, p->local, &wo, err);
}

static int64_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool is_slice(const struct fetch *p)
{
	uint64_t bytes = writer_bytes(p->w);

	return bytes >= p->opts->slice ||
	       (bytes >= SLICE_MIN && now() - p->published >= SLICE_SECONDS);
}

int fetch_slice(struct fetch *p, struct dver_err *err)
{
	struct writer_stats st;
	int r;

	if (!is_slice(p))
		return 0;
	r = fetch_wait(p, err);
	if (r == 0)
		r = writer_commit(&p->w, &st, err);
	if (r == 0)
		r = store_refresh(p->local, err);
	if (r == 0)
		r = store_load_indexes(p->local, err);
	store_overlay_clear(p->local);
	p->tree_bytes = 0;
	p->published = now();
	return r < 0 ? r : open_writer(p, err);
}

static int give(void *data, struct batch *b, struct dver_err *err)
{
	struct fetch *p = data;
	AUTO_FREE struct part *parts = mem_array(b->n, sizeof(*parts));
	size_t n = 0, i;
	int r = parts ? fetch_slice(p, err) : err_nomem(err);

	for (i = 0; r == 0 && i < b->n; i++)
		r = plan_want(p, &b->v[i], parts, &n, err);
	batch_free(b);
	if (n)
		qsort(parts, n, sizeof(*parts), by_place);
	for (i = 0; r == 0 && i < n; i++)
		r = fetch_part(p, &parts[i], err);
	for (; i < n; i++)
		part_release(&parts[i]);
	return r;
}

/* Bring the trees of a root that are asked for, all of them. */
static int on_tree(void *data, const char *path, const struct tree_entry *e,
		   struct dver_err *err)
{
	struct fetch *p = data;
	const struct transfer_root *root = p->plan.root;
	int r;

	if (e->kind != TREE_DIR)
		return WALK_SKIP;
	if (root->parts && !plan_wants(root, path))
		return WALK_SKIP;
	r = cancel_check(p->opts->cancel, err);
	if (r == 0)
		r = fetch_tree(p, &e->id, plan_wants(root, path) == 1, err);
	return r < 0 ? r : WALK_ON;
}

static int fetch_root(struct fetch *p, const struct transfer_root *root,
		      struct dver_err *err)
{
	struct want whole = { root->id, root->size, true, root, NULL };
	struct dver_err why = { 0 };
	int r = 0;

	p->plan.root = root;
	if (root->kind == ROOT_TREE) {
		r = fetch_tree(p, &root->id, !root->parts, &why);
		if (r == 0)
			r = walk_tree(p->local, p->io[p->opts->jobs],
				      &root->id, on_tree, p, &why);
	}
	if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
		char empty[1] = "";

		whole.path = empty;
		return fetch_missing(p, &whole, &why, err);
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	return plan_root(&p->plan, root, err);
}

static int start(struct fetch *p, struct dver_err *err)
{
	int jobs = p->opts->jobs;
	int requests = MAX(p->opts->requests, 1);
	uint64_t share = SPANS_BYTES / (unsigned)(jobs + requests + QUEUE_READ);
	int r;

	p->span_max = MAX(MIN(share, (uint64_t)SPAN_MAX), (uint64_t)SPAN_MIN);
	p->span_max = MIN(p->span_max, MAX(p->opts->slice / 8, 1u << 16));
	p->published = now();
	partial_sweep(store_local_root(p->local));
	p->io = mem_array((size_t)jobs + 1, sizeof(*p->io));
	r = p->io ? pool_new(&p->pool, jobs, QUEUE_READ, err) : err_nomem(err);
	p->spare = mem_array(SPARES, sizeof(*p->spare));
	if (r == 0 && !p->spare)
		r = err_nomem(err);
	if (r == 0)
		r = pool_new(&p->reads, requests, QUEUE, err);
	for (int i = 0; r == 0 && i <= jobs; i++)
		r = store_io_new(&p->io[i], err);
	if (r == 0)
		r = store_refresh(p->local, err);
	if (r == 0)
		r = store_load_indexes(p->local, err);
	if (r == 0)
		r = store_refresh(p->remote, err);
	p->index_away = store_index_away(p->remote);
	return r < 0 ? r : open_writer(p, err);
}

static int run(struct fetch *p, const struct transfer_root *roots, size_t n,
	       struct dver_err *err)
{
	struct writer_stats st;
	int r = start(p, err);
	int w;

	if (r < 0)
		return r;
	p->plan = (struct plan){ .trees = p->local, .sizes = p->remote,
				 .io = p->io[p->opts->jobs],
				 .opts = p->opts, .give = give, .data = p };
	plan_init(&p->plan);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = fetch_root(p, &roots[i], err);
	if (r == 0)
		r = plan_flush(&p->plan, err);
	if (r < 0)
		fetch_spans_release(p);
	w = fetch_wait(p, r < 0 ? NULL : err);
	r = r < 0 ? r : w;
	plan_release(&p->plan);
	/* What did arrive is kept, also when the rest was cut off. */
	if (p->w && !p->opts->dry_run &&
	    (r == 0 || r == DVER_ECANCEL || r == DVER_ENET)) {
		w = writer_commit(&p->w, &st, r < 0 ? NULL : err);
		r = r < 0 ? r : w;
		w = store_refresh(p->local, r < 0 ? NULL : err);
		r = r < 0 ? r : w;
	}
	return r;
}

static void fetch_release(struct fetch *p)
{
	pool_free(p->reads);
	pool_free(p->pool);
	fetch_spans_release(p);
	fetch_ahead_release(p);
	writer_abort(p->w);
	for (int i = 0; p->io && i <= p->opts->jobs; i++)
		store_io_free(p->io[i]);
	free(p->io);
	pthread_mutex_destroy(&p->find_mutex);
	pthread_mutex_destroy(&p->mutex);
}

int transfer_fetch(struct store *local, struct store *remote,
		   const struct transfer_root *roots, size_t n,
		   const struct transfer_opts *opts,
		   struct transfer_stats *stats, struct dver_err *err)
{
	struct fetch p = { .local = local, .remote = remote, .opts = opts,
			   .stats = stats };
	struct transport *t = store_transport(remote);
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	uint64_t requests = t->requests;
	uint64_t wire = t->bytes_in + t->bytes_out;
	int r;

	*stats = (struct transfer_stats){ 0 };
	pthread_mutex_init(&p.mutex, NULL);
	pthread_mutex_init(&p.find_mutex, NULL);
	r = tmpdir_new(&tmp, store_local_root(local), err);
	if (r == 0)
		p.stage = tmpdir_path(tmp);
	if (r == 0)
		r = run(&p, roots, n, err);
	stats->requests = t->requests - requests;
	stats->wire = t->bytes_in + t->bytes_out - wire;
	if (r == 0 && stats->missing)
		r = err_set(err, DVER_EMISSING, "%llu objects are not in the "
			    "remote: %s", (unsigned long long)stats->missing,
			    p.why.msg);
	fetch_release(&p);
	return r;
}
