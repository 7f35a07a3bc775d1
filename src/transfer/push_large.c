/*
 * push_large - objects of more than one chunk, a piece of some chunks a job.
 *
 * Where a recipe is known, its chunks go as they are.  A loose file without
 * one is cut now: the main thread reads it once, finds the cut points and
 * hashes the whole, while workers hash, note and send the chunks; that is
 * kept in the local store, so it happens once.  The recipe follows when all
 * pieces are done, and only if all of them are good.
 */
#include <stdatomic.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/loose.h"
#include "store/recipe.h"
#include "transfer/push_internal.h"

#define PIECE_BYTES (4u << 20)
#define PIECE_CHUNKS (PIECE_BYTES / CHUNK_MIN)
#define BLOCK (PIECE_BYTES + CHUNK_MAX)	/* what is read at once */

struct piece {
	struct piece *next;	/* in the order of the object */
	uint64_t off;		/* in the file that is being cut */
	size_t n;
	struct recipe_entry v[];
};

struct piece_job {
	struct pool_job job;
	struct large *l;
	struct piece *x;	/* l's; gone once all pieces are done */
	bool ran;
};

struct large {
	struct push *p;
	struct want w;		/* path owned */
	int fd;			/* of the file that is being cut; < 0: none */
	struct piece *first;	/* owned, as all of the list */
	struct piece **last;
	/* Chunks that wait for a piece of their own. */
	struct recipe_entry pending[PIECE_CHUNKS];
	size_t npending;
	uint64_t pending_bytes, pending_off;
	_Atomic int refs;	/* pieces on their way, and the main thread */
	_Atomic bool moved;
	_Atomic bool failed;	/* a chunk of it is missing or damaged */
	_Atomic bool aborted;	/* the push ends: nothing is said of it */
	struct dver_err why;	/* under p->mutex */
};

static void large_free(struct large *l)
{
	while (l->first) {
		struct piece *next = l->first->next;

		free(l->first);
		l->first = next;
	}
	if (l->fd >= 0)
		(void)os_close(l->fd);
	free(l->w.path);
	free(l);
}

static void fail(struct large *l, const struct dver_err *why)
{
	pthread_mutex_lock(&l->p->mutex);
	if (!atomic_load(&l->failed))
		l->why = *why;
	atomic_store(&l->failed, true);
	pthread_mutex_unlock(&l->p->mutex);
}

static int put_recipe(struct large *l, int worker, struct dver_err *err)
{
	struct push *p = l->p;
	AUTO_BUF struct buf entries = BUF_BIG;
	struct recipe_writer rw;
	int r;

	recipe_writer_init(&rw);
	for (const struct piece *x = l->first; x; x = x->next)
		for (size_t i = 0; i < x->n; i++)
			for (uint64_t k = 0; k < x->v[i].repeat; k++)
				recipe_add(&rw, &entries, &x->v[i].id,
					   x->v[i].length);
	recipe_finish(&rw, &entries);
	r = buf_check(&entries, err);
	if (r == 0 && l->fd >= 0)
		r = writer_put_recipe(p->notes, worker, p->io[worker],
				      &l->w.id, rw.total, entries.data,
				      entries.len, err);
	if (r >= 0)
		r = writer_put_recipe(p->w, worker, p->io[worker], &l->w.id,
				      rw.total, entries.data, entries.len,
				      err);
	if (r > 0)
		atomic_store(&l->moved, true);
	return MIN(r, 0);
}

/* Whoever is last finishes the object. */
static int let_go(struct large *l, int worker, struct dver_err *err)
{
	struct push *p = l->p;
	int r = 0;

	if (atomic_fetch_sub(&l->refs, 1) != 1)
		return 0;
	if (atomic_load(&l->aborted)) {
		r = 0;
	} else if (atomic_load(&l->failed)) {
		r = push_missing(p, &l->w, &l->why, err);
	} else {
		r = put_recipe(l, worker, err);
		if (r == 0)
			push_count(p, &l->w, atomic_load(&l->moved), 0);
	}
	large_free(l);
	return r;
}

static void progress(const struct large *l, uint64_t bytes)
{
	if (!l->w.tree && l->p->opts->bytes)
		atomic_fetch_add(l->p->opts->bytes, bytes);
}

