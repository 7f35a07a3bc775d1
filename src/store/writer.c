/*
 * writer - packs first, then the index that names them: a reader never sees
 * a fact whose bytes are not there.
 *
 * Each worker fills packs of its own, so that nothing is locked while it
 * compresses; ids of this run are kept in a set cut by their first byte, each
 * part with a mutex, so that nothing is written twice.
 * Publishing is in writer_publish.c.
 */
#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/pack.h"
#include "store/recipe.h"
#include "store/writer_internal.h"

void writer_abort(struct writer *w)
{
	if (!w)
		return;
	atomic_store(&w->given_up, true);
	pool_free(w->uploads);
	for (int i = 0; w->open && i < 2 * w->workers; i++)
		pack_out_discard(w->open[i]);
	for (size_t i = 0; i < w->ndone; i++) {
		if (w->done[i].path)
			(void)os_unlink(w->done[i].path);
		free(w->done[i].path);
		free(w->done[i].facts);
	}
	for (int i = 0; i < SHARDS; i++) {
		keymap_release(&w->shard[i].ids);
		pthread_mutex_destroy(&w->shard[i].mutex);
	}
	keymap_release(&w->relied);
	loose_set_release(&w->loose);
	pthread_mutex_destroy(&w->mutex);
	free(w->roots);
	free(w->done);
	free(w->open);
	free(w->journal);
	free(w->stage);
	free(w);
}

int writer_open(struct writer **out, struct store *s,
		const struct writer_opts *opts, struct dver_err *err)
{
	AUTO_WRITER struct writer *w = NULL;
	struct writer *made = calloc(1, sizeof(*made));
	int r;

	if (!made)
		return err_nomem(err);
	for (int i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&made->shard[i].mutex, NULL);
		keymap_init(&made->shard[i].ids, HASH_SIZE, 0);
	}
	pthread_mutex_init(&made->mutex, NULL);
	keymap_init(&made->relied, RAND_NAME, 0);
	w = made;
	w->s = s;
	w->reuse = opts->reuse;
	w->workers = MAX(opts->workers, 1);
	w->stage = strdup(opts->stage);
	w->open = mem_array(2 * (size_t)w->workers, sizeof(*w->open));
	if (opts->journal)
		w->journal = strdup(opts->journal);
	if (!w->stage || !w->open || (opts->journal && !w->journal))
		return err_nomem(err);
	r = opts->uploads ? pool_new(&w->uploads, opts->uploads, UPLOAD_AHEAD,
				     err) : 0;
	if (r == 0 && w->journal)
		r = writer_adopt_journal(w, err);
	if (r < 0)
		return r;
	*out = TAKE(w);
	return 0;
}

int writer_claim(struct writer *w, const struct oid *id,
		 struct dver_err *err)
{
	struct shard *sh = &w->shard[id->id[HASH_SIZE - 1] % SHARDS];
	bool added = false;
	void *slot;

	pthread_mutex_lock(&sh->mutex);
	slot = keymap_put(&sh->ids, id->id, &added);
	pthread_mutex_unlock(&sh->mutex);
	return slot ? added : err_nomem(err);
}

/* Has the store the object in a pack that stays?  Remember which. */
static int stored(struct writer *w, const struct oid *id, struct dver_err *err)
{
	struct fact f;
	void *slot;
	int r = w->reuse ? store_find(w->s, id, true, &f, err) : 0;

	if (r <= 0 || f.place == PLACE_LOOSE)
		return r;
	pthread_mutex_lock(&w->mutex);
	slot = keymap_put(&w->relied, f.pack, NULL);
	pthread_mutex_unlock(&w->mutex);
	return slot ? 1 : err_nomem(err);
}

int writer_put_frame(struct writer *w, int worker, const struct fact *f,
		     const void *frame, size_t len, struct dver_err *err)
{
	struct pack_out **p = &w->open[2 * worker + (f->place == PLACE_META)];
	int r = 0;

	if (*p && !pack_out_fits(*p, len))
		r = writer_finish_pack(w, p, f->place, err);
	if (r == 0 && !*p)
		r = pack_out_open(p, w->stage, f->place, err);
	if (r == 0)
		r = pack_out_add(*p, &f->id, f->kind, f->length, frame, len,
				 err);
	if (r == 0)
		atomic_fetch_add(&w->bytes, f->length);
	return r < 0 ? r : 1;
}

static int encode(struct writer *w, int worker, struct store_io *io,
		  const struct fact *f, const void *data,
		  struct dver_err *err)
{
	struct buf *frame = store_io_frame(io);
	int r;

	buf_clear(frame);
	r = codec_encode(store_io_codec(io), frame, data, f->length, err);
	return r < 0 ? r : writer_put_frame(w, worker, f, frame->data,
					    frame->len, err);
}

int writer_wants(struct writer *w, const struct oid *id, struct dver_err *err)
{
	int r = stored(w, id, err);

	if (r != 0)
		return MIN(r, 0);
	return writer_claim(w, id, err);
}

static int put_kind(struct writer *w, int worker, struct store_io *io,
		    const struct fact *f, const void *data,
		    struct dver_err *err)
{
	int r = writer_wants(w, &f->id, err);

	return r <= 0 ? r : encode(w, worker, io, f, data, err);
}

int writer_put(struct writer *w, int worker, struct store_io *io,
	       enum fact_place place, const struct oid *id, const void *data,
	       size_t len, struct dver_err *err)
{
	struct fact f = { .id = *id, .length = (uint32_t)len,
			  .kind = FACT_CHUNK, .place = place };

	if (len > CHUNK_MAX)
		return err_set(err, DVER_EINVAL, "object of %zu bytes is not "
			       "one chunk", len);
	return put_kind(w, worker, io, &f, data, err);
}

