/*
 * writer - packs first, then the index that names them: a reader never sees
 * a fact whose bytes are not there.
 *
 * Each worker fills packs of its own, so that nothing is locked while it
 * compresses; ids of this run are kept in a set cut by their first byte, each
 * part with a mutex, so that nothing is written twice.
 */
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/loose.h"
#include "store/pack.h"
#include "store/recipe.h"
#include "store/writer_loose.h"

#define SHARDS 64

struct shard {
	pthread_mutex_t mutex;
	struct keymap ids;	/* under mutex */
};

struct done_pack {
	char *path;		/* owned */
	struct fact *facts;	/* owned */
	size_t n;
	enum fact_place place;
};

struct writer {
	struct store *s;
	char *stage;			/* owned */
	bool reuse;
	int workers;
	struct pack_out **open;		/* two a worker: data, meta */
	struct shard shard[SHARDS];
	pthread_mutex_t mutex;		/* of all that follows */
	struct done_pack *done;
	size_t ndone, done_cap;
	struct index_root *roots;
	size_t nroots, roots_cap;
	struct keymap relied;		/* packs that found objects lie in */
	struct loose_set loose;		/* files and notes to publish */
	char index_name[INDEX_NAME_MAX]; /* once published */
	_Atomic uint64_t bytes;
};

void writer_abort(struct writer *w)
{
	if (!w)
		return;
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
	free(w->stage);
	free(w);
}

int writer_open(struct writer **out, struct store *s,
		const struct writer_opts *opts, struct dver_err *err)
{
	AUTO_WRITER struct writer *w = NULL;
	struct writer *made = calloc(1, sizeof(*made));

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
	if (!w->stage || !w->open)
		return err_nomem(err);
	*out = TAKE(w);
	return 0;
}

/* Is the id new in this run?  1, 0, < 0. */
static int claim(struct writer *w, const struct oid *id, struct dver_err *err)
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

static int finish_pack(struct writer *w, struct pack_out **p,
		       enum fact_place place, struct dver_err *err)
{
	struct done_pack d = { .place = place };
	bool ok;
	int r = pack_out_finish(p, &d.facts, &d.n, &d.path, err);

	if (r < 0)
		return r;
	pthread_mutex_lock(&w->mutex);
	ok = mem_grow(&w->done, &w->done_cap, w->ndone + 1, sizeof(d));
	if (ok)
		w->done[w->ndone++] = d;
	pthread_mutex_unlock(&w->mutex);
	if (ok)
		return 0;
	(void)os_unlink(d.path);
	free(d.path);
	free(d.facts);
	return err_nomem(err);
}

int writer_put_frame(struct writer *w, int worker, const struct fact *f,
		     const void *frame, size_t len, struct dver_err *err)
{
	struct pack_out **p = &w->open[2 * worker + (f->place == PLACE_META)];
	int r = 0;

	if (*p && !pack_out_fits(*p, len))
		r = finish_pack(w, p, f->place, err);
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
	return claim(w, id, err);
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
	int r = claim(w, &f->id, err);

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
	int r = claim(w, id, err);

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

static int publish_packs(struct writer *w, struct writer_stats *st,
			 struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->ndone; i++) {
		struct done_pack *d = &w->done[i];
		struct transport_src src = { .path = d->path,
					     .len = d->facts[0].pack_size,
					     .consume = true };
		char key[FACT_KEY_MAX];

		fact_key(key, &d->facts[0]);
		r = transport_put(store_transport(w->s), key, &src, err);
		if (r < 0)
			break;
		free(TAKE(d->path));
		st->objects += d->n;
		st->stored += src.len;
		st->packs++;
		if (!keymap_put(&w->relied, d->facts[0].pack, NULL))
			r = err_nomem(err);
	}
	return r < 0 ? r : transport_flush(store_transport(w->s), err);
}

static int publish_index(struct writer *w, struct writer_stats *st,
			 struct dver_err *err)
{
	size_t all = (size_t)st->objects + w->loose.nnotes;
	AUTO_FREE struct fact *facts = mem_array(all, sizeof(*facts));
	struct index_content c = { .facts = facts, .roots = w->roots,
				   .nroots = w->nroots };
	struct transport_src src = { .consume = true };
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *key = NULL;
	char name[INDEX_NAME_MAX];
	struct index_name parsed;
	int r;