/* A chunk of a known recipe. */
static int send_known(struct large *l, int worker,
		      const struct recipe_entry *e, struct dver_err *err)
{
	struct push *p = l->p;
	struct fact f;
	int r = store_find(p->remote, &e->id, true, &f, err);

	if (r > 0) {
		/* There; the writer is to know which pack it relies on. */
		r = writer_wants(p->w, &e->id, err);
		return MIN(r, 0);
	}
	if (r == 0) {
		atomic_store(&l->moved, true);
		r = push_chunk(p, worker, &e->id, l->w.tree, err);
	}
	return MIN(r, 0);
}

/* A chunk of a file that is being cut: it gets its id here. */
static int send_cut(struct large *l, int worker, uint64_t off,
		    struct recipe_entry *e, struct dver_err *err)
{
	struct push *p = l->p;
	struct store_io *io = p->io[worker];
	uint8_t *bytes = store_io_chunk(io);
	struct fact note = { .offset = off, .length = e->length };
	int r = 0;

	if (os_pread_full(l->fd, bytes, e->length, off) !=
	    (ssize_t)e->length)
		return err_sys(err, "cannot read a loose object");
	r = hash_one(store_io_hash(io), e->id.id, bytes, e->length, err);
	note.id = e->id;
	if (r == 0)
		r = writer_note_loose(p->notes, &l->w.id, &note, err);
	if (r >= 0)
		r = writer_put(p->w, worker, io, PLACE_PACK, &e->id, bytes,
			       e->length, err);
	if (r > 0)
		atomic_store(&l->moved, true);
	return MIN(r, 0);
}

static int piece_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct piece_job *j = (struct piece_job *)job;
	struct large *l = j->l;
	struct piece *x = j->x;
	uint64_t off = x->off;
	int r = 0, done;

	j->ran = true;
	for (size_t i = 0; r == 0 && i < x->n; i++) {
		struct dver_err why = { 0 };
		struct recipe_entry *e = &x->v[i];

		r = cancel_check(l->p->opts->cancel, err);
		if (r < 0 || atomic_load(&l->failed))
			break;
		r = l->fd >= 0 ? send_cut(l, worker, off, e, &why)
			       : send_known(l, worker, e, &why);
		off += e->length;
		progress(l, e->length * e->repeat);
		if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
			fail(l, &why);
			r = 0;
		} else if (r < 0) {
			r = err_set(err, r, "%s", why.msg);
		}
	}
	if (r < 0)
		atomic_store(&l->aborted, true);
	done = let_go(l, worker, r < 0 ? NULL : err);
	return r < 0 ? r : done;
}

static void piece_release(struct pool_job *job)
{
	struct piece_job *j = (struct piece_job *)job;

	/* Dropped after a failure elsewhere. */
	if (!j->ran) {
		atomic_store(&j->l->aborted, true);
		(void)let_go(j->l, 0, NULL);
	}
	free(j);
}

static int open_notes(struct push *p, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs + 1,
				  .stage = p->stage, .reuse = true };

	return p->notes ? 0 : writer_open(&p->notes, p->local, &wo, err);
}

static int submit_pending(struct large *l, struct dver_err *err)
{
	size_t n = l->npending;
	struct piece_job *j;
	struct piece *x;
	int r = n ? push_slice(l->p, err) : 0;

	if (r == 0 && n && l->fd >= 0)
		r = open_notes(l->p, err);
	if (r < 0 || n == 0)
		return r;
	x = calloc(1, sizeof(*x) + n * sizeof(x->v[0]));
	j = calloc(1, sizeof(*j));
	if (!x || !j) {
		free(x);
		free(j);
		return err_nomem(err);
	}
	x->off = l->pending_off;
	x->n = n;
	memcpy(x->v, l->pending, n * sizeof(x->v[0]));
	*l->last = x;
	l->last = &x->next;
	l->pending_off += l->pending_bytes;
	l->pending_bytes = 0;
	l->npending = 0;
	*j = (struct piece_job){ { piece_run, piece_release, NULL, 0 }, l, x,
				 false };
	atomic_fetch_add(&l->refs, 1);
	return pool_submit(l->p->pool, &j->job, err);
}

static int add_chunk(void *data, const struct recipe_entry *e,
		     struct dver_err *err)
{
	struct large *l = data;

	l->pending[l->npending++] = *e;
	l->pending_bytes += e->length;
	if (l->npending < PIECE_CHUNKS && l->pending_bytes < PIECE_BYTES)
		return 0;
	return submit_pending(l, err);
}

