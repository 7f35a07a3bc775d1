/*
 * ingest - small files whole through one buffer, middling ones cut as they
 * stream, large ones as a file beside the others (ingest_loose.c).
 */
#include "store/ingest.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/ingest_loose.h"
#include "store/loose.h"
#include "store/recipe.h"

#define TRIES 3

static bool same_file(const struct os_stat *a, const struct os_stat *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns &&
	       a->ctime_ns == b->ctime_ns && a->ino == b->ino;
}

static void count(const struct ingest_opts *opts, uint64_t n)
{
	if (opts->progress)
		atomic_fetch_add(opts->progress, n);
}

int ingest_bytes(struct writer *w, int worker, struct store_io *io,
		 const void *data, size_t len, bool hash_only, struct oid *id,
		 struct dver_err *err)
{
	int r = hash_one(store_io_hash(io), id->id, data, len, err);

	if (r < 0 || hash_only)
		return r;
	return writer_put(w, worker, io, PLACE_PACK, id, data, len, err);
}

/* A file of at most CHUNK_MAX bytes.  1: it changed meanwhile. */
static int whole(struct writer *w, int worker, struct store_io *io, int fd,
		 const char *name, const struct ingest_opts *opts,
		 struct oid *id, struct os_stat *st, int *fresh,
		 struct dver_err *err)
{
	uint8_t *data = store_io_chunk(io);
	struct os_stat after;
	ssize_t n = os_read_full(fd, data, (size_t)st->size);

	if (n < 0 || os_fstat(fd, &after) < 0)
		return err_sys(err, "cannot read '%s'", name);
	if ((uint64_t)n != st->size || !same_file(st, &after))
		return 1;
	count(opts, st->size);
	*fresh = ingest_bytes(w, worker, io, data, (size_t)n,
			      opts->hash_only, id, err);
	return *fresh < 0 ? *fresh : 0;
}

/* What is being cut: a window over a file, hashed as it goes. */
struct cutting {
	struct writer *w;
	int worker;
	struct store_io *io;
	const struct oid *loose;	/* to note places in; or NULL */
	struct buf entries;		/* of the recipe */
	struct recipe_writer rw;
	uint64_t off;
	int fresh;
};

static int one_chunk(struct cutting *c, const uint8_t *data, size_t len,
		     struct dver_err *err)
{
	struct fact f = { .offset = c->off, .length = (uint32_t)len };
	int r = hash_one(store_io_hash(c->io), f.id.id, data, len, err);

	if (r < 0)
		return r;
	if (c->loose)
		r = writer_note_loose(c->w, c->loose, &f, err);
	else
		r = writer_put(c->w, c->worker, c->io, PLACE_PACK, &f.id, data,
			       len, err);
	recipe_add(&c->rw, &c->entries, &f.id, (uint32_t)len);
	c->off += len;
	c->fresh |= r > 0;
	return r < 0 ? r : 0;
}

/*
 * Cut all of `fd`; h (may be NULL) hashes the whole.  A window of two times
 * the largest chunk always holds enough for the next cut.
 */
static int cut_file(struct cutting *c, int fd, const char *name,
		    struct hash *h, const struct ingest_opts *opts,
		    struct dver_err *err)
{
	AUTO_FREE uint8_t *window = malloc(2 * CHUNK_MAX);
	size_t have = 0;
	bool end = false;
	int r = window ? 0 : err_nomem(err);

	recipe_writer_init(&c->rw);
	while (r == 0 && (!end || have > 0)) {
		size_t used = 0;
		ssize_t n = end ? 0 : os_read_full(fd, window + have,
						   2 * CHUNK_MAX - have);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		end = end || have + (size_t)n < 2 * CHUNK_MAX;
		if (h && n > 0)
			r = hash_update(h, window + have, (size_t)n, err);
		have += (size_t)n;
		count(opts, (uint64_t)n);
		while (r == 0 && have - used > 0 &&
		       (end || have - used >= CHUNK_MAX)) {
			size_t cut = chunker_cut(window + used, have - used);

			r = one_chunk(c, window + used, cut, err);
			used += cut;
		}
		memmove(window, window + used, have - used);
		have -= used;
		if (r == 0)
			r = cancel_check(opts->cancel, err);
	}
	recipe_finish(&c->rw, &c->entries);
	return r < 0 ? r : buf_check(&c->entries, err);
}

/* A file of over CHUNK_MAX bytes into packs.  1: it changed meanwhile. */
static int chunked(struct writer *w, int worker, struct store_io *io, int fd,
		   const char *name, const struct ingest_opts *opts,
		   struct oid *id, struct os_stat *st, int *fresh,
		   struct dver_err *err)
{
	struct cutting c = { .w = w, .worker = worker, .io = io,
			     .entries = BUF_BIG };
	AUTO_HASH struct hash *h = NULL;
	struct os_stat after;
	bool changed = false;
	int r = hash_new(&h, err);

