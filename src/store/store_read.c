/*
 * store_read - bytes out of the store, checked before anyone sees them.
 *
 * A chunk is checked against its id; where one location is damaged or gone
 * the next is tried.  A recipe is its writer's claim: the whole object is
 * hashed as it streams and its id decides at the end.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/loose.h"
#include "store/recipe.h"
#include "store/store_internal.h"

#define PLACES_MAX 16
#define RECIPE_BYTES_MAX (1u << 30)

struct store_io {
	struct hash *hash;	/* of chunks */
	struct hash *whole;	/* of the object that streams */
	struct codec *codec;
	struct buf frame;
	uint8_t *chunk;		/* owned, CHUNK_MAX */
};

int store_io_new(struct store_io **out, struct dver_err *err)
{
	AUTO_STORE_IO struct store_io *io = calloc(1, sizeof(*io));
	int r;

	if (!io)
		return err_nomem(err);
	buf_init(&io->frame, 2 * CHUNK_MAX);
	io->chunk = malloc(CHUNK_MAX);
	if (!io->chunk)
		return err_nomem(err);
	r = hash_new(&io->hash, err);
	if (r == 0)
		r = hash_new(&io->whole, err);
	if (r == 0)
		r = codec_new(&io->codec, err);
	if (r == 0)
		*out = TAKE(io);
	return r;
}

void store_io_free(struct store_io *io)
{
	if (!io)
		return;
	hash_free(io->hash);
	hash_free(io->whole);
	codec_free(io->codec);
	buf_release(&io->frame);
	free(io->chunk);
	free(io);
}

struct hash *store_io_hash(struct store_io *io)
{
	return io->hash;
}

struct codec *store_io_codec(struct store_io *io)
{
	return io->codec;
}

struct buf *store_io_frame(struct store_io *io)
{
	return &io->frame;
}

uint8_t *store_io_chunk(struct store_io *io)
{
	return io->chunk;
}

/* A frame beside the footer that was read last came along with it. */
static bool from_tail(struct store *s, const struct fact *f, struct buf *out)
{
	bool there;

	pthread_mutex_lock(&s->tail_mutex);
	there = s->tail.len &&
		memcmp(s->tail_pack, f->pack, sizeof(f->pack)) == 0 &&
		f->offset >= s->tail_off &&
		f->offset - s->tail_off + f->stored <= s->tail.len;
	if (there)
		buf_add(out, s->tail.data + (f->offset - s->tail_off),
			f->stored);
	pthread_mutex_unlock(&s->tail_mutex);
	return there;
}

int store_read_frame(struct store *s, const struct fact *f, struct buf *out,
		     struct dver_err *err)
{
	char key[FACT_KEY_MAX];
	size_t got;
	int r;

	buf_clear(out);
	if (!buf_reserve(out, f->stored))
		return buf_check(out, err);
	if (from_tail(s, f, out))
		return buf_check(out, err);
	fact_key(key, f);
	r = transport_get(s->t, key, f->offset, out->data, f->stored, &got,
			  err);
	if (r < 0)
		return r;
	if (got != f->stored)
		return err_set(err, DVER_ECORRUPT, "pack '%s' in '%s' is cut "
			       "off", key, s->t->url);
	out->len = got;
	out->data[got] = '\0';
	return 0;
}

static int missing(struct store *s, const struct oid *id, struct dver_err *err)
{
	char hex[OID_HEX + 1];

	return err_set(err, DVER_EMISSING, "object %s is not in '%s'",
		       oid_hex(hex, id), s->t->url);
}

