/*
 * push - frames go as they are from local packs to packs of the remote.
 *
 * Three rounds: large files that were never cut are cut (and that is noted in
 * the local store, so it happens once); everything that the remote lacks is
 * copied, a batch a job, each frame decoded and checked on the way; packs,
 * index and roots are published.  When a pack that was relied on is condemned
 * meanwhile, all of it starts again.
 */
#include <errno.h>
#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/pool.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/ingest.h"
#include "store/local.h"
#include "store/loose.h"
#include "store/recipe.h"
#include "store/tidy.h"
#include "store/writer.h"
#include "transfer/plan.h"

#define TRIES 4
#define QUEUE 8

struct push {
	struct store *local, *remote;
	const struct transfer_root *roots;
	size_t n;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	struct pool *pool;
	struct store_io **io;		/* one a worker, and one for the plan */
	struct writer *w;		/* of the remote */
	struct keymap relied;		/* packs of the slices before */
	const char *stage;
	struct writer *notes;		/* of the local store: recipes */
	struct complete complete;
	pthread_mutex_t mutex;		/* of what follows, and of callbacks */
	struct strvec lacking;		/* labels of incomplete roots */
	struct dver_err why;
};

struct batch_job {
	struct pool_job job;
	struct push *p;
	struct batch *batch;
};

static int note_missing(struct push *p, const struct want *w,
			const struct dver_err *why, struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&p->mutex);
	if (p->stats->missing++ == 0)
		p->why = *why;
	if (!strvec_push(&p->lacking, w->root->label))
		r = err_nomem(err);
	if (r == 0 && p->opts->missing)
		r = p->opts->missing(p->opts->data, w->root, w->path, &w->id,
				     w->size);
	pthread_mutex_unlock(&p->mutex);
	return r;
}

static void count(struct push *p, const struct want *w, bool moved)
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

/* One chunk from wherever the local store has it. */
static int send_chunk(struct push *p, int worker, const struct oid *id,
		      bool tree, struct dver_err *err)
{
	enum fact_place place = tree ? PLACE_META : PLACE_PACK;
	struct store_io *io = p->io[worker];
	AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);
	AUTO_BUF struct buf frame = BUF_INIT(2 * CHUNK_MAX);
	struct fact f;
	struct oid real;
	int r = store_find(p->local, id, false, &f, err);

	if (r < 0)
		return r;
	if (r == 0 || f.kind != FACT_CHUNK || f.place == PLACE_LOOSE) {
		r = store_read(p->local, io, id, CHUNK_MAX, &bytes, err);
		return r < 0 ? r : writer_put(p->w, worker, io, place, id,
					      bytes.data, bytes.len, err);
	}
	r = store_read_frame(p->local, &f, &frame, err);
	if (r == 0)
		r = codec_decode(store_io_codec(io), store_io_chunk(io),
				 f.length, frame.data, frame.len, err);
	if (r == 0)
		r = hash_one(store_io_hash(io), real.id, store_io_chunk(io),
			     f.length, err);
	if (r == 0 && oid_eq(&real, id)) {
		f.place = place;
		r = writer_wants(p->w, id, err);
		return r <= 0 ? r : writer_put_frame(p->w, worker, &f,
						     frame.data, frame.len,
						     err);
	}
	/* Damaged here: perhaps another place of it is not. */
	r = store_read(p->local, io, id, CHUNK_MAX, &bytes, err);
	return r < 0 ? r : writer_put(p->w, worker, io, place, id, bytes.data,
				      bytes.len, err);
}

struct cut {
	struct push *p;
	int worker;
	bool tree;
	bool moved;
	struct buf entries;
	struct recipe_writer rw;
};

static int send_part(void *data, const struct recipe_entry *e,
		     struct dver_err *err)
{
	struct cut *c = data;
	struct push *p = c->p;
	struct fact f;
	int r = cancel_check(p->opts->cancel, err);

