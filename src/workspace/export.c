/*
 * export - tracked data as plain files, in a folder or at a remote.
 *
 * The walk finds out whether all bytes are here and has the rest fetched; then
 * it hands out entries in batches, which workers write.
 */
#include "workspace/export.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/pool.h"
#include "workspace/exchange.h"
#include "workspace/reader.h"

#define BATCH 64
#define QUEUE 8

struct exporting {
	struct reader rd;
	struct dver_repo *repo;
	struct remote at;		/* where to */
	struct export_place *place;	/* owned */
	struct export_counts counts;
	struct tmpdir *tmp;		/* owned */
	struct pool *pool;
	struct store_io **io;		/* one a worker */
	int jobs;
	const char *base;		/* path of what the walk started at */
	struct batch_job *batch;	/* being filled */
	struct transfer_root *roots;	/* of what is lacking; owned */
	size_t nroots, cap;
	const struct output *output;	/* that is walked */
	bool lacks;			/* something of it is not here */
};

struct batch_job {
	struct pool_job job;
	struct exporting *x;
	struct export_entry v[BATCH];
	size_t n;
};

static int batch_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct batch_job *j = (struct batch_job *)job;
	struct exporting *x = j->x;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->n; i++) {
		r = cancel_check(&x->repo->cancel, err);
		if (r == 0)
			r = x->place->ops->add(x->place, x->io[worker],
					       &j->v[i], err);
		atomic_fetch_add(&x->repo->files, j->v[i].kind != TREE_DIR);
		atomic_fetch_add(&x->repo->bytes, j->v[i].kind == TREE_DIR
				 ? 0 : j->v[i].size);
	}
	return r;
}

static void batch_release(struct pool_job *job)
{
	struct batch_job *j = (struct batch_job *)job;

	for (size_t i = 0; i < j->n; i++)
		free(j->v[i].path);
	free(j);
}

static int flush(struct exporting *x, struct dver_err *err)
{
	struct batch_job *j = TAKE(x->batch);

	return j ? pool_submit(x->pool, &j->job, err) : 0;
}

static int hand_out(struct exporting *x, const char *path,
		    enum tree_kind kind, const struct oid *id, uint64_t size,
		    struct dver_err *err)
{
	struct batch_job *j = x->batch;
	char *copy;

	if (!j) {
		j = x->batch = calloc(1, sizeof(*j));
		if (!j)
			return err_nomem(err);
		j->job.run = batch_run;
		j->job.release = batch_release;
		j->x = x;
	}
	copy = strdup(path);
	if (!copy)
		return err_nomem(err);
	j->v[j->n++] = (struct export_entry){ copy, kind, *id, size };
	return j->n == BATCH ? flush(x, err) : 0;
}

static int on_write(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	struct exporting *x = data;
	AUTO_FREE char *full = path_join(x->base, path);
	int r = full ? cancel_check(&x->repo->cancel, err) : err_nomem(err);

	if (r == 0 && (e->kind != TREE_DIR || !e->files))
		r = hand_out(x, full, e->kind, &e->id, e->bytes, err);
	return r < 0 ? r : WALK_ON;
}

/* The first file that is not here ends the walk: all is fetched then. */
static int on_look(void *data, const char *path, const struct tree_entry *e,
		   struct dver_err *err)
{
	struct exporting *x = data;
	int r = cancel_check(&x->repo->cancel, err);

	(void)path;
	if (r == 0 && e->kind == TREE_DIR)
		return WALK_ON;
	if (r == 0)
		r = store_has(x->rd.store, &e->id, err);
	if (r < 0)
		return r;
	atomic_fetch_add(&x->repo->files_total, 1);
	atomic_fetch_add(&x->repo->bytes_total, e->bytes);
	x->lacks |= r == 0;
	return WALK_ON;
}

static int one(struct exporting *x, const struct output *o, const char *sub,
	       bool look, struct dver_err *err)
{
	AUTO_FREE char *full = path_join(o->path, sub);
	struct walk_found f;
	struct tree_entry e;
	int r = full ? reader_find(&x->rd, o, sub, &f, err) : err_nomem(err);

	if (r < 0)
		return r;
	e = (struct tree_entry){ .kind = f.kind, .id = f.id,
				 .bytes = f.bytes };
	x->base = full;
	if (f.kind == TREE_DIR)
		r = walk_tree(x->rd.store, x->rd.io, &f.id,
			      look ? on_look : on_write, x, err);
	else if (look)
		r = on_look(x, "", &e, err);
	else
		r = hand_out(x, full, f.kind, &f.id, f.bytes, err);
	if (r == 0 && !look && f.kind == TREE_DIR && !f.files)
		r = hand_out(x, full, TREE_DIR, &f.id, 0, err);
	return r;
}

static int note_lacking(struct exporting *x, const struct output *o,
			const struct strvec *parts, struct dver_err *err)
{
	if (!x->lacks)
		return 0;
	x->lacks = false;
	if (!mem_grow(&x->roots, &x->cap, x->nroots + 1, sizeof(*x->roots)))
		return err_nomem(err);
	x->roots[x->nroots++] = (struct transfer_root){
		.kind = o->pointer.kind, .id = o->pointer.id,
		.size = o->pointer.size, .label = o->path,
		.parts = parts->n && o->pointer.kind == ROOT_TREE ? parts
								  : NULL };
	return 0;
}