/* Cut data into chunks, put them, and list them in `entries`. */
static int put_cut(struct writer *w, int worker, struct store_io *io,
		   const uint8_t *data, size_t len, struct buf *entries,
		   struct dver_err *err)
{
	struct recipe_writer rw;
	int r = 0;

	recipe_writer_init(&rw);
	while (r >= 0 && len > 0) {
		size_t cut = chunker_cut(data, len);
		struct oid id;

		r = hash_one(store_io_hash(io), id.id, data, cut, err);
		if (r == 0)
			r = writer_put(w, worker, io, PLACE_META, &id, data,
				       cut, err);
		recipe_add(&rw, entries, &id, (uint32_t)cut);
		data += cut;
		len -= cut;
	}
	recipe_finish(&rw, entries);
	return r < 0 ? r : buf_check(entries, err);
}

/* *f gets what is to be put; *recipe its bytes. */
static int make_recipe(struct writer *w, int worker, struct store_io *io,
		       struct buf *recipe, uint64_t total,
		       const void *entries, size_t len, struct dver_err *err)
{
	unsigned depth = 1;
	int r;

	recipe_header(recipe, depth, total);
	buf_add(recipe, entries, len);
	r = buf_check(recipe, err);
	while (r >= 0 && recipe->len > CHUNK_MAX) {
		AUTO_BUF struct buf upper = BUF_BIG;

		if (++depth > RECIPE_DEPTH_MAX)
			return err_set(err, DVER_EUNSUPPORTED,
				       "object of %llu bytes is too large",
				       (unsigned long long)total);
		r = put_cut(w, worker, io, (uint8_t *)recipe->data,
			    recipe->len, &upper, err);
		total = recipe->len;
		buf_clear(recipe);
		recipe_header(recipe, depth, total);
		buf_add(recipe, upper.data, upper.len);
		if (r >= 0)
			r = buf_check(recipe, err);
	}
	return MIN(r, 0);
}

int writer_put_recipe(struct writer *w, int worker, struct store_io *io,
		      const struct oid *id, uint64_t total,
		      const void *entries, size_t len, struct dver_err *err)
{
	AUTO_BUF struct buf recipe = BUF_BIG;
	struct fact f = { .id = *id, .kind = FACT_RECIPE,
			  .place = PLACE_META };
	int r = make_recipe(w, worker, io, &recipe, total, entries, len, err);

	f.length = (uint32_t)recipe.len;
	return r < 0 ? r : put_kind(w, worker, io, &f, recipe.data, err);
}

int writer_put_loose_with_recipe(struct writer *w, int worker,
				 struct store_io *io, const struct oid *id,
				 const char *tmp, uint64_t size,
				 const void *entries, size_t len,
				 struct dver_err *err)
{
	AUTO_BUF struct buf recipe = BUF_BIG;
	struct fact f = { .id = *id, .kind = FACT_RECIPE,
			  .place = PLACE_META };
	int r = writer_put_loose(w, id, tmp, size, 0, err);

	if (r <= 0)
		return r;
	r = make_recipe(w, worker, io, &recipe, size, entries, len, err);
	f.length = (uint32_t)recipe.len;
	return r < 0 ? r : encode(w, worker, io, &f, recipe.data, err);
}

int writer_put_tree(struct writer *w, int worker, struct store_io *io,
		    struct oid *id, const void *data, size_t len,
		    struct dver_err *err)
{
	AUTO_BUF struct buf entries = BUF_BIG;
	int r = hash_one(store_io_hash(io), id->id, data, len, err);

	if (r < 0)
		return r;
	if (len <= CHUNK_MAX)
		return writer_put(w, worker, io, PLACE_META, id, data, len,
				  err);
	r = put_cut(w, worker, io, data, len, &entries, err);
	return r < 0 ? r : writer_put_recipe(w, worker, io, id, len,
					     entries.data, entries.len, err);
}

int writer_add_root(struct writer *w, enum root_kind kind,
		    const struct oid *id, struct dver_err *err)
{
	bool ok;

	pthread_mutex_lock(&w->mutex);
	ok = mem_grow(&w->roots, &w->roots_cap, w->nroots + 1,
		      sizeof(*w->roots));
	if (ok)
		w->roots[w->nroots++] = (struct index_root){ kind, *id, 0 };
	pthread_mutex_unlock(&w->mutex);
	return ok ? 0 : err_nomem(err);
}

const char *writer_stage(const struct writer *w)
{
	return w->stage;
}

uint64_t writer_bytes(const struct writer *w)
{
	return atomic_load(&w->bytes);
}

struct store *writer_store(const struct writer *w)
{
	return w->s;
}

int writer_note_loose(struct writer *w, const struct oid *loose,
		      const struct fact *f, struct dver_err *err)
{
	int r = writer_claim(w, &f->id, err);

	if (r <= 0)
		return r;
	pthread_mutex_lock(&w->mutex);
	r = loose_set_note(&w->loose, loose, f, err);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

int writer_put_loose(struct writer *w, const struct oid *id, const char *tmp,
		     uint64_t size, mode_t mode, struct dver_err *err)
{
	int r = writer_claim(w, id, err);

	if (r > 0) {
		pthread_mutex_lock(&w->mutex);
		r = loose_set_add(&w->loose, id, tmp, size, mode, err);
		pthread_mutex_unlock(&w->mutex);
		atomic_fetch_add(&w->bytes, size);
		return r < 0 ? r : 1;
	}
	if (r == 0)
		(void)os_unlink(tmp);
	return r;
}