/* The loose object that a fact of some local index means. */
static int read_loose_chunk(struct store *s, const struct fact *f,
			    uint8_t *out, struct dver_err *err)
{
	const struct oid *id = NULL;
	AUTO_CLOSE int fd = -1;
	uint64_t size;
	ssize_t n;
	int r;

	for (size_t i = 0; i < s->n && !id; i++)
		if (s->index[i].has_tail)
			id = index_loose_id(&s->index[i].tail, f);
	if (!id || !s->local)
		return err_set(err, DVER_ECORRUPT,
			       "an index of '%s' names an unknown loose "
			       "object", s->t->url);
	r = loose_open(&fd, &size, s->local, id, err);
	if (r == DVER_ENOTFOUND)
		return missing(s, &f->id, err);
	if (r < 0)
		return r;
	n = os_pread_full(fd, out, f->length, f->offset);
	if (n == (ssize_t)f->length)
		return 0;
	return err_set(err, DVER_ECORRUPT, "a loose object in '%s' is cut off",
		       s->local);
}

/* What a fact locates, decoded into io->chunk. */
static int decode_at(struct store *s, struct store_io *io,
		     const struct fact *f, struct dver_err *err)
{
	char key[FACT_KEY_MAX];
	int r;

	if (f->place == PLACE_LOOSE)
		return read_loose_chunk(s, f, io->chunk, err);
	r = store_read_frame(s, f, &io->frame, err);
	if (r == 0)
		r = codec_decode(io->codec, io->chunk, f->length,
				 io->frame.data, io->frame.len, err);
	if (r == DVER_ECORRUPT || r == DVER_EUNSUPPORTED) {
		fact_key(key, f);
		r = err_wrap(err, "'%s' at %llu", key,
			     (unsigned long long)f->offset);
	}
	return r;
}

static int check_chunk(struct store_io *io, const struct fact *f,
		       struct dver_err *err)
{
	char hex[OID_HEX + 1];
	char key[FACT_KEY_MAX];
	struct oid real;
	int r = hash_one(io->hash, real.id, io->chunk, f->length, err);

	if (r < 0 || oid_eq(&real, &f->id))
		return r;
	fact_key(key, f);
	return err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
		       oid_hex(hex, &f->id), key);
}

static int fetch_at(struct store *s, struct store_io *io,
		    const struct fact *at, struct fact *f,
		    struct dver_err *err)
{
	int r = decode_at(s, io, at, err);

	*f = *at;
	if (r == 0 && at->kind == FACT_CHUNK)
		r = check_chunk(io, at, err);
	return r;
}

/* A chunk (checked) or a recipe into io->chunk, from the first good place. */
static int fetch(struct store *s, struct store_io *io, const struct oid *id,
		 enum fact_kind kind, struct fact *f, struct dver_err *err)
{
	const struct fact *known = keymap_get(&s->learned, id->id);
	struct fact all[PLACES_MAX];
	int n, r;

	if (known && known->kind == kind &&
	    fetch_at(s, io, known, f, err) == 0)
		return 0;
	n = store_find_all(s, id, all, PLACES_MAX, err);
	r = n < 0 ? n : DVER_EMISSING;
	if (n == 0)
		return missing(s, id, err);
	for (int i = 0; i < n; i++) {
		if (all[i].kind != kind)
			continue;
		r = fetch_at(s, io, &all[i], f, err);
		if (r == 0)
			return 0;
	}
	return r == DVER_EMISSING ? missing(s, id, err) : r;
}

struct expand {
	struct store *s;
	struct store_io *io;
	struct buf *out;
};

static int append_chunks(struct expand *x, const struct recipe_entry *e,
			 struct dver_err *err)
{
	struct fact f;
	int r = fetch(x->s, x->io, &e->id, FACT_CHUNK, &f, err);

	if (r == 0 && f.length != e->length)
		return err_set(err, DVER_ECORRUPT,
			       "a recipe gives a chunk the wrong length");
	for (uint64_t i = 0; r == 0 && i < e->repeat; i++) {
		buf_add(x->out, x->io->chunk, f.length);
		r = buf_check(x->out, err);
	}
	return r;
}