	if (r == 0)
		r = hash_init(h, err);
	if (r == 0)
		r = cut_file(&c, fd, name, h, opts, err);
	if (r == 0)
		r = hash_final(h, id->id, err);
	if (r == 0 && os_fstat(fd, &after) < 0)
		r = err_sys(err, "cannot stat '%s'", name);
	if (r == 0)
		changed = c.off != st->size || !same_file(st, &after);
	if (r == 0 && !changed)
		r = writer_put_recipe(w, worker, io, id, c.off, c.entries.data,
				      c.entries.len, err);
	*fresh = c.fresh;
	buf_release(&c.entries);
	return r < 0 ? r : changed;
}

/* Only the id.  1: it changed meanwhile. */
static int hash_file(struct store_io *io, int fd, const char *name,
		     const struct ingest_opts *opts, struct oid *id,
		     const struct os_stat *st, struct dver_err *err)
{
	struct hash *h = store_io_hash(io);
	uint8_t *block = store_io_chunk(io);
	struct os_stat after;
	uint64_t total = 0;
	ssize_t n = 1;
	int r = hash_init(h, err);

	while (r == 0 && n > 0) {
		n = os_read(fd, block, CHUNK_MAX / 4);
		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		total += (uint64_t)n;
		count(opts, (uint64_t)n);
		r = hash_update(h, block, (size_t)n, err);
		if (r == 0)
			r = cancel_check(opts->cancel, err);
	}
	if (r == 0)
		r = hash_final(h, id->id, err);
	if (r == 0 && os_fstat(fd, &after) < 0)
		r = err_sys(err, "cannot stat '%s'", name);
	return r < 0 ? r : total != st->size || !same_file(st, &after);
}

static int by_size(struct writer *w, int worker, struct store_io *io, int dir,
		   int fd, const char *name, const struct ingest_opts *opts,
		   struct oid *id, struct os_stat *st, bool *linked,
		   int *fresh, struct dver_err *err)
{
	if (opts->hash_only && st->size > CHUNK_MAX)
		return hash_file(io, fd, name, opts, id, st, err);
	if (!opts->hash_only && st->size > opts->loose_above)
		return ingest_loose(w, io, dir, fd, name, opts, id, st, linked,
				    fresh, err);
	if (st->size > CHUNK_MAX)
		return chunked(w, worker, io, fd, name, opts, id, st, fresh,
			       err);
	return whole(w, worker, io, fd, name, opts, id, st, fresh, err);
}

int ingest_file(struct writer *w, int worker, struct store_io *io, int dir,
		const char *name, const struct ingest_opts *opts,
		struct oid *id, struct os_stat *st, bool *linked,
		struct dver_err *err)
{
	*linked = false;
	for (int i = 0; i < TRIES; i++) {
		AUTO_CLOSE int fd = os_openat(dir, name, O_RDONLY |
					      O_NOFOLLOW | O_NONBLOCK |
					      O_NOCTTY, 0);
		int fresh = 0;
		int r;

		if (fd < 0)
			return err_sys(err, "cannot open '%s'", name);
		if (i > 0 && os_fstat(fd, st) < 0)
			return err_sys(err, "cannot stat '%s'", name);
		if (!S_ISREG(st->mode))
			return err_set(err, DVER_EINVAL,
				       "'%s' is no regular file", name);
		r = by_size(w, worker, io, dir, fd, name, opts, id, st,
			    linked, &fresh, err);
		if (r <= 0)
			return r < 0 ? r : fresh;
	}
	return err_set(err, DVER_ECONFLICT,
		       "'%s' keeps changing while it is read", name);
}

int ingest_chunk_loose(struct writer *w, int worker, struct store_io *io,
		       const struct oid *id, const struct cancel *cancel,
		       struct dver_err *err)
{
	struct ingest_opts opts = { .cancel = cancel };
	struct cutting c = { .w = w, .worker = worker, .io = io, .loose = id,
			     .entries = BUF_BIG };
	AUTO_HASH struct hash *h = NULL;
	AUTO_CLOSE int fd = -1;
	char hex[OID_HEX + 1];
	struct oid real;
	uint64_t size;
	int r = loose_open(&fd, &size, store_local_root(writer_store(w)), id,
			   err);

	oid_hex(hex, id);
	if (r == 0)
		r = hash_new(&h, err);
	if (r == 0)
		r = hash_init(h, err);
	if (r == 0)
		r = cut_file(&c, fd, hex, h, &opts, err);
	if (r == 0)
		r = hash_final(h, real.id, err);
	if (r == 0 && !oid_eq(&real, id))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    hex, store_local_root(writer_store(w)));
	if (r == 0)
		r = writer_put_recipe(w, worker, io, id, c.off, c.entries.data,
				      c.entries.len, err);
	buf_release(&c.entries);
	return r;
}
