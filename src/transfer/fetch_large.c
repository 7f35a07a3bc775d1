/*
 * fetch_large - files that are cut, put together from their chunks.
 *
 * Chunks come in any order.  A file of up to 8 MiB is put together in memory;
 * a larger one in a file, which is hashed from its start behind the chunks
 * that arrive: whoever completes the stretch that the hash waits for goes on
 * with it.  Only when all of it has the object's id does it count.
 */
#include <stdatomic.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/local.h"
#include "transfer/fetch_internal.h"
#include "transfer/partial.h"

#define MEMORY_MAX (8u << 20)
#define STRETCH (8u << 20)	/* bytes that are hashed together */

/* Neighbouring chunks of a file. */
struct stretch {
	uint64_t len;
	_Atomic int lacking;	/* chunks; one more until all are planned */
	struct stretch *next;
};

struct large {
	struct fetch *p;
	struct want w;			/* path owned */
	bool loose;			/* else its chunks go into packs */
	uint8_t *data;			/* owned; up to MEMORY_MAX */
	struct partial file;		/* else */
	uint64_t off;			/* planned so far; main thread's */
	struct buf entries;		/* of the recipe; the same */
	struct recipe_writer rw;
	struct stretch *planning;
	struct stretch **last;
	struct stretch *first;		/* not yet hashed; under p->mutex */
	bool hashing;			/* somebody is at it; the same */
	struct hash *hash;		/* owned; who hashes has it */
	uint64_t hashed;		/* bytes; the same */
	_Atomic int refs;		/* parts on their way, and the plan */
	_Atomic bool moved, failed, aborted;
	struct dver_err why;		/* under p->mutex */
};

static void large_free(struct large *l, bool keep)
{
	while (l->first) {
		struct stretch *next = l->first->next;

		free(l->first);
		l->first = next;
	}
	partial_close(&l->file, keep);
	hash_free(l->hash);
	buf_release(&l->entries);
	free(l->data);
	free(l->w.path);
	free(l);
}

void large_fail(struct large *l, const struct dver_err *why)
{
	pthread_mutex_lock(&l->p->mutex);
	if (!atomic_load(&l->failed))
		l->why = *why;
	atomic_store(&l->failed, true);
	pthread_mutex_unlock(&l->p->mutex);
}

void large_abort(struct large *l)
{
	atomic_store(&l->aborted, true);
}

static int damaged(const struct large *l, struct dver_err *err)
{
	char hex[OID_HEX + 1];

	return err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
		       oid_hex(hex, &l->w.id),
		       store_transport(l->p->remote)->url);
}

/* What the recipe says it is was wrong, or it is whole: 0. */
static int check_whole(struct large *l, struct dver_err *err)
{
	struct oid real;
	int r = 0;

	if (l->data)
		r = hash_update(l->hash, l->data, (size_t)l->off, err);
	if (r == 0)
		r = hash_final(l->hash, real.id, err);
	if (r == 0 && !oid_eq(&real, &l->w.id))
		r = damaged(l, err);
	return r;
}

static int write_out(struct large *l, struct dver_err *err)
{
	int r = partial_scratch(&l->file, l->p->stage, l->w.size, err);

	if (r == 0 && os_pwrite_all(l->file.fd, l->data, (size_t)l->w.size,
				    0) < 0)
		r = err_sys(err, "cannot write '%s'", l->file.path);
	return r;
}

static int put(struct large *l, int worker, struct dver_err *err)
{
	struct fetch *p = l->p;
	AUTO_FREE char *path = NULL;
	struct os_stat st;
	int r;

	if (!l->loose) {
		r = writer_put_recipe(p->w, worker, p->io[worker], &l->w.id,
				      l->off, l->entries.data, l->entries.len,
				      err);
		return MIN(r, 0);
	}
	r = l->data ? write_out(l, err) : 0;
	if (r == 0 && (os_fstat(l->file.fd, &st) < 0 ||
		       os_fchmod(l->file.fd, st.mode & 0444) < 0))
		r = err_sys(err, "cannot protect '%s'", l->file.path);
	if (r < 0)
		return r;
	/* Out of the way of others, and no longer kept when we fail. */
	path = str_printf("%s/whole-%p", p->stage, (void *)l);
	if (!path)
		return err_nomem(err);
	if (os_rename(l->file.path, path) < 0)
		return err_sys(err, "cannot rename '%s'", l->file.path);
	r = writer_put_loose_with_recipe(p->w, worker, p->io[worker],
					 &l->w.id, path, l->off,
					 l->entries.data, l->entries.len,
					 err);
	return MIN(r, 0);
}

static int finish(struct large *l, int worker, struct dver_err *err)
{
	struct fetch *p = l->p;
	struct dver_err why = { 0 };
	int r = atomic_load(&l->failed) ? l->why.code : 0;

	if (r < 0)
		why = l->why;
	if (r == 0)
		r = check_whole(l, &why);
	if (r == 0)
		r = put(l, worker, &why);
	if (r == 0)
		fetch_count(p, &l->w, atomic_load(&l->moved), 0);
	else
		r = fetch_settle(p, &l->w, r, &why, err);
	return r;
}