	for (uint64_t i = 0; i < e->repeat; i++)
		recipe_add(&c->rw, &c->entries, &e->id, e->length);
	if (r < 0)
		return r;
	r = store_find(p->remote, &e->id, true, &f, err);
	if (r > 0) {
		/* There; the writer is to know which pack it relies on. */
		r = writer_wants(p->w, &e->id, err);
		return MIN(r, 0);
	}
	c->moved = true;
	if (r < 0 || p->opts->dry_run)
		return r;
	r = send_chunk(p, c->worker, &e->id, c->tree, err);
	return MIN(r, 0);
}

/* An object that is cut: its chunks, then its recipe. */
static int send_cut(struct push *p, int worker, const struct want *w,
		    bool *moved, struct dver_err *err)
{
	struct cut c = { .p = p, .worker = worker, .tree = w->tree,
			 .entries = BUF_BIG };
	struct fact f;
	int r = store_find(p->local, &w->id, false, &f, err);
	struct store *from = r > 0 ? p->local : p->remote;

	recipe_writer_init(&c.rw);
	if (r >= 0)
		r = store_each_chunk(from, p->io[worker], &w->id, send_part,
				     &c, err);
	recipe_finish(&c.rw, &c.entries);
	if (r == 0)
		r = buf_check(&c.entries, err);
	if (r == 0 && !p->opts->dry_run)
		r = writer_put_recipe(p->w, worker, p->io[worker], &w->id,
				      c.rw.total, c.entries.data,
				      c.entries.len, err);
	*moved = c.moved || r > 0;
	buf_release(&c.entries);
	return MIN(r, 0);
}

static int send(struct push *p, int worker, const struct want *w, bool *moved,
		struct dver_err *err)
{
	struct fact f;
	int r = store_find(p->remote, &w->id, true, &f, err);

	*moved = false;
	if (r < 0)
		return r;
	if (r > 0 && p->opts->dry_run)
		return 0;
	if (r > 0 && f.kind == FACT_CHUNK)
		return MIN(writer_wants(p->w, &w->id, err), 0);
	if (!p->opts->dry_run && (r > 0 || w->size > CHUNK_MAX || w->tree)) {
		struct fact l;

		if (r > 0)
			return send_cut(p, worker, w, moved, err);
		r = store_find(p->local, &w->id, false, &l, err);
		if (r < 0)
			return r;
		if (r > 0 && l.kind == FACT_RECIPE)
			return send_cut(p, worker, w, moved, err);
	}
	*moved = true;
	if (p->opts->dry_run) {
		r = store_has(p->local, &w->id, err);
		return r == 0 ? err_set(err, DVER_EMISSING,
					"it is in neither store") : MIN(r, 0);
	}
	return MIN(send_chunk(p, worker, &w->id, w->tree, err), 0);
}

static int batch_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct batch_job *j = (struct batch_job *)job;
	struct push *p = j->p;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->batch->n; i++) {
		const struct want *w = &j->batch->v[i];
		struct dver_err why = { 0 };
		bool moved;

		r = cancel_check(p->opts->cancel, err);
		if (r < 0)
			break;
		r = send(p, worker, w, &moved, &why);
		if (r == 0)
			count(p, w, moved);
		else if (r == DVER_EMISSING || r == DVER_ECORRUPT)
			r = note_missing(p, w, &why, err);
		else
			r = err_set(err, r, "%s", why.msg);
	}
	return r;
}

static void batch_release(struct pool_job *job)
{
	struct batch_job *j = (struct batch_job *)job;

	batch_free(j->batch);
	free(j);
}

static int submit(struct push *p, struct batch *b,
		  int (*run)(struct pool_job *, int, struct dver_err *),
		  struct dver_err *err)
{
	struct batch_job *j = calloc(1, sizeof(*j));

	if (!j) {
		batch_free(b);
		return err_nomem(err);
	}
	j->job.run = run;
	j->job.release = batch_release;
	j->p = p;
	j->batch = b;
	return pool_submit(p->pool, &j->job, err);
}

static int open_writer(struct push *p, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs,
				  .stage = p->stage, .reuse = true };
	int r = writer_open(&p->w, p->remote, &wo, err);

	return r < 0 ? r : writer_rely(p->w, &p->relied, err);
}

/*
 * Publish what was sent so far, without roots: a push that is cut off has it
 * behind it, and no more than a slice is ever staged.
 */