/* All that is asked for: look whether it is here, or write it. */
static int each(struct exporting *x, const char *path, struct strvec *parts,
		bool look, struct dver_err *err)
{
	const struct output *o;
	struct output *first;
	const char *sub;
	size_t n;
	int r = reader_holding(&x->rd, path, &o, &sub, err);

	if (r > 0) {
		if (look && *sub && !strvec_push(parts, sub))
			return err_nomem(err);
		r = one(x, o, sub, look, err);
		return r == 0 && look ? note_lacking(x, o, parts, err) : r;
	}
	n = r == 0 ? outputs_below(&x->rd.outputs, path, &first) : 0;
	if (r == 0 && n == 0)
		return err_set(err, DVER_ENOTFOUND, *path ? "'%s' is not "
			       "tracked" : "there is no tracked data%s",
			       path);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (first[i].problem)
			return err_set(err, DVER_EFORMAT, "%s",
				       first[i].problem);
		r = one(x, &first[i], "", look, err);
		if (r == 0 && look)
			r = note_lacking(x, &first[i], parts, err);
	}
	return r;
}

static int open_place(struct exporting *x, const char *dest, unsigned flags,
		      struct dver_err *err)
{
	int r = config_remote_url(x->repo, dest, &x->at, err);

	if (r == 0)
		r = tmpdir_new(&x->tmp, x->repo->cache, err);
	if (r == 0 && x->at.scheme == SCHEME_FOLDER)
		r = export_folder_open(&x->place, x->repo, x->at.url, err);
	else if (r == 0)
		r = export_remote_open(&x->place, x->repo, &x->at, err);
	if (r < 0)
		return r;
	x->place->store = x->rd.store;
	x->place->stage = tmpdir_path(x->tmp);
	x->place->force = (flags & DVER_EXPORT_FORCE) != 0;
	x->place->counts = &x->counts;
	x->jobs = x->at.cfg.jobs;
	x->io = mem_array((size_t)x->jobs, sizeof(*x->io));
	r = x->io ? pool_new(&x->pool, x->jobs, QUEUE, err) : err_nomem(err);
	for (int i = 0; r == 0 && i < x->jobs; i++)
		r = store_io_new(&x->io[i], err);
	return r;
}

static int fetch_lacking(struct exporting *x, struct dver_err *err)
{
	int r;

	if (x->nroots == 0)
		return 0;
	r = exchange_fetch(x->repo, x->roots, x->nroots, err);
	if (r == 0)
		r = store_refresh(x->rd.store, err);
	return r < 0 ? r : store_load_indexes(x->rd.store, err);
}

static int run(struct exporting *x, const char *path, const char *dest,
	       unsigned flags, struct dver_err *err)
{
	AUTO_STRVEC struct strvec parts = STRVEC_INIT;
	uint64_t files, bytes;
	int r, w;

	repo_phase(x->repo, "looking");
	r = store_load_indexes(x->rd.store, err);
	if (r == 0)
		r = each(x, path, &parts, true, err);
	files = atomic_load(&x->repo->files_total);
	bytes = atomic_load(&x->repo->bytes_total);
	if (r == 0)
		r = fetch_lacking(x, err);
	if (r == 0)
		r = open_place(x, dest, flags, err);
	if (r < 0)
		return r;
	repo_phase(x->repo, "exporting");
	atomic_store(&x->repo->files_total, files);
	atomic_store(&x->repo->bytes_total, bytes);
	r = each(x, path, &parts, false, err);
	if (r == 0)
		r = flush(x, err);
	w = pool_wait(x->pool, r < 0 ? NULL : err);
	r = r < 0 ? r : w;
	w = x->place->ops->finish(x->place, r < 0 ? NULL : err);
	return r < 0 ? r : w;
}

static void take_stats(const struct exporting *x, struct dver_export_stats *st)
{
	const struct transport *t = x->place ? x->place->t : NULL;

	*st = (struct dver_export_stats){
		.files = atomic_load(&x->counts.files),
		.bytes = atomic_load(&x->counts.bytes),
		.unchanged = atomic_load(&x->counts.unchanged),
		.links = atomic_load(&x->counts.links),
		.requests = t ? t->requests : 0,
		.wire = t ? t->bytes_in + t->bytes_out : 0,
	};
}

static void release(struct exporting *x)
{
	if (x->batch)
		batch_release(&x->batch->job);
	pool_free(x->pool);
	for (int i = 0; x->io && i < x->jobs; i++)
		store_io_free(x->io[i]);
	free(x->io);
	if (x->place)
		x->place->ops->close(x->place);
	remote_release(&x->at);
	tmpdir_free(x->tmp);
	free(x->roots);
	reader_close(&x->rd);
}

int dver_export(struct dver_repo *repo, const char *rev, const char *path,
		const char *dest, unsigned flags,
		struct dver_export_stats *stats, struct dver_err *err)
{
	AUTO_BUF struct buf clean = BUF_PATH;
	struct exporting x = { .repo = repo };
	int r = path ? repo_path(repo, &clean, path, err) : 0;

	*stats = (struct dver_export_stats){ 0 };
	if (r < 0)
		return r;
	r = reader_open(&x.rd, repo, rev, err);
	if (r == 0)
		r = run(&x, clean.data, dest, flags, err);
	take_stats(&x, stats);
	release(&x);
	return r;
}
