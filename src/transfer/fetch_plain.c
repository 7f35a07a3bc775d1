/*
 * fetch_plain - objects of a remote of layout plain, each a key of its own.
 *
 * A small one is one read, checked in memory.  A large one is read in ranges,
 * any number at once, into a file that is as long as it will be; when all are
 * there the whole is hashed, and only then it counts.  A run that is cut off
 * leaves the file: where it has bytes already (it is full of holes at first)
 * nothing is read again, and should those be wrong, all is.
 */
#include <errno.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "store/chunker.h"
#include "store/ingest.h"
#include "store/local.h"
#include "store/plain.h"
#include "transfer/fetch_internal.h"
#include "transfer/partial.h"

#define TREE_MAX (1u << 30)

/* One that fits into memory: read by a thread that waits, put by a worker. */
struct small {
	struct pool_job job;
	struct fetch *p;
	struct want w;		/* path owned */
	uint8_t *data;		/* owned */
	size_t len;
	int r;			/* of the read, and why */
	struct dver_err why;
};

struct small_read {
	struct pool_job job;
	struct small *s;	/* owned until it is handed on */
};

static void small_free(struct small *s)
{
	if (!s)
		return;
	free(s->w.path);
	free(s->data);
	free(s);
}

static void small_release(struct pool_job *job)
{
	small_free((struct small *)job);
}

static void small_read_release(struct pool_job *job)
{
	struct small_read *j = (struct small_read *)job;

	small_free(j->s);
	free(j);
}

static int damaged(const struct fetch *p, const struct oid *id,
		   struct dver_err *err)
{
	char hex[OID_HEX + 1];

	return err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
		       oid_hex(hex, id), store_transport(p->remote)->url);
}

static int put_small(struct pool_job *job, int worker, struct dver_err *err)
{
	struct small *s = (struct small *)job;
	struct fetch *p = s->p;
	struct store_io *io = p->io[worker];
	struct oid real;
	int r = s->r;

	if (r == 0)
		r = hash_one(store_io_hash(io), real.id, s->data, s->len,
			     &s->why);
	if (r == 0 && !oid_eq(&real, &s->w.id))
		r = damaged(p, &s->w.id, &s->why);
	if (r == 0)
		r = writer_put(p->w, worker, io, PLACE_PACK, &s->w.id,
			       s->data, s->len, &s->why);
	return fetch_settle(p, &s->w, r < 0 ? r : 1, &s->why, err);
}

static int read_small(struct pool_job *job, int worker, struct dver_err *err)
{
	struct small_read *j = (struct small_read *)job;
	struct small *s = j->s;
	struct fetch *p = s->p;
	size_t want = (size_t)s->w.size + 1;	/* one more: is it longer? */
	int r = cancel_check(p->opts->cancel, err);

	(void)worker;
	if (r < 0)
		return r;
	s->data = malloc(want);
	if (!s->data)
		return err_nomem(err);
	s->r = plain_get(p->remote, &s->w.id, 0, s->data, want, &s->len,
			 &s->why);
	if (s->r == DVER_ENET || s->r == DVER_EAUTH || s->r == DVER_EREMOTE ||
	    s->r == DVER_ECANCEL)
		return err_set(err, s->r, "%s", s->why.msg);
	j->s = NULL;
	return pool_submit(p->pool, &s->job, err);
}

static int fetch_small(struct fetch *p, struct want *w, struct dver_err *err)
{
	struct small *s = calloc(1, sizeof(*s));
	struct small_read *j = calloc(1, sizeof(*j));

	if (!s || !j) {
		free(s);
		free(j);
		return err_nomem(err);
	}
	s->job.run = put_small;
	s->job.release = small_release;
	s->p = p;
	s->w = *w;
	w->path = NULL;
	j->job.run = read_small;
	j->job.release = small_read_release;
	j->s = s;
	return pool_submit(p->reads, &j->job, err);
}

/* One that is put together in a file. */
struct whole {
	struct fetch *p;
	struct want w;			/* path owned */
	struct partial file;
	_Atomic int refs;		/* ranges on their way, and the plan */
	_Atomic bool failed, aborted;
	struct dver_err why;		/* under p->mutex */
};

struct range {
	struct pool_job job;
	struct whole *x;
	uint64_t off;
	size_t len;
	bool ran;
};

/* The last one done: hash, and put; by a worker. */
struct finish {
	struct pool_job job;
	struct whole *x;
	bool ran;
};

static void whole_free(struct whole *x, bool keep)
{
	partial_close(&x->file, keep);
	free(x->w.path);
	free(x);
}

static void fail(struct whole *x, const struct dver_err *why)
{
	pthread_mutex_lock(&x->p->mutex);
	if (!atomic_load(&x->failed))
		x->why = *why;
	atomic_store(&x->failed, true);
	pthread_mutex_unlock(&x->p->mutex);
}