	if (!facts)
		return err_nomem(err);
	for (size_t i = 0; i < w->ndone; i++) {
		memcpy(facts + c.nfacts, w->done[i].facts,
		       w->done[i].n * sizeof(*facts));
		c.nfacts += w->done[i].n;
	}
	for (size_t i = 0; i < w->loose.nnotes; i++)
		facts[c.nfacts++] = w->loose.notes[i];
	loose_set_names(&w->loose, &c);
	r = index_write(name, w->stage, 0, &c, err);
	if (r < 0)
		return r;
	path = str_printf("%s/%s", w->stage, name);
	key = str_printf("index/%s", name);
	if (!path || !key)
		return err_nomem(err);
	if (index_name_parse(&parsed, name) == 0)
		src.len = (size_t)parsed.bytes;
	st->stored += src.len;
	src.path = path;
	store_keep_index(w->s, path, name);
	r = transport_put(store_transport(w->s), key, &src, err);
	if (r < 0)
		(void)os_unlink(path);
	memcpy(w->index_name, name, sizeof(name));
	return r < 0 ? r : transport_flush(store_transport(w->s), err);
}

/*
 * The names of all indexes, for readers that cannot list.  A hint: a failure
 * is not the push's, and the next push writes it again.
 */
static void write_heads(struct store *s, const char *name)
{
	const struct strvec *names = store_index_names(s);
	AUTO_BUF struct buf b = BUF_INIT(16u << 20);
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];

	buf_addstr(&b, "dver heads 1\n");
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&b, "index %s\n", names->v[i]);
	if (*name)
		buf_addf(&b, "index %s\n", name);
	if (!buf_ok(&b) || hash_bytes(sum, b.data, b.len, NULL) < 0)
		return;
	hex_encode(hex, sum, sizeof(sum));
	buf_addf(&b, "sum %s\n", hex);
	if (buf_ok(&b))
		(void)transport_replace(store_transport(s), "heads", b.data,
					b.len, NULL);
}

static int copy_keys(struct keymap *to, const struct keymap *from,
		     struct dver_err *err)
{
	const void *key;
	size_t pos = 0;

	while ((key = keymap_next(from, &pos, NULL)))
		if (!keymap_put(to, key, NULL))
			return err_nomem(err);
	return 0;
}

int writer_rely(struct writer *w, const struct keymap *packs,
		struct dver_err *err)
{
	return copy_keys(&w->relied, packs, err);
}

int writer_commit(struct writer **wp, struct writer_stats *stats,
		  struct dver_err *err)
{
	return writer_commit_slice(wp, stats, NULL, err);
}

int writer_commit_slice(struct writer **wp, struct writer_stats *stats,
			struct keymap *relied, struct dver_err *err)
{
	AUTO_WRITER struct writer *w = TAKE(*wp);
	int r = 0;

	*stats = (struct writer_stats){ .bytes = atomic_load(&w->bytes) };
	for (int i = 0; r == 0 && i < 2 * w->workers; i++)
		if (w->open[i])
			r = finish_pack(w, &w->open[i],
					i % 2 ? PLACE_META : PLACE_PACK, err);
	if (r == 0)
		r = publish_packs(w, stats, err);
	if (r == 0 && w->loose.n)
		r = loose_set_publish(&w->loose, store_local_root(w->s),
				      store_nosync(w->s), stats, err);
	if (r == 0 && (w->ndone || w->nroots || w->loose.nnotes))
		r = publish_index(w, stats, err);
	if (r == 0 && !store_local_root(w->s))
		write_heads(w->s, w->index_name);
	if (r == 0 && relied)
		r = copy_keys(relied, &w->relied, err);
	if (r == 0)
		r = store_recheck_condemned(w->s, &w->relied, err);
	if (r > 0)
		r = err_set(err, DVER_ECONFLICT, "a pack in '%s' was condemned "
			    "while it was relied on: run the command again",
			    store_transport(w->s)->url);
	return r;
}
