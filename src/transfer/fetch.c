/*
 * fetch - from the remote's packs into the local store.
 *
 * Trees come first, as the walk meets them.  Files are wanted in batches: the
 * places of a batch's chunks are sorted by pack and offset, neighbours are
 * read together, and each frame is decoded and checked before it is copied.
 * Large files are put together chunk by chunk as loose objects; chunks that
 * the local store has (of an older version, say) are not read again.
 */
#include <errno.h>
#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/pool.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/local.h"
#include "store/loose.h"
#include "store/recipe.h"
#include "store/walk.h"
#include "store/writer.h"
#include "transfer/plan.h"

#define QUEUE 8
#define SPAN_MAX (8u << 20)	/* bytes of one read */
#define GAP_MAX (64u << 10)	/* unwanted bytes that are read along */
#define LOOKUP_COST (96u << 10)	/* what one look-up in an index reads */
#define LEARN_MAX 20000		/* frames of a pack worth learning for one */

struct fetch {
	struct store *local, *remote;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	struct pool *pool;
	struct store_io **io;		/* one a worker, and one for the plan */
	struct writer *w;
	const char *stage;
	uint64_t lookups;		/* that the walk will make or made */
	_Atomic bool whole;		/* the remote's indexes are here */
	struct plan plan;
	pthread_mutex_t mutex;		/* of the stats and of callbacks */
	struct dver_err why;
};

/* A chunk of the batch and where the remote has it. */
struct place {
	struct fact f;
	size_t want;		/* index in the batch */
};

struct batch_job {
	struct pool_job job;
	struct fetch *p;
	struct batch *batch;
	struct place *v;	/* owned */
	size_t n, cap;
};

static int note_missing(struct fetch *p, const struct want *w,
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

static void count(struct fetch *p, const struct want *w, bool moved)
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
		atomic_fetch_add(p->opts->bytes, w->size);
	}
}

/*
 * Look an id up in the remote.  One by one while few are wanted; as soon as
 * that would read more than all indexes together, these are fetched whole.
 * Main thread only: look-ups by range are not made by workers.
 */
static int find(struct fetch *p, const struct oid *id, struct fact *f,
		struct dver_err *err)
{
	p->lookups++;
	if (!p->whole &&
	    p->lookups * LOOKUP_COST > store_index_bytes(p->remote)) {
		int r = store_load_indexes(p->remote, err);

		if (r < 0)
			return r;
		p->whole = true;
	}
	return store_find(p->remote, id, false, f, err);
}

/* A frame that was read: check it and put it into the local store. */
static int take_frame(struct fetch *p, int worker, const struct fact *f,
		      const void *frame, struct dver_err *err)
{
	struct store_io *io = p->io[worker];
	char hex[OID_HEX + 1];
	struct oid real;
	int r = codec_decode(store_io_codec(io), store_io_chunk(io),
			     f->length, frame, f->stored, err);

	if (r == 0)
		r = hash_one(store_io_hash(io), real.id, store_io_chunk(io),
			     f->length, err);
	if (r == 0 && !oid_eq(&real, &f->id))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    oid_hex(hex, &f->id),
			    store_transport(p->remote)->url);
	if (r == 0)
		r = writer_wants(p->w, &f->id, err);
	return r <= 0 ? r : writer_put_frame(p->w, worker, f, frame, f->stored,
					     err);
}

/* Another place of the object may be good where this one is not. */
static int take_elsewhere(struct fetch *p, int worker, const struct fact *f,
			  struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);
	int r = DVER_ECORRUPT;

	/* Look-ups by range belong to the main thread. */
	if (atomic_load(&p->whole))
		r = store_read(p->remote, p->io[worker], &f->id, CHUNK_MAX,
			       &bytes, err);
	return r < 0 ? r : writer_put(p->w, worker, p->io[worker], f->place,
				      &f->id, bytes.data, bytes.len, err);
}

static int by_place(const void *a, const void *b)
{
	const struct fact *x = &((const struct place *)a)->f;
	const struct fact *y = &((const struct place *)b)->f;
	int c = memcmp(x->pack, y->pack, sizeof(x->pack));

	return c ? c : (x->offset > y->offset) - (x->offset < y->offset);
}

/* How many places from i on are worth one read. */
static size_t span(const struct batch_job *j, size_t i, uint64_t *end)
{
	const struct fact *first = &j->v[i].f;
	size_t n = 1;

	*end = first->offset + first->stored;
	while (i + n < j->n) {
		const struct fact *f = &j->v[i + n].f;

		if (memcmp(f->pack, first->pack, sizeof(f->pack)) != 0 ||
		    f->offset > *end + GAP_MAX ||
		    f->offset + f->stored > first->offset + SPAN_MAX)
			break;
		*end = MAX(*end, f->offset + f->stored);
		n++;
	}
	return n;
}