/* Replace a recipe of depth d + 1 by the recipe of depth d it describes. */
static int descend(struct store *s, struct store_io *io, struct buf *recipe,
		   struct dver_err *err)
{
	AUTO_BUF struct buf deeper = BUF_INIT(RECIPE_BYTES_MAX);
	struct expand x = { s, io, &deeper };
	struct recipe_reader rr;
	struct recipe_entry e;
	int r = recipe_reader_init(&rr, recipe->data, recipe->len, err);
	unsigned depth = r < 0 ? 0 : rr.depth;

	while (r == 0 && (r = recipe_next(&rr, &e, err)) > 0)
		r = append_chunks(&x, &e, err);
	if (r == 0)
		r = recipe_reader_init(&rr, deeper.data, deeper.len, err);
	if (r == 0 && rr.depth != depth - 1)
		r = err_set(err, DVER_EFORMAT,
			    "a recipe of depth %u describes one of depth %u",
			    depth, rr.depth);
	if (r < 0)
		return r;
	buf_clear(recipe);
	buf_add(recipe, deeper.data, deeper.len);
	return buf_check(recipe, err);
}

typedef int (*part_fn)(void *data, const struct recipe_entry *e,
		       struct dver_err *err);

static int each_entry(const struct buf *recipe, part_fn fn, void *data,
		      struct dver_err *err)
{
	struct recipe_reader rr;
	struct recipe_entry e;
	int r = recipe_reader_init(&rr, recipe->data, recipe->len, err);

	while (r == 0 && (r = recipe_next(&rr, &e, err)) > 0)
		r = fn(data, &e, err);
	return r;
}

/*
 * The recipe of depth 1 of an object.  `parts` (may be NULL) hears of the
 * chunks of deeper recipes on the way.
 */
static int load_recipe(struct store *s, struct store_io *io,
		       const struct oid *id, struct buf *recipe,
		       part_fn parts, void *data, struct dver_err *err)
{
	struct recipe_reader rr;
	char hex[OID_HEX + 1];
	struct fact f;
	int r = s->plain ? missing(s, id, err)
			 : fetch(s, io, id, FACT_RECIPE, &f, err);

	if (r < 0)
		return r;
	buf_add(recipe, io->chunk, f.length);
	r = buf_check(recipe, err);
	while (r == 0) {
		r = recipe_reader_init(&rr, recipe->data, recipe->len, err);
		if (r < 0 || rr.depth == 1)
			break;
		if (parts)
			r = each_entry(recipe, parts, data, err);
		if (r == 0)
			r = descend(s, io, recipe, err);
	}
	return r < 0 && r != DVER_ENOMEM
		       ? err_wrap(err, "object %s", oid_hex(hex, id)) : r;
}

int store_each_chunk(struct store *s, struct store_io *io,
		     const struct oid *id, part_fn fn, void *data,
		     struct dver_err *err)
{
	AUTO_BUF struct buf recipe = BUF_INIT(RECIPE_BYTES_MAX);
	int r = load_recipe(s, io, id, &recipe, NULL, NULL, err);

	return r < 0 ? r : each_entry(&recipe, fn, data, err);
}

int store_each_part(struct store *s, struct store_io *io,
		    const struct oid *id, part_fn fn, void *data,
		    struct dver_err *err)
{
	AUTO_BUF struct buf recipe = BUF_INIT(RECIPE_BYTES_MAX);
	int r = load_recipe(s, io, id, &recipe, fn, data, err);

	return r < 0 ? r : each_entry(&recipe, fn, data, err);
}

struct streaming {
	struct store *s;
	struct store_io *io;
	store_sink sink;
	void *data;
	const struct cancel *cancel;
};

static int pass_on(struct streaming *st, const void *bytes, size_t len,
		   struct dver_err *err)
{
	int r = cancel_check(st->cancel, err);

	if (r == 0)
		r = hash_update(st->io->whole, bytes, len, err);
	return r < 0 ? r : st->sink(st->data, bytes, len, err);
}

