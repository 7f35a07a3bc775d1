/*
 * ingest_loose - what is hashed is the copy that will be the object, so a
 * writer who is at the original cannot make the two differ.  A copy is made
 * by one thread and hashed by another right behind it, from the page cache.
 * A file that is hard-linked in is made read-only under a lease, which nobody
 * who writes can hold together with us.
 */
#include "store/ingest_loose.h"

#include <errno.h>
#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "store/loose.h"

#define BLOCK (256u << 10)
#define STEP (8u << 20)		/* of the copy, between looks at `cancel` */

/* One copy under way: how far it is, and whether it ended. */
struct copying {
	struct pool_job job;
	int from, to;
	uint64_t size;
	const char *name;
	const struct cancel *cancel;
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	uint64_t done;		/* under mutex */
	bool ended;		/* under mutex */
};

static void tell(struct copying *c, uint64_t done, bool ended)
{
	pthread_mutex_lock(&c->mutex);
	c->done = MAX(c->done, done);
	c->ended = c->ended || ended;
	pthread_cond_signal(&c->moved);
	pthread_mutex_unlock(&c->mutex);
}

/* The next range of data at or after `off`; holes stay holes. */
static uint64_t next_data(const struct copying *c, uint64_t off, uint64_t *end)
{
	off_t data = lseek(c->from, (off_t)off, SEEK_DATA);
	off_t hole;

	*end = c->size;
	if (data < 0)
		return errno == ENXIO ? c->size : off;
	hole = lseek(c->from, data, SEEK_HOLE);
	if (hole > data)
		*end = MIN((uint64_t)hole, c->size);
	return MIN((uint64_t)data, c->size);
}

static int copy_all(struct pool_job *job, int worker, struct dver_err *err)
{
	struct copying *c = (struct copying *)job;
	uint64_t off = 0;
	int r = 0;

	(void)worker;
	if (os_ftruncate(c->to, c->size) < 0)
		return err_sys(err, "cannot write the copy of '%s'", c->name);
	while (r == 0 && off < c->size) {
		uint64_t end;

		off = next_data(c, off, &end);
		while (r == 0 && off < end) {
			uint64_t n = MIN(end - off, (uint64_t)STEP);

			if (os_copy_range(c->to, off, c->from, off, n) < 0)
				return err_sys(err, "cannot copy '%s'",
					       c->name);
			/* Start writing it out: fsync has less to do. */
			(void)sync_file_range(c->to, (off_t)off, (off_t)n,
					      SYNC_FILE_RANGE_WRITE);
			off += n;
			tell(c, off, false);
			r = cancel_check(c->cancel, err);
		}
	}
	/* What follows the last data is a hole. */
	if (r == 0)
		tell(c, c->size, false);
	return r;
}

static void copy_ended(struct pool_job *job)
{
	tell((struct copying *)job, 0, true);
}

/* Until more than `off` is copied, or it ended; how far it is. */
static uint64_t wait_for(struct copying *c, uint64_t off, bool *ended)
{
	uint64_t done;

	pthread_mutex_lock(&c->mutex);
	while (c->done <= off && !c->ended)
		pthread_cond_wait(&c->moved, &c->mutex);
	done = c->done;
	*ended = c->ended;
	pthread_mutex_unlock(&c->mutex);
	return done;
}

static int hash_range(struct store_io *io, int fd, uint64_t off, uint64_t end,
		      const struct ingest_opts *opts, const char *name,
		      struct dver_err *err)
{
	uint8_t *block = store_io_chunk(io);
	int r = 0;

	while (r == 0 && off < end) {
		size_t want = (size_t)MIN(end - off, (uint64_t)BLOCK);
		ssize_t n = os_pread_full(fd, block, want, off);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		if (n == 0)
			return err_set(err, DVER_ECONFLICT,
				       "'%s' became shorter", name);
		r = hash_update(store_io_hash(io), block, (size_t)n, err);
		off += (uint64_t)n;
		if (opts->progress)
			atomic_fetch_add(opts->progress, (uint64_t)n);
		if (r == 0)
			r = cancel_check(opts->cancel, err);
	}
	return r;
}

/* Hash what the copier has copied, until it is done. */
static int follow(struct copying *c, struct store_io *io,
		  const struct ingest_opts *opts, struct dver_err *err)
{
	uint64_t off = 0;
	bool ended = false;
	int r = 0;

	while (r == 0 && off < c->size && !ended) {
		uint64_t done = wait_for(c, off, &ended);

		r = hash_range(io, c->to, off, done, opts, c->name, err);
		off = done;
	}
	if (r == 0 && off < c->size)
		return err_set(err, DVER_EIO, "the copy of '%s' ended early",
			       c->name);
	return r;
}