static int settle(struct fetch *p, const struct want *w, int r,
		  const struct dver_err *why, struct dver_err *err)
{
	if (r >= 0) {
		count(p, w, r > 0);
		return 0;
	}
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_ENOTFOUND)
		return note_missing(p, w, why, err);
	return err_set(err, r, "%s", why->msg);
}

static int read_span(struct batch_job *j, int worker, size_t i, size_t n,
		     uint64_t end, struct buf *bytes, struct dver_err *err)
{
	struct fetch *p = j->p;
	const struct fact *first = &j->v[i].f;
	size_t len = (size_t)(end - first->offset);
	struct dver_err why = { 0 };
	char key[FACT_KEY_MAX];
	size_t got = 0;
	int r;

	buf_clear(bytes);
	if (!buf_reserve(bytes, len))
		return err_nomem(err);
	fact_key(key, first);
	r = transport_get(store_transport(p->remote), key, first->offset,
			  bytes->data, len, &got, &why);
	if (r == DVER_ENET || r == DVER_EAUTH || r == DVER_EREMOTE)
		return err_set(err, r, "%s", why.msg);
	for (size_t k = i; k < i + n; k++) {
		const struct fact *f = &j->v[k].f;
		size_t off = (size_t)(f->offset - first->offset);
		int one;

		if (r == 0 && off + f->stored > got)
			(void)err_set(&why, DVER_ECORRUPT, "'%s' in '%s' is "
				      "cut off", key,
				      store_transport(p->remote)->url);
		one = r < 0 || off + f->stored > got
		      ? DVER_ECORRUPT
		      : take_frame(p, worker, f, bytes->data + off, &why);

		if (one == DVER_ECORRUPT)
			one = take_elsewhere(p, worker, f, &why);
		one = settle(p, &j->batch->v[j->v[k].want], one, &why, err);
		if (one < 0)
			return one;
	}
	return cancel_check(p->opts->cancel, err);
}

static int batch_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct batch_job *j = (struct batch_job *)job;
	AUTO_BUF struct buf bytes = BUF_INIT(SPAN_MAX + CHUNK_MAX);
	int r = 0;

	if (j->n)
		qsort(j->v, j->n, sizeof(*j->v), by_place);
	for (size_t i = 0; r == 0 && i < j->n;) {
		uint64_t end;
		size_t n = span(j, i, &end);

		r = read_span(j, worker, i, n, end, &bytes, err);
		i += n;
	}
	return r;
}

static void batch_release(struct pool_job *job)
{
	struct batch_job *j = (struct batch_job *)job;

	batch_free(j->batch);
	free(j->v);
	free(j);
}

/* A large object that is being put together. */
struct large_job {
	struct pool_job job;
	struct fetch *p;
	struct want w;		/* path owned */
};

struct assembly {
	struct fetch *p;
	int worker;
	struct oid id;
	int fd;			/* of a loose object; < 0: into packs */
	uint64_t off;
	struct hash *whole;
	struct buf entries;
	struct recipe_writer rw;
	struct buf chunk;
};

static bool all_zero(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static int one_chunk(struct assembly *a, const struct recipe_entry *e,
		     struct dver_err *err)
{
	struct fetch *p = a->p;
	const uint8_t *data = (const uint8_t *)a->chunk.data;
	struct fact note = { .id = e->id, .offset = a->off,
			     .length = e->length };
	int r = hash_update(a->whole, data, e->length, err);

	recipe_add(&a->rw, &a->entries, &e->id, e->length);
	if (r == 0 && a->fd < 0)
		r = writer_put(p->w, a->worker, p->io[a->worker], PLACE_PACK,
			       &e->id, data, e->length, err);
	if (r == 0 && a->fd >= 0 && !all_zero(data, e->length) &&
	    os_pwrite_all(a->fd, data, e->length, a->off) < 0)
		r = err_sys(err, "cannot write into the local store");
	if (r == 0 && a->fd >= 0)
		r = writer_note_loose(p->w, &a->id, &note, err);
	a->off += e->length;
	return MIN(r, 0);
}

static int on_chunk(void *data, const struct recipe_entry *e,
		    struct dver_err *err)
{
	struct assembly *a = data;
	struct fetch *p = a->p;
	struct store_io *io = p->io[a->worker];
	int r = cancel_check(p->opts->cancel, err);

	/* An older version may have left the chunk here. */
	if (r == 0)
		r = store_read(p->local, io, &e->id, CHUNK_MAX, &a->chunk,
			       NULL);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT)
		r = store_read(p->remote, io, &e->id, CHUNK_MAX, &a->chunk,
			       err);
	if (r == 0 && a->chunk.len != e->length)
		r = err_set(err, DVER_ECORRUPT, "a recipe gives a chunk the "
			    "wrong length");
	for (uint64_t i = 0; r == 0 && i < e->repeat; i++)
		r = one_chunk(a, e, err);
	return r;
}