static int end_slice(struct push *p, struct dver_err *err)
{
	struct writer_stats st;
	int r = pool_wait(p->pool, err);

	if (r == 0)
		r = writer_commit_slice(&p->w, &st, &p->relied, err);
	if (r == 0)
		r = store_refresh(p->remote, err);
	if (r == 0)
		r = store_load_indexes(p->remote, err);
	return r < 0 ? r : open_writer(p, err);
}

static int give_to_send(void *data, struct batch *b, struct dver_err *err)
{
	struct push *p = data;
	int r = writer_bytes(p->w) < p->opts->slice ? 0 : end_slice(p, err);

	if (r < 0) {
		batch_free(b);
		return r;
	}
	return submit(p, b, batch_run, err);
}

/* Large loose files without a recipe are cut and that is noted. */
static int cut_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct batch_job *j = (struct batch_job *)job;
	struct push *p = j->p;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < j->batch->n; i++) {
		const struct want *w = &j->batch->v[i];
		struct dver_err why;
		struct fact f;

		if (w->tree || w->size <= CHUNK_MAX)
			continue;
		r = store_find(p->local, &w->id, false, &f, err);
		if (r != 0)
			continue;
		r = store_find(p->remote, &w->id, true, &f, err);
		if (r == 0)
			r = loose_has(store_local_root(p->local), &w->id, err);
		if (r <= 0)
			continue;
		r = ingest_chunk_loose(p->notes, worker, p->io[worker],
				       &w->id, p->opts->cancel, &why);
		if (r == DVER_ECORRUPT)
			r = 0;	/* told when it is to be sent */
		else if (r < 0)
			r = err_set(err, r, "%s", why.msg);
	}
	return MIN(r, 0);
}

static int give_to_cut(void *data, struct batch *b, struct dver_err *err)
{
	bool large = false;

	for (size_t i = 0; i < b->n; i++)
		large |= !b->v[i].tree && b->v[i].size > CHUNK_MAX;
	if (large)
		return submit(data, b, cut_run, err);
	batch_free(b);
	return 0;
}

/* Walk all roots that are not known to be complete. */
static int walk_all(struct push *p, struct transfer_opts *quiet,
		    int (*give)(void *, struct batch *, struct dver_err *),
		    struct dver_err *err)
{
	struct plan plan = { .trees = p->local, .io = p->io[p->opts->jobs],
			     .complete = &p->complete, .opts = quiet,
			     .give = give, .data = p };
	int r = 0, w;

	plan_init(&plan);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = plan_root(&plan, &p->roots[i], err);
	if (r == 0)
		r = plan_flush(&plan, err);
	w = pool_wait(p->pool, r < 0 ? NULL : err);
	plan_release(&plan);
	return r < 0 ? r : w;
}

static int cut_large(struct push *p, const char *stage, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs, .stage = stage,
				  .reuse = true };
	struct transfer_opts quiet = *p->opts;
	struct writer_stats st;
	bool any = false;
	int r;

	for (size_t i = 0; i < p->n; i++)
		any |= p->roots[i].size > CHUNK_MAX;
	if (!any || p->opts->dry_run)
		return 0;
	quiet.files = quiet.bytes = NULL;
	quiet.files_total = quiet.bytes_total = NULL;
	r = writer_open(&p->notes, p->local, &wo, err);
	if (r == 0)
		r = walk_all(p, &quiet, give_to_cut, err);
	if (r == 0)
		r = writer_commit(&p->notes, &st, err);
	writer_abort(TAKE(p->notes));
	if (r == 0 && st.objects)
		r = store_refresh(p->local, err);
	return r < 0 ? r : store_load_indexes(p->local, err);
}

static int add_roots(struct push *p, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct transfer_root *root = &p->roots[i];

		if (strvec_has(&p->lacking, root->label) ||
		    complete_has(&p->complete, &root->id))
			continue;
		r = writer_add_root(p->w, root->kind, &root->id, err);
	}
	return r;
}