static int copy_and_hash(struct store_io *io, int from, int to, uint64_t size,
			 const char *name, const struct ingest_opts *opts,
			 struct dver_err *err)
{
	struct copying c = { .job = { .run = copy_all,
				      .release = copy_ended },
			     .from = from, .to = to, .size = size,
			     .name = name, .cancel = opts->cancel };
	AUTO_POOL struct pool *copier = NULL;
	struct dver_err hash_err = { 0 };
	int r = pool_new(&copier, 1, 1, err);
	int h;

	if (r < 0)
		return r;
	pthread_mutex_init(&c.mutex, NULL);
	pthread_cond_init(&c.moved, NULL);
	r = pool_submit(copier, &c.job, err);
	h = r < 0 ? r : follow(&c, io, opts, &hash_err);
	r = pool_wait(copier, err);
	if (r == 0 && h < 0)
		r = err_set(err, h, "%s", hash_err.msg);
	pthread_cond_destroy(&c.moved);
	pthread_mutex_destroy(&c.mutex);
	return r;
}

/* Can the file be linked in: ours alone, and nobody has it open to write? */
static bool may_link(int fd, const struct ingest_opts *opts,
		     const struct os_stat *st)
{
	enum link_type t = opts->order->type[0];

	return (t == LINK_HARDLINK || t == LINK_SYMLINK) && st->nlink == 1 &&
	       !(st->mode & 0111) && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
}

/*
 * Link the file in and make it read-only.  From then on nobody can open it
 * to write, so the lease can end.  0, or -1: copy it instead.
 */
static int link_in(int dir, int fd, const char *name, const char *tmp,
		   struct os_stat *st)
{
	int r = os_linkat(dir, name, AT_FDCWD, tmp);

	if (r == 0)
		r = os_fchmod(fd, 0444);
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	return r < 0 ? r : os_fstat(fd, st);
}

static int stage_path(struct buf *out, const struct writer *w,
		      struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	buf_setstr(out, writer_stage(w));
	buf_addf(out, "/loose-%s", name);
	return r < 0 ? r : buf_check(out, err);
}

/* The finished file: its bytes in `tmp`, hashed.  1: it changed meanwhile. */
static int take_bytes(struct store_io *io, int dir, int fd, const char *name,
		      const char *tmp, const struct ingest_opts *opts,
		      struct os_stat *st, bool *linked, struct dver_err *err)
{
	AUTO_CLOSE int to = -1;
	struct os_stat after;
	int r;

	if (may_link(fd, opts, st) && link_in(dir, fd, name, tmp, st) == 0) {
		*linked = true;
		return hash_range(io, fd, 0, st->size, opts, name, err);
	}
	to = os_open(tmp, O_RDWR | O_CREAT | O_EXCL, 0444);
	if (to < 0)
		return err_sys(err, "cannot create '%s'", tmp);
	if (os_clone(to, fd) == 0)
		r = hash_range(io, to, 0, st->size, opts, name, err);
	else
		r = copy_and_hash(io, fd, to, st->size, name, opts, err);
	if (r == 0 && os_fstat(fd, &after) < 0)
		r = err_sys(err, "cannot stat '%s'", name);
	return r < 0 ? r : after.size != st->size ||
			   after.mtime_ns != st->mtime_ns ||
			   after.ctime_ns != st->ctime_ns;
}

int ingest_loose(struct writer *w, struct store_io *io, int dir, int fd,
		 const char *name, const struct ingest_opts *opts,
		 struct oid *id, struct os_stat *st, bool *linked, int *fresh,
		 struct dver_err *err)
{
	AUTO_BUF struct buf tmp = BUF_PATH;
	uint32_t mode = st->mode;
	int r = stage_path(&tmp, w, err);

	if (r == 0)
		r = hash_init(store_io_hash(io), err);
	if (r == 0)
		r = take_bytes(io, dir, fd, name, tmp.data, opts, st, linked,
			       err);
	if (r == 0)
		r = hash_final(store_io_hash(io), id->id, err);
	if (r == 0)
		*fresh = loose_has(store_local_root(writer_store(w)), id, err);
	if (r == 0 && *fresh == 0) {
		*fresh = writer_put_loose(w, id, tmp.data, st->size,
					  *linked ? mode & 07777 : 0, err);
		return *fresh < 0 ? *fresh : 0;
	}
	/* It is there already, or cannot be taken: the file stays as it was. */
	if (tmp.len)
		(void)os_unlink(tmp.data);
	if (*linked)
		(void)os_fchmod(fd, mode & 07777);
	*linked = false;
	if (r == 0 && os_fstat(fd, st) < 0)
		return err_sys(err, "cannot stat '%s'", name);
	if (r == 0 && *fresh < 0)
		return *fresh;
	*fresh = 0;
	return r;
}