static int finish_large(struct assembly *a, const struct want *w,
			const char *tmp, struct dver_err *err)
{
	struct fetch *p = a->p;
	char hex[OID_HEX + 1];
	struct oid real;
	int r = hash_final(a->whole, real.id, err);

	if (r == 0 && (!oid_eq(&real, &w->id) || a->off != w->size))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    oid_hex(hex, &w->id),
			    store_transport(p->remote)->url);
	recipe_finish(&a->rw, &a->entries);
	if (r == 0)
		r = buf_check(&a->entries, err);
	if (r == 0 && a->fd >= 0 && os_ftruncate(a->fd, a->off) < 0)
		r = err_sys(err, "cannot write into the local store");
	if (r == 0 && a->fd >= 0) {
		r = writer_put_loose_with_recipe(p->w, a->worker,
						 p->io[a->worker], &w->id, tmp,
						 a->off, a->entries.data,
						 a->entries.len, err);
		return MIN(r, 0);
	}
	if (r == 0)
		r = writer_put_recipe(p->w, a->worker, p->io[a->worker],
				      &w->id, a->off, a->entries.data,
				      a->entries.len, err);
	return MIN(r, 0);
}

static int assemble(struct fetch *p, int worker, const struct want *w,
		    struct dver_err *err)
{
	struct assembly a = { .p = p, .worker = worker, .id = w->id, .fd = -1,
			      .entries = BUF_BIG,
			      .chunk = BUF_INIT(CHUNK_MAX) };
	AUTO_HASH struct hash *h = NULL;
	AUTO_FREE char *tmp = NULL;
	char name[RAND_NAME_HEX];
	int r = hash_new(&h, err);

	if (r == 0)
		r = hash_init(h, err);
	if (r == 0)
		r = rand_name(name, err);
	if (r < 0)
		return r;
	a.whole = h;
	tmp = str_printf("%s/loose-%s", p->stage, name);
	if (!tmp)
		return err_nomem(err);
	if (!w->tree && w->size > p->opts->loose_above) {
		a.fd = os_open(tmp, O_RDWR | O_CREAT | O_EXCL, 0444);
		if (a.fd < 0)
			return err_sys(err, "cannot create '%s'", tmp);
	}
	recipe_writer_init(&a.rw);
	r = store_each_chunk(p->remote, p->io[worker], &w->id, on_chunk, &a,
			     err);
	if (r == 0)
		r = finish_large(&a, w, tmp, err);
	if (a.fd >= 0)
		(void)os_close(a.fd);
	if (r < 0 && a.fd >= 0)
		(void)os_unlink(tmp);
	buf_release(&a.entries);
	buf_release(&a.chunk);
	return r;
}

static int large_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct large_job *j = (struct large_job *)job;
	struct dver_err why = { 0 };
	int r = assemble(j->p, worker, &j->w, &why);

	return settle(j->p, &j->w, r < 0 ? r : 1, &why, err);
}

static void large_release(struct pool_job *job)
{
	struct large_job *j = (struct large_job *)job;

	free(j->w.path);
	free(j);
}

static int submit_large(struct fetch *p, struct want *w, struct dver_err *err)
{
	struct large_job *j = calloc(1, sizeof(*j));
	int r;

	if (!j)
		return err_nomem(err);
	/* Workers read by range below: give them whole indexes to look in. */
	r = p->whole ? 0 : store_load_indexes(p->remote, err);
	p->whole = true;
	if (r < 0) {
		free(j);
		return r;
	}
	j->job.run = large_run;
	j->job.release = large_release;
	j->p = p;
	j->w = *w;
	w->path = NULL;
	return pool_submit(p->pool, &j->job, err);
}

/* One wanted object: into the job's reads, or a job of its own. */
static int plan_want(struct fetch *p, struct batch_job *j, size_t i,
		     struct dver_err *err)
{
	struct want *w = &j->batch->v[i];
	struct dver_err why;
	struct fact f;
	int r = w->tree ? 1 : store_has(p->local, &w->id, err);