/* Remember what is complete now; a failure here costs a walk next time. */
static void remember(struct push *p)
{
	struct dver_err err;

	if (store_refresh(p->remote, &err) < 0)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!strvec_has(&p->lacking, p->roots[i].label) &&
		    complete_add(&p->complete, p->roots[i].label,
				 &p->roots[i].id, &err) < 0)
			return;
	(void)complete_save(&p->complete, p->opts->folder,
			    store_local_root(p->local), p->remote, &err);
}

static bool all_complete(const struct push *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!complete_has(&p->complete, &p->roots[i].id))
			return false;
	return true;
}

static int attempt(struct push *p, const char *stage, struct dver_err *err)
{
	struct writer_stats st;
	int r = store_refresh(p->remote, err);

	p->stage = stage;
	keymap_clear(&p->relied);
	complete_release(&p->complete);
	strvec_clear(&p->lacking);
	if (r == 0)
		r = complete_load(&p->complete, p->opts->folder, p->remote,
				  err);
	if (r < 0 || all_complete(p))
		return r;
	r = store_load_indexes(p->remote, err);
	if (r == 0)
		r = cut_large(p, stage, err);
	if (r == 0)
		r = open_writer(p, err);
	if (r == 0)
		r = walk_all(p, &(struct transfer_opts){
			.cancel = p->opts->cancel,
			.slice = p->opts->slice,
			.files_total = p->opts->files_total,
			.bytes_total = p->opts->bytes_total },
			give_to_send, err);
	if (r == 0 && !p->opts->dry_run) {
		r = add_roots(p, err);
		if (r == 0)
			r = writer_commit(&p->w, &st, err);
		if (r == 0)
			remember(p);
		/* What follows only makes later pushes cheaper. */
		if (r == 0)
			(void)tidy_after_commit(p->remote, stage, NULL);
	}
	writer_abort(TAKE(p->w));
	return r;
}

static int start(struct push *p, struct dver_err *err)
{
	int jobs = p->opts->jobs;
	int r;

	p->io = mem_array((size_t)jobs + 1, sizeof(*p->io));
	r = p->io ? pool_new(&p->pool, jobs, QUEUE, err) : err_nomem(err);
	for (int i = 0; r == 0 && i <= jobs; i++)
		r = store_io_new(&p->io[i], err);
	if (r == 0)
		r = store_refresh(p->local, err);
	return r < 0 ? r : store_load_indexes(p->local, err);
}

static void push_release(struct push *p)
{
	pool_free(p->pool);
	for (int i = 0; p->io && i <= p->opts->jobs; i++)
		store_io_free(p->io[i]);
	free(p->io);
	complete_release(&p->complete);
	strvec_release(&p->lacking);
	keymap_release(&p->relied);
	pthread_mutex_destroy(&p->mutex);
}

int transfer_push(struct store *local, struct store *remote,
		  const struct transfer_root *roots, size_t n,
		  const struct transfer_opts *opts,
		  struct transfer_stats *stats, struct dver_err *err)
{
	struct push p = { .local = local, .remote = remote, .roots = roots,
			  .n = n, .opts = opts, .stats = stats };
	struct transport *t = store_transport(remote);
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	uint64_t requests = t->requests;
	uint64_t wire = t->bytes_in + t->bytes_out;
	int r;

	*stats = (struct transfer_stats){ 0 };
	pthread_mutex_init(&p.mutex, NULL);
	keymap_init(&p.relied, RAND_NAME, 0);
	r = start(&p, err);
	if (r == 0)
		r = tmpdir_new(&tmp, store_local_root(local), err);
	for (int i = 0; r == 0 && i < TRIES; i++) {
		*stats = (struct transfer_stats){ 0 };
		r = attempt(&p, tmpdir_path(tmp), err);
		if (r != DVER_ECONFLICT || i + 1 == TRIES)
			break;
		r = 0;
	}
	stats->requests = t->requests - requests;
	stats->wire = t->bytes_in + t->bytes_out - wire;
	if (r == 0 && stats->missing)
		r = err_set(err, DVER_EMISSING, "%llu objects are neither in "
			    "the local store nor in the remote: %s",
			    (unsigned long long)stats->missing, p.why.msg);
	push_release(&p);
	return r;
}