int large_let_go(struct large *l, int worker, struct dver_err *err)
{
	bool keep;
	int r = 0;

	if (atomic_fetch_sub(&l->refs, 1) != 1)
		return 0;
	keep = atomic_load(&l->aborted);
	if (!keep)
		r = finish(l, worker, err);
	large_free(l, keep);
	return r;
}

/* The stretch that the hash waits for, if nobody else is at it. */
static struct stretch *next_stretch(struct large *l, bool mine)
{
	struct stretch *s = NULL;

	pthread_mutex_lock(&l->p->mutex);
	if (mine || !l->hashing)
		s = l->first;
	if (s && atomic_load(&s->lacking) == 0) {
		l->first = s->next;
		if (!l->first)
			l->last = &l->first;
		l->hashing = true;
	} else {
		s = NULL;
		l->hashing = l->hashing && !mine;
	}
	pthread_mutex_unlock(&l->p->mutex);
	return s;
}

static int hash_stretch(struct large *l, int worker, uint64_t len,
			struct dver_err *err)
{
	uint8_t *block = store_io_chunk(l->p->io[worker]);
	int r = 0;

	while (r == 0 && len > 0) {
		size_t n = (size_t)MIN(len, (uint64_t)CHUNK_MAX);

		if (os_pread_full(l->file.fd, block, n, l->hashed) !=
		    (ssize_t)n)
			return err_sys(err, "cannot read '%s'", l->file.path);
		r = hash_update(l->hash, block, n, err);
		l->hashed += n;
		len -= n;
	}
	return r;
}

/* One chunk less is lacking in the stretch. */
static int complete(struct large *l, int worker, struct stretch *s,
		    struct dver_err *err)
{
	int r = 0;

	if (atomic_fetch_sub(&s->lacking, 1) != 1)
		return 0;
	s = next_stretch(l, false);
	while (r == 0 && s) {
		r = hash_stretch(l, worker, s->len, err);
		free(s);
		s = next_stretch(l, true);
	}
	free(s);
	return r;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static int place(struct large *l, uint64_t off, const uint8_t *data,
		 size_t len, struct dver_err *err)
{
	if (l->data) {
		memcpy(l->data + off, data, len);
		return 0;
	}
	/* The file is as long as it will be: holes stay holes. */
	if (!l->file.was_there && all_zero(data, len))
		return 0;
	if (os_pwrite_all(l->file.fd, data, len, off) < 0)
		return err_sys(err, "cannot write '%s'", l->file.path);
	return 0;
}

/* Where the chunk is from now on in the local store. */
static int note(struct large *l, int worker, const struct part *x,
		const uint8_t *data, const void *frame,
		struct dver_err *err)
{
	struct fetch *p = l->p;
	struct fact f = { .id = x->f.id, .offset = x->off,
			  .length = x->f.length };
	int r;

	if (l->loose)
		return writer_note_loose(p->w, &l->w.id, &f, err);
	if (!frame)
		return writer_put(p->w, worker, p->io[worker], PLACE_PACK,
				  &x->f.id, data, x->f.length, err);
	r = writer_wants(p->w, &x->f.id, err);
	return r <= 0 ? r : writer_put_frame(p->w, worker, &x->f, frame,
					     x->f.stored, err);
}

int large_take(struct part *x, int worker, const uint8_t *data,
	       const void *frame, struct dver_err *err)
{
	struct large *l = x->l;
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < x->repeat; i++)
		r = place(l, x->off + i * x->f.length, data, x->f.length,
			  err);
	if (r == 0)
		r = note(l, worker, x, data, frame, err);
	if (!x->local)
		atomic_store(&l->moved, true);
	if (l->p->opts->bytes)
		atomic_fetch_add(l->p->opts->bytes, x->f.length * x->repeat);
	if (r >= 0 && x->stretch)
		r = complete(l, worker, x->stretch, err);
	return MIN(r, 0);
}

/* A chunk that an earlier run got is where it belongs already. */
static int is_in_partial(struct large *l, const struct recipe_entry *e,
			 struct dver_err *err)
{
	struct store_io *io = l->p->io[l->p->opts->jobs];
	uint8_t *data = store_io_chunk(io);
	struct oid real;
	int r;

	if (e->repeat > 1 ||
	    os_pread_full(l->file.fd, data, e->length, l->off) !=
		    (ssize_t)e->length)
		return 0;
	r = hash_one(store_io_hash(io), real.id, data, e->length, err);
	return r < 0 ? r : oid_eq(&real, &e->id);
}

static int from_partial(struct large *l, const struct recipe_entry *e,
			struct dver_err *err)
{
	struct fact f = { .id = e->id, .offset = l->off,
			  .length = e->length };
	int worker = l->p->opts->jobs;
	int r;