	if (r != 0) {
		count(p, w, false);
		return MIN(r, 0);
	}
	r = find(p, &w->id, &f, err);
	if (r < 0)
		return r;
	if (r == 0) {
		(void)err_set(&why, DVER_EMISSING, "'%s%s%s' is not in '%s'",
			      w->root->label, *w->path ? "/" : "", w->path,
			      store_transport(p->remote)->url);
		return note_missing(p, w, &why, err);
	}
	if (p->opts->dry_run) {
		count(p, w, true);
		return 0;
	}
	if (f.kind == FACT_RECIPE)
		return submit_large(p, w, err);
	if (!mem_grow(&j->v, &j->cap, j->n + 1, sizeof(*j->v)))
		return err_nomem(err);
	j->v[j->n++] = (struct place){ f, i };
	return 0;
}

static int open_writer(struct fetch *p, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs + 1,
				  .stage = p->stage, .reuse = true };

	return writer_open(&p->w, p->local, &wo, err);
}

/* What arrived so far is kept, whatever happens to the rest. */
static int end_slice(struct fetch *p, struct dver_err *err)
{
	struct writer_stats st;
	int r = pool_wait(p->pool, err);

	if (r == 0)
		r = writer_commit(&p->w, &st, err);
	if (r == 0)
		r = store_refresh(p->local, err);
	if (r == 0)
		r = store_load_indexes(p->local, err);
	return r < 0 ? r : open_writer(p, err);
}

static int give(void *data, struct batch *b, struct dver_err *err)
{
	struct fetch *p = data;
	int r = writer_bytes(p->w) < p->opts->slice ? 0 : end_slice(p, err);
	struct batch_job *j = r < 0 ? NULL : calloc(1, sizeof(*j));

	if (!j) {
		batch_free(b);
		return r < 0 ? r : err_nomem(err);
	}
	j->job.run = batch_run;
	j->job.release = batch_release;
	j->p = p;
	j->batch = b;
	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = plan_want(p, j, i, err);
	if (r < 0 || j->n == 0) {
		batch_release(&j->job);
		return r;
	}
	return pool_submit(p->pool, &j->job, err);
}

/* A tree that the local store lacks, brought when the walk reads it. */
static int bring_tree(struct fetch *p, const struct oid *id,
		      struct dver_err *err)
{
	int worker = p->opts->jobs;
	AUTO_BUF struct buf bytes = BUF_INIT(1u << 30);
	struct oid real;
	struct fact f;
	int r = store_has(p->local, id, err);

	if (r != 0)
		return MIN(r, 0);
	r = find(p, id, &f, err);
	if (r > 0 && !p->whole && f.place == PLACE_META &&
	    f.pack_size < LEARN_MAX * 100u)
		r = store_learn_pack(p->remote, &f, err);
	if (r < 0)
		return r;
	r = store_read(p->remote, p->io[worker], id, 1u << 30, &bytes, err);
	if (r == 0)
		r = store_overlay(p->local, id, bytes.data, bytes.len, err);
	if (r == 0 && !p->opts->dry_run)
		r = writer_put_tree(p->w, worker, p->io[worker], &real,
				    bytes.data, bytes.len, err);
	if (r >= 0)
		p->stats->objects++;
	return MIN(r, 0);
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
		r = bring_tree(p, &e->id, err);
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
		r = bring_tree(p, &root->id, &why);
		if (r == 0)
			r = walk_tree(p->local, p->io[p->opts->jobs],
				      &root->id, on_tree, p, &why);
	}
	if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
		char empty[1] = "";

		whole.path = empty;
		return note_missing(p, &whole, &why, err);
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	return plan_root(&p->plan, root, err);
}

static int start(struct fetch *p, struct dver_err *err)
{
	int jobs = p->opts->jobs;
	int r;

	p->io = mem_array((size_t)jobs + 1, sizeof(*p->io));
	r = p->io ? pool_new(&p->pool, jobs, QUEUE, err) : err_nomem(err);
	for (int i = 0; r == 0 && i <= jobs; i++)
		r = store_io_new(&p->io[i], err);
	if (r == 0)
		r = store_refresh(p->local, err);
	if (r == 0)
		r = store_load_indexes(p->local, err);
	if (r == 0)
		r = store_refresh(p->remote, err);
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
	w = pool_wait(p->pool, r < 0 ? NULL : err);
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
	pool_free(p->pool);
	writer_abort(p->w);
	for (int i = 0; p->io && i <= p->opts->jobs; i++)
		store_io_free(p->io[i]);
	free(p->io);
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