/* All chunks in what was read but for the last, if more is to come. */
static int cut_block(struct large *l, const uint8_t *block, size_t len,
		     bool last, size_t *used, struct dver_err *err)
{
	int r = 0;

	*used = 0;
	while (r == 0 && *used < len && (last || len - *used >= CHUNK_MAX)) {
		struct recipe_entry e = { .repeat = 1 };

		e.length = (uint32_t)chunker_cut(block + *used, len - *used);
		*used += e.length;
		r = add_chunk(l, &e, err);
	}
	return r;
}

static int cut(struct large *l, struct hash *h, uint8_t *block,
	       struct dver_err *err)
{
	size_t have = 0, used = 0;
	bool last = false;
	int r = hash_init(h, err);

	while (r == 0 && !last) {
		ssize_t n = os_read_full(l->fd, block + have, BLOCK - have);

		if (n < 0)
			return err_sys(err, "cannot read a loose object");
		last = (size_t)n < BLOCK - have;
		r = hash_update(h, block + have, (size_t)n, err);
		have += (size_t)n;
		if (r == 0)
			r = cancel_check(l->p->opts->cancel, err);
		if (r == 0)
			r = cut_block(l, block, have, last, &used, err);
		have -= used;
		memmove(block, block + used, have);
	}
	return r;
}

static int cut_loose(struct large *l, struct dver_err *err)
{
	AUTO_FREE uint8_t *block = malloc(BLOCK);
	AUTO_HASH struct hash *h = NULL;
	char hex[OID_HEX + 1];
	struct dver_err why;
	struct oid real;
	int r = block ? hash_new(&h, err) : err_nomem(err);

	if (r == 0)
		r = cut(l, h, block, err);
	if (r == 0)
		r = hash_final(h, real.id, err);
	if (r < 0 || oid_eq(&real, &l->w.id))
		return r;
	(void)err_set(&why, DVER_ECORRUPT, "object %s in '%s' is damaged",
		      oid_hex(hex, &l->w.id), store_local_root(l->p->local));
	fail(l, &why);
	return 0;
}

static int run(struct large *l, struct store *from, struct dver_err *err)
{
	struct push *p = l->p;
	struct dver_err why = { 0 };
	int r;

	if (from)
		r = store_each_chunk(from, p->io[p->opts->jobs], &l->w.id,
				     add_chunk, l, &why);
	else
		r = cut_loose(l, &why);
	if (r == 0)
		r = submit_pending(l, &why);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
		fail(l, &why);
		r = 0;
	}
	if (r < 0)
		atomic_store(&l->aborted, true);
	return r < 0 ? err_set(err, r, "%s", why.msg) : 0;
}

static int start(struct push *p, struct want *w, int fd, struct store *from,
		 struct dver_err *err)
{
	struct large *l = calloc(1, sizeof(*l));
	int r, done;

	if (!l) {
		if (fd >= 0)
			(void)os_close(fd);
		return err_nomem(err);
	}
	l->p = p;
	l->w = *w;
	w->path = NULL;
	l->fd = fd;
	l->last = &l->first;
	atomic_store(&l->refs, 1);
	r = run(l, from, err);
	done = let_go(l, p->opts->jobs, r < 0 ? NULL : err);
	r = r < 0 ? r : done;
	return r < 0 ? r : 1;
}

int push_large(struct push *p, struct want *w, struct dver_err *err)
{
	struct fact here, there;
	uint64_t size;
	int r, fd = -1;

	if (!w->tree && w->size <= CHUNK_MAX)
		return 0;
	r = store_find(p->remote, &w->id, true, &there, err);
	if (r < 0 || (r > 0 && there.kind == FACT_CHUNK))
		return MIN(r, 0);
	if (r == 0)
		there.kind = FACT_CHUNK;
	r = store_find(p->local, &w->id, false, &here, err);
	if (r < 0)
		return r;
	if (r > 0 && here.kind == FACT_RECIPE)
		return start(p, w, -1, p->local, err);
	if (there.kind == FACT_RECIPE)
		return start(p, w, -1, p->remote, err);
	if (w->tree || r > 0)
		return 0;
	r = loose_open(&fd, &size, store_local_root(p->local), &w->id, NULL);
	return r < 0 ? 0 : start(p, w, fd, NULL, err);
}