	if (l->loose)
		r = writer_note_loose(l->p->w, &l->w.id, &f, err);
	else
		r = writer_put(l->p->w, worker, l->p->io[worker], PLACE_PACK,
			       &e->id, store_io_chunk(l->p->io[worker]),
			       e->length, err);
	if (r >= 0 && l->p->opts->bytes)
		atomic_fetch_add(l->p->opts->bytes, e->length);
	return MIN(r, 0);
}

static int add_stretch(struct large *l, struct dver_err *err)
{
	struct stretch *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem(err);
	atomic_store(&s->lacking, 1);
	pthread_mutex_lock(&l->p->mutex);
	*l->last = s;
	l->last = &s->next;
	pthread_mutex_unlock(&l->p->mutex);
	l->planning = s;
	return 0;
}

/* No more chunks are added to it. */
static int end_stretch(struct large *l, struct dver_err *err)
{
	struct stretch *s = TAKE(l->planning);

	return s ? complete(l, l->p->opts->jobs, s, err) : 0;
}

static int find_chunk(struct large *l, struct part *x,
		      const struct recipe_entry *e, struct dver_err *err)
{
	struct fetch *p = l->p;
	char hex[OID_HEX + 1];
	int r = store_find(p->local, &e->id, false, &x->f, err);

	x->local = r > 0 && x->f.kind == FACT_CHUNK;
	if (r < 0 || x->local)
		return r;
	r = fetch_find(p, &e->id, true, &x->f, err);
	if (r == 0 || (r > 0 && (x->f.kind != FACT_CHUNK ||
				 x->f.length != e->length)))
		r = err_set(err, DVER_EMISSING, "object %s is not in '%s'",
			    oid_hex(hex, &e->id),
			    store_transport(p->remote)->url);
	return r;
}

static int on_chunk(void *data, const struct recipe_entry *e,
		    struct dver_err *err)
{
	struct large *l = data;
	struct part x = { .l = l, .off = l->off, .repeat = e->repeat };
	uint64_t left = l->w.size - l->off;
	int r = cancel_check(l->p->opts->cancel, err);

	if (r < 0)
		return r;
	if (e->repeat > left / e->length)
		return damaged(l, err);
	for (uint64_t i = 0; i < e->repeat; i++)
		recipe_add(&l->rw, &l->entries, &e->id, e->length);
	if (!l->data && !l->planning)
		r = add_stretch(l, err);
	if (r == 0)
		r = l->file.was_there ? is_in_partial(l, e, err) : 0;
	if (r > 0) {
		r = from_partial(l, e, err);
	} else if (r == 0) {
		r = find_chunk(l, &x, e, err);
		x.stretch = l->planning;
		if (r >= 0) {
			if (x.stretch)
				atomic_fetch_add(&x.stretch->lacking, 1);
			atomic_fetch_add(&l->refs, 1);
			r = fetch_part(l->p, &x, err);
		}
	}
	l->off += e->length * e->repeat;
	if (r == 0 && l->planning) {
		l->planning->len += e->length * e->repeat;
		if (l->planning->len >= STRETCH)
			r = end_stretch(l, err);
	}
	return r;
}

static int plan(struct large *l, struct dver_err *err)
{
	struct fetch *p = l->p;
	int r = hash_new(&l->hash, err);

	if (r == 0)
		r = hash_init(l->hash, err);
	if (r == 0 && l->w.size <= MEMORY_MAX) {
		l->data = malloc((size_t)l->w.size + 1);
		r = l->data ? 0 : err_nomem(err);
	} else if (r == 0) {
		r = partial_open(&l->file, store_local_root(p->local),
				 p->stage, &l->w.id, l->w.size, err);
	}
	if (r == 0)
		r = store_each_chunk(p->remote, p->io[p->opts->jobs],
				     &l->w.id, on_chunk, l, err);
	if (r == 0)
		r = end_stretch(l, err);
	recipe_finish(&l->rw, &l->entries);
	if (r == 0)
		r = buf_check(&l->entries, err);
	if (r == 0 && l->off != l->w.size)
		r = damaged(l, err);
	return r;
}

int fetch_large(struct fetch *p, struct want *w, struct dver_err *err)
{
	struct large *l = calloc(1, sizeof(*l));
	struct dver_err why = { 0 };
	int r, done;

	if (!l)
		return err_nomem(err);
	l->p = p;
	l->w = *w;
	w->path = NULL;
	l->loose = w->size > p->opts->loose_above;
	l->file.fd = -1;
	buf_init(&l->entries, SIZE_MAX / 4);
	recipe_writer_init(&l->rw);
	l->last = &l->first;
	atomic_store(&l->refs, 1);
	r = plan(l, &why);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_EFORMAT) {
		why.code = r == DVER_EFORMAT ? DVER_ECORRUPT : r;
		large_fail(l, &why);
		r = 0;
	}
	if (r < 0)
		large_abort(l);
	done = large_let_go(l, p->opts->jobs, r < 0 ? NULL : err);
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	return done;
}