static int hash_file(struct whole *x, int worker, struct dver_err *err)
{
	struct fetch *p = x->p;
	uint8_t *block = store_io_chunk(p->io[worker]);
	AUTO_HASH struct hash *h = NULL;
	struct oid real;
	uint64_t off = 0;
	int r = hash_new(&h, err);

	if (r == 0)
		r = hash_init(h, err);
	while (r == 0 && off < x->w.size) {
		size_t n = (size_t)MIN(x->w.size - off, (uint64_t)CHUNK_MAX);

		if (os_pread_full(x->file.fd, block, n, off) != (ssize_t)n)
			return err_sys(err, "cannot read '%s'", x->file.path);
		r = hash_update(h, block, n, err);
		if (r == 0)
			r = cancel_check(p->opts->cancel, err);
		off += n;
	}
	if (r == 0)
		r = hash_final(h, real.id, err);
	return r == 0 && !oid_eq(&real, &x->w.id)
		       ? damaged(p, &x->w.id, err) : r;
}

/* Cut into packs. */
static int put_packed(struct whole *x, int worker, struct dver_err *err)
{
	struct fetch *p = x->p;
	struct link_order copy = { { LINK_COPY }, 1 };
	struct ingest_opts opts = { .loose_above = UINT64_MAX, .order = &copy,
				    .cancel = p->opts->cancel };
	struct os_stat st;
	struct oid real;
	bool linked;
	int r;

	if (os_fstat(x->file.fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", x->file.path);
	r = ingest_file(p->w, worker, p->io[worker], AT_FDCWD, x->file.path,
			&opts, &real, &st, &linked, err);
	if (r >= 0 && !oid_eq(&real, &x->w.id))
		r = damaged(p, &x->w.id, err);
	return r;
}

static int put_loose(struct whole *x, struct dver_err *err)
{
	struct fetch *p = x->p;
	AUTO_FREE char *path = str_printf("%s/plain-%p", p->stage, (void *)x);
	struct os_stat st;

	if (!path)
		return err_nomem(err);
	if (os_fstat(x->file.fd, &st) < 0 ||
	    os_fchmod(x->file.fd, st.mode & 0444) < 0)
		return err_sys(err, "cannot protect '%s'", x->file.path);
	if (os_rename(x->file.path, path) < 0)
		return err_sys(err, "cannot rename '%s'", x->file.path);
	return writer_put_loose(p->w, &x->w.id, path, x->w.size, 0, err);
}

static int read_rest(struct whole *x, int worker, struct dver_err *err);

/* What an earlier run left was wrong after all: read everything. */
static int again(struct whole *x, int worker, struct dver_err *err)
{
	int r;

	if (os_ftruncate(x->file.fd, 0) < 0 ||
	    os_ftruncate(x->file.fd, x->w.size) < 0)
		return err_sys(err, "cannot empty '%s'", x->file.path);
	x->file.was_there = false;
	r = read_rest(x, worker, err);
	return r < 0 ? r : hash_file(x, worker, err);
}

static int finish_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct finish *j = (struct finish *)job;
	struct whole *x = j->x;
	struct fetch *p = x->p;
	struct dver_err why = { 0 };
	int r = hash_file(x, worker, &why);

	j->ran = true;
	if (r == DVER_ECORRUPT && x->file.was_there)
		r = again(x, worker, &why);
	if (r == 0)
		r = x->w.size > p->opts->loose_above
		    ? put_loose(x, &why) : put_packed(x, worker, &why);
	if (r < 0)
		return fetch_settle(p, &x->w, r, &why, err);
	fetch_count(p, &x->w, true, 0);
	return 0;
}

static void finish_release(struct pool_job *job)
{
	struct finish *j = (struct finish *)job;

	whole_free(j->x, !j->ran);
	free(j);
}

/* Whoever is last has it finished. */
static int let_go(struct whole *x, struct dver_err *err)
{
	struct fetch *p = x->p;
	struct finish *j;
	int r = 0;

	if (atomic_fetch_sub(&x->refs, 1) != 1)
		return 0;
	if (atomic_load(&x->aborted)) {
		whole_free(x, true);
		return 0;
	}
	if (atomic_load(&x->failed)) {
		r = fetch_settle(p, &x->w, x->why.code, &x->why, err);
		whole_free(x, false);
		return r;
	}
	j = calloc(1, sizeof(*j));
	if (!j) {
		whole_free(x, true);
		return err_nomem(err);
	}
	j->job.run = finish_run;
	j->job.release = finish_release;
	j->x = x;
	return pool_submit(p->pool, &j->job, err);
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

/* Bytes [off, off + len) from the remote into the file. */
static int read_range(struct whole *x, uint64_t off, size_t len,
		      uint8_t *block, struct dver_err *err)
{
	struct fetch *p = x->p;
	bool last = off + len == x->w.size;
	size_t want = len, got = 0;
	int r = plain_get(p->remote, &x->w.id, off, block,
			  len + (last ? 1 : 0), &got, err);

	if (r == 0 && got != len)
		r = damaged(p, &x->w.id, err);
	/* The file is as long as it will be: holes stay holes. */
	if (r == 0 && !x->file.was_there && all_zero(block, len))
		len = 0;
	if (r == 0 && os_pwrite_all(x->file.fd, block, len, off) < 0)
		r = err_sys(err, "cannot write '%s'", x->file.path);
	if (r == 0 && p->opts->bytes)
		atomic_fetch_add(p->opts->bytes, want);
	return r;
}

static int range_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct range *j = (struct range *)job;
	struct whole *x = j->x;
	AUTO_FREE uint8_t *block = malloc(j->len + 1);
	struct dver_err why = { 0 };
	int r = block ? cancel_check(x->p->opts->cancel, &why)
		      : err_nomem(&why);
	int done;

	(void)worker;
	j->ran = true;
	if (r == 0 && !atomic_load(&x->failed))
		r = read_range(x, j->off, j->len, block, &why);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT) {
		fail(x, &why);
		r = 0;
	}
	if (r < 0)
		atomic_store(&x->aborted, true);
	done = let_go(x, r < 0 ? NULL : err);
	return r < 0 ? err_set(err, r, "%s", why.msg) : done;
}

