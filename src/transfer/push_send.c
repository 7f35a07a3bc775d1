/*
 * push_send - the objects that are one chunk, a batch a job: each frame is
 * decoded and checked on its way from a local pack to one of the remote.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "transfer/push_internal.h"

struct batch_job {
	struct pool_job job;
	struct push *p;
	struct batch *batch;
};

int push_missing(struct push *p, const struct want *w,
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

void push_count(struct push *p, const struct want *w, bool moved,
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

int push_chunk(struct push *p, int worker, const struct oid *id, bool tree,
	       struct dver_err *err)
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
	if (r > 0)
		return MIN(writer_wants(p->w, &w->id, err), 0);
	*moved = true;
	if (p->opts->dry_run) {
		r = store_has(p->local, &w->id, err);
		return r == 0 ? err_set(err, DVER_EMISSING,
					"it is in neither store") : MIN(r, 0);
	}
	return MIN(push_chunk(p, worker, &w->id, w->tree, err), 0);
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
			push_count(p, w, moved, w->size);
		else if (r == DVER_EMISSING || r == DVER_ECORRUPT)
			r = push_missing(p, w, &why, err);
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

int push_batch(struct push *p, struct batch *b, struct dver_err *err)
{
	struct batch_job *j = calloc(1, sizeof(*j));

	if (!j) {
		batch_free(b);
		return err_nomem(err);
	}
	j->job.run = batch_run;
	j->job.release = batch_release;
	j->p = p;
	j->batch = b;
	return pool_submit(p->pool, &j->job, err);
}