static int pass_on_plain(void *data, const void *bytes, size_t len,
			 struct dver_err *err)
{
	return pass_on(data, bytes, len, err);
}

static int stream_chunk(void *data, const struct recipe_entry *e,
			struct dver_err *err)
{
	struct streaming *st = data;
	struct fact f;
	int r = fetch(st->s, st->io, &e->id, FACT_CHUNK, &f, err);

	if (r == 0 && f.length != e->length)
		return err_set(err, DVER_ECORRUPT,
			       "a recipe gives a chunk the wrong length");
	for (uint64_t i = 0; r == 0 && i < e->repeat; i++)
		r = pass_on(st, st->io->chunk, f.length, err);
	return r;
}

static int stream_loose(struct streaming *st, int fd, struct dver_err *err)
{
	ssize_t n = 1;
	int r = 0;

	while (r == 0 && n > 0) {
		n = os_read_full(fd, st->io->chunk, CHUNK_MAX);
		if (n < 0)
			return err_sys(err, "cannot read a loose object");
		if (n > 0)
			r = pass_on(st, st->io->chunk, (size_t)n, err);
	}
	return r;
}

static int stream_any(struct streaming *st, const struct oid *id,
		      struct dver_err *err);

/* From the fallback, opened when it is first needed. */
static int elsewhere(struct streaming *st, const struct oid *id,
		     struct dver_err *err)
{
	struct store *s = st->s;
	struct streaming other = *st;
	int r = 0;

	if (!s->open_fallback)
		return missing(s, id, err);
	if (!s->fallback)
		r = s->open_fallback(s->fallback_data, &s->fallback, err);
	if (r == 0 && !s->fallback)
		return missing(s, id, err);
	other.s = s->fallback;
	if (r == 0)
		r = store_ensure(other.s, err);
	return r < 0 ? r : stream_any(&other, id, err);
}

static int stream_any(struct streaming *st, const struct oid *id,
		      struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	const char *known;
	size_t known_len;
	struct fact f;
	uint64_t size;
	int r;

	if (overlay_get(st->s, id, &known, &known_len))
		return pass_on(st, known, known_len, err);
	if (st->s->plain)
		return plain_stream(st->s, st->io, id, pass_on_plain, st, err);
	if (st->s->local &&
	    loose_open(&fd, &size, st->s->local, id, err) == 0)
		return stream_loose(st, fd, err);
	r = store_find(st->s, id, false, &f, err);
	if (r < 0)
		return r;
	if (r == 0)
		return elsewhere(st, id, err);
	if (f.kind == FACT_RECIPE)
		return store_each_chunk(st->s, st->io, id, stream_chunk, st,
					err);
	r = fetch(st->s, st->io, id, FACT_CHUNK, &f, err);
	return r < 0 ? r : pass_on(st, st->io->chunk, f.length, err);
}

int store_stream(struct store *s, struct store_io *io, const struct oid *id,
		 store_sink sink, void *data, const struct cancel *cancel,
		 struct dver_err *err)
{
	struct streaming st = { s, io, sink, data, cancel };
	char hex[OID_HEX + 1];
	struct oid real;
	int r = hash_init(io->whole, err);

	if (r == 0)
		r = store_ensure(s, err);
	if (r == 0)
		r = stream_any(&st, id, err);
	if (r == 0)
		r = hash_final(io->whole, real.id, err);
	if (r == 0 && !oid_eq(&real, id))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    oid_hex(hex, id), s->t->url);
	return r;
}

static int append_sink(void *data, const void *bytes, size_t len,
		       struct dver_err *err)
{
	buf_add(data, bytes, len);
	return buf_check(data, err);
}

int store_read(struct store *s, struct store_io *io, const struct oid *id,
	       size_t max, struct buf *out, struct dver_err *err)
{
	size_t own = out->max;
	int r;

	buf_clear(out);
	out->max = MIN(own, max);
	r = store_stream(s, io, id, append_sink, out, NULL, err);
	out->max = own;
	return r;
}