static void range_release(struct pool_job *job)
{
	struct range *j = (struct range *)job;

	if (!j->ran) {
		atomic_store(&j->x->aborted, true);
		(void)let_go(j->x, NULL);
	}
	free(j);
}

/* Has the file bytes at all of [off, off + len)?  Asks for holes. */
static bool is_there(const struct whole *x, uint64_t off, size_t len)
{
	off_t hole = x->file.was_there
		     ? lseek(x->file.fd, (off_t)off, SEEK_HOLE) : 0;

	return x->file.was_there && hole >= (off_t)(off + len);
}

/* All ranges in this thread, for a second try. */
static int read_rest(struct whole *x, int worker, struct dver_err *err)
{
	uint64_t most = x->p->span_max;
	AUTO_FREE uint8_t *block = malloc((size_t)most + 1);
	int r = block ? 0 : err_nomem(err);

	(void)worker;
	for (uint64_t off = 0; r == 0 && off < x->w.size; off += most) {
		r = cancel_check(x->p->opts->cancel, err);
		if (r == 0)
			r = read_range(x, off, (size_t)MIN(x->w.size - off,
							   most), block, err);
	}
	return r;
}

static int submit_range(struct whole *x, uint64_t off, size_t len,
			struct dver_err *err)
{
	struct range *j = calloc(1, sizeof(*j));

	if (!j)
		return err_nomem(err);
	j->job.run = range_run;
	j->job.release = range_release;
	j->x = x;
	j->off = off;
	j->len = len;
	atomic_fetch_add(&x->refs, 1);
	return pool_submit(x->p->reads, &j->job, err);
}

static int fetch_whole(struct fetch *p, struct want *w, struct dver_err *err)
{
	struct whole *x = calloc(1, sizeof(*x));
	int r, done;

	if (!x)
		return err_nomem(err);
	x->p = p;
	r = partial_open(&x->file, store_local_root(p->local), p->stage,
			 &w->id, w->size, err);
	if (r < 0) {
		free(x);
		return r;
	}
	x->w = *w;
	w->path = NULL;
	atomic_store(&x->refs, 1);
	for (uint64_t off = 0; r == 0 && off < x->w.size; off += p->span_max) {
		size_t len = (size_t)MIN(x->w.size - off, p->span_max);

		if (!is_there(x, off, len))
			r = submit_range(x, off, len, err);
		else if (p->opts->bytes)
			atomic_fetch_add(p->opts->bytes, len);
	}
	if (r < 0)
		atomic_store(&x->aborted, true);
	done = let_go(x, r < 0 ? NULL : err);
	return r < 0 ? r : done;
}

static int would(struct fetch *p, struct want *w, struct dver_err *err)
{
	struct dver_err why;
	uint64_t size;
	int r = plain_has(p->remote, &w->id, &size, err);

	if (r > 0)
		fetch_count(p, w, true, w->size);
	if (r != 0)
		return MIN(r, 0);
	(void)err_set(&why, DVER_EMISSING, "'%s%s%s' is not in '%s'",
		      w->root->label, *w->path ? "/" : "", w->path,
		      store_transport(p->remote)->url);
	return fetch_missing(p, w, &why, err);
}

int fetch_plain(struct fetch *p, struct want *w, struct dver_err *err)
{
	if (p->opts->dry_run)
		return would(p, w, err);
	return w->size <= CHUNK_MAX ? fetch_small(p, w, err)
				    : fetch_whole(p, w, err);
}

int fetch_plain_tree(struct fetch *p, const struct oid *id, struct buf *out,
		     struct dver_err *err)
{
	return store_read(p->remote, p->io[p->opts->jobs], id, TREE_MAX, out,
			  err);
}
