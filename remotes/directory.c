/*
 * directory - a folder as a transport: the local cache and remotes on a disk
 * or a network file system.
 *
 * A value is written to a file without a name (or, where there are none, in
 * tmp/), synced and then given its key, so that a reader sees all of it or
 * nothing.  The folders of keys are
 * synced together by flush().
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"
#include "base/vec.h"
#include "store/transport.h"

#define TMP "tmp"

struct directory {
	struct transport t;
	char *root;		/* owned */
	unsigned flags;
	mode_t mode_mask;	/* added to the modes of what is made */
	pthread_mutex_t mutex;
	struct strvec dirty;	/* folders to sync, under mutex */
};

static struct directory *directory_of(struct transport *t)
{
	return (struct directory *)t;
}

static int full_path(struct buf *out, const struct directory *d,
		     const char *key, struct dver_err *err)
{
	buf_setstr(out, d->root);
	buf_addpath(out, key);
	return buf_check(out, err);
}

struct listing {
	const char *prefix;
	transport_list_fn fn;
	void *data;
};

static int list_dir(int at, const char *name, const char *key,
		    const struct listing *l, struct dver_err *err);

/* Could keys below the folder `key` start with the prefix? */
static bool may_match(const char *key, const char *prefix)
{
	size_t n = MIN(strlen(key), strlen(prefix));

	return strncmp(key, prefix, n) == 0;
}

static int list_entry(int at, const char *name, const char *key,
		      const struct listing *l, struct dver_err *err)
{
	struct transport_key k = { .key = key };
	struct os_stat st;

	if (!may_match(key, l->prefix))
		return 0;
	if (os_statat(at, name, &st, true) < 0) {
		/* Gone since the folder was read: a listing may miss it. */
		if (errno == ENOENT)
			return 0;
		return err_sys(err, "cannot stat '%s'", key);
	}
	if (S_ISDIR(st.mode))
		return list_dir(at, name, key, l, err);
	if (!S_ISREG(st.mode) || !str_starts(key, l->prefix))
		return 0;
	k.size = st.size;
	k.mtime = st.mtime_ns / 1000000000;
	return l->fn(l->data, &k, err);
}

static int list_dir(int at, const char *name, const char *key,
		    const struct listing *l, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, at, name, err);

	if (r < 0)
		return r == DVER_ENOTFOUND ? 0 : r;
	while ((r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *below = path_join(key, e.name);

		if (!below)
			return err_nomem(err);
		if (!*key && streq(e.name, TMP))
			continue;
		r = list_entry(dir_fd(d), e.name, below, l, err);
		if (r != 0)
			return r;
	}
	return r;
}

static int directory_list(struct transport *t, const char *prefix,
			  transport_list_fn fn, void *data,
			  struct dver_err *err)
{
	struct directory *d = directory_of(t);
	struct listing l = { prefix, fn, data };
	AUTO_FREE char *top = NULL;
	AUTO_BUF struct buf path = BUF_PATH;
	const char *slash = strrchr(prefix, '/');
	int r;

	/* Start at the folder that holds the whole prefix. */
	top = str_ndup(prefix, slash ? (size_t)(slash - prefix) : 0);
	if (!top)
		return err_nomem(err);
	r = full_path(&path, d, top, err);
	return r < 0 ? r : list_dir(AT_FDCWD, path.data, top, &l, err);
}

static int directory_get(struct transport *t, const char *key, uint64_t off,
			 void *out, size_t len, size_t *got,
			 struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_CLOSE int fd = -1;
	struct os_stat st;
	ssize_t n;
	int r = full_path(&path, directory_of(t), key, err);

	if (r < 0)
		return r;
	/* Others may write here: a FIFO would be waited for without end. */
	fd = os_open(path.data, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot open '%s'", path.data);
	if (!S_ISREG(st.mode))
		return err_set(err, DVER_ECORRUPT, "'%s' is no regular file",
			       path.data);
	n = os_pread_full(fd, out, len, off);
	if (n < 0)
		return err_sys(err, "cannot read '%s'", path.data);
	*got = (size_t)n;
	return 0;
}

static int make_dirs(const char *dir, struct dver_err *err)
{
	return os_mkdirs(dir, 0777) < 0
	       ? err_sys(err, "cannot make folder '%s'", dir) : 0;
}

/* Remember that the folder of `path` and its parent want a sync. */
static int mark_dirty(struct directory *d, const char *dir,
		      struct dver_err *err)
{
	AUTO_FREE char *parent = path_dir(dir);
	bool ok;

	pthread_mutex_lock(&d->mutex);
	ok = parent && (strvec_has(&d->dirty, dir) ||
			strvec_push(&d->dirty, dir));
	if (ok && str_starts(parent, d->root) && !streq(dir, d->root))
		ok = strvec_has(&d->dirty, parent) ||
		     strvec_push(&d->dirty, parent);
	pthread_mutex_unlock(&d->mutex);
	return ok ? 0 : err_nomem(err);
}

/* A file that was cut off since it was written must not be published. */
static int check_size(const struct transport_src *src, uint64_t size,
		      struct dver_err *err)
{
	if (size == src->len)
		return 0;
	return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
		       src->path, (unsigned long long)size, src->len);
}

static int write_src(int fd, const struct transport_src *src,
		     struct dver_err *err)
{
	AUTO_CLOSE int from = -1;
	struct os_stat st;
	int r;

	if (src->data) {
		if (os_write_all(fd, src->data, src->len) < 0)
			return err_sys(err, "cannot write");
		return 0;
	}
	from = os_open(src->path, O_RDONLY | O_NOFOLLOW, 0);
	if (from < 0 || os_fstat(from, &st) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	r = check_size(src, st.size, err);
	if (r < 0)
		return r;
	if (os_clone(fd, from) == 0)
		return 0;
	if (os_copy_range(fd, 0, from, 0, st.size) < 0)
		return err_sys(err, "cannot copy '%s'", src->path);
	return 0;
}

static int sync_file(const struct directory *d, int fd, const char *path,
		     struct dver_err *err)
{
	if (!(d->flags & TRANSPORT_NOSYNC) && os_fsync(fd) < 0)
		return err_sys(err, "cannot sync '%s'", path);
	return 0;
}

/* A file that is being made: without a name, or with one in tmp/. */
struct staged {
	int fd;
	char *tmp;	/* owned; NULL: it has no name yet */
};

/* Where the file system cannot make files without a name. */
static int stage_named(struct directory *d, struct staged *st,
		       struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	char name[RAND_NAME_HEX];
	int r = full_path(&path, d, TMP, err);

	if (r == 0)
		r = make_dirs(path.data, err);
	if (r == 0)
		r = rand_name(name, err);
	if (r < 0)
		return r;
	buf_addpath(&path, name);
	st->tmp = buf_detach(&path);
	if (!st->tmp)
		return err_nomem(err);
	st->fd = os_open(st->tmp, O_WRONLY | O_CREAT | O_EXCL,
			 0444 | (d->mode_mask & 0444));
	return st->fd < 0 ? err_sys(err, "cannot create '%s'", st->tmp) : 0;
}

/*
 * A file with the bytes of src, synced.  One without a name leaves nothing
 * behind when its maker is killed.
 */
static int stage(struct directory *d, struct staged *st,
		 const struct transport_src *src, struct dver_err *err)
{
	int r = 0;

	st->tmp = NULL;
	st->fd = os_open(d->root, O_WRONLY | O_TMPFILE,
			 0444 | (d->mode_mask & 0444));
	if (st->fd < 0 && errno != EOPNOTSUPP && errno != EISDIR &&
	    errno != ENOENT)
		return err_sys(err, "cannot create a file in '%s'", d->root);
	if (st->fd < 0)
		r = stage_named(d, st, err);
	if (r < 0)
		return r;
	r = write_src(st->fd, src, err);
	if (r < 0)
		(void)err_wrap(err, "'%s'", d->root);
	return r < 0 ? r : sync_file(d, st->fd, d->root, err);
}

static void staged_release(struct staged *st)
{
	if (st->tmp)
		(void)os_unlink(st->tmp);
	if (st->fd >= 0)
		(void)os_close(st->fd);
	free(st->tmp);
}
#define AUTO_STAGED __attribute__((cleanup(staged_release)))

/* Give the file its name `path`; -1 and errno. */
static int name_it(struct staged *st, const char *path)
{
	char self[32];
	int r;

	if (st->tmp) {
		r = os_rename(st->tmp, path);
		if (r == 0)
			free(TAKE(st->tmp));
		return r;
	}
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", st->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* Sync a file that is to be moved in; DVER_EIO if it cannot be opened. */
static int sync_src(const struct directory *d,
		    const struct transport_src *src, struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(src->path, O_RDONLY | O_NOFOLLOW, 0);
	struct os_stat st;
	int r;

	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot open '%s'", src->path);
	r = check_size(src, st.size, err);
	return r < 0 ? r : sync_file(d, fd, src->path, err);
}

static int place_path(const char *from, struct staged *st, const char *path)
{
	return from ? os_rename(from, path) : name_it(st, path);
}

/*
 * Let `from` (or what is staged) be the value of a key; EXDEV is left to the
 * caller through errno.
 */
static int publish(struct directory *d, const char *from, struct staged *st,
		   const char *key, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_FREE char *dir = NULL;
	int r = full_path(&path, d, key, err);

	if (r < 0)
		return r;
	dir = path_dir(path.data);
	if (!dir)
		return err_nomem(err);
	if (place_path(from, st, path.data) < 0) {
		if (errno != ENOENT)
			return err_sys(err, "cannot make '%s'", path.data);
		r = make_dirs(dir, err);
		if (r < 0)
			return r;
		if (place_path(from, st, path.data) < 0)
			return err_sys(err, "cannot make '%s'", path.data);
	}
	return mark_dirty(d, dir, err);
}

/* A repeated put: what is there has the size of what was to be put. */
static bool is_same_size(const struct directory *d, const char *key, int fd)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct os_stat there, ours;

	return full_path(&path, d, key, NULL) == 0 &&
	       os_stat(path.data, &there, true) == 0 &&
	       S_ISREG(there.mode) && os_fstat(fd, &ours) == 0 &&
	       there.size == ours.size;
}

static int directory_put(struct transport *t, const char *key,
			 const struct transport_src *src, struct dver_err *err)
{
	struct directory *d = directory_of(t);
	AUTO_STAGED struct staged st = { -1, NULL };
	int r;

	if (!src->data && src->consume) {
		r = sync_src(d, src, err);
		if (r < 0)
			return r;
		r = publish(d, src->path, NULL, key, err);
		if (r == 0 || errno != EXDEV)
			return r;
	}
	r = stage(d, &st, src, err);
	if (r == 0)
		r = publish(d, NULL, &st, key, err);
	if (r == DVER_EEXISTS && is_same_size(d, key, st.fd))
		r = 0;
	if (r == 0 && !src->data && src->consume)
		(void)os_unlink(src->path);
	return r;
}

/*
 * A file without a name cannot be given one that is taken, so it gets KEY.new
 * first; whoever finds that one there takes it away.
 */
static int directory_replace(struct transport *t, const char *key,
			     const void *data, size_t len,
			     struct dver_err *err)
{
	struct directory *d = directory_of(t);
	struct transport_src src = { .data = data, .len = len };
	AUTO_STAGED struct staged st = { -1, NULL };
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_FREE char *fresh = NULL;
	int r = full_path(&path, d, key, err);

	if (r == 0)
		r = stage(d, &st, &src, err);
	if (r < 0)
		return r;
	fresh = str_printf("%s.new", path.data);
	if (!fresh)
		return err_nomem(err);
	if (os_unlink(fresh) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", fresh);
	if (name_it(&st, fresh) < 0 || os_rename(fresh, path.data) < 0)
		return err_sys(err, "cannot replace '%s'", path.data);
	return mark_dirty(d, d->root, err);
}

static int directory_del(struct transport *t, const char *key,
			 struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	int r = full_path(&path, directory_of(t), key, err);

	if (r < 0)
		return r;
	if (os_unlink(path.data) < 0 && errno != ENOENT)
		return err_sys(err, "cannot delete '%s'", path.data);
	return 0;
}

static int directory_flush(struct transport *t, struct dver_err *err)
{
	struct directory *d = directory_of(t);
	AUTO_STRVEC struct strvec dirty = STRVEC_INIT;

	pthread_mutex_lock(&d->mutex);
	dirty = d->dirty;
	d->dirty = (struct strvec)STRVEC_INIT;
	pthread_mutex_unlock(&d->mutex);
	if (d->flags & TRANSPORT_NOSYNC)
		return 0;
	for (size_t i = 0; i < dirty.n; i++)
		if (os_sync_dir(dirty.v[i]) < 0)
			return err_sys(err, "cannot sync folder '%s'",
				       dirty.v[i]);
	return 0;
}

static void directory_close(struct transport *t)
{
	struct directory *d = directory_of(t);

	strvec_release(&d->dirty);
	pthread_mutex_destroy(&d->mutex);
	free(d->root);
	free(d);
}

static const struct transport_ops directory_ops = {
	.name = "directory", .list = directory_list, .get = directory_get,
	.put = directory_put, .replace = directory_replace,
	.del = directory_del, .flush = directory_flush,
	.close = directory_close,
};

int transport_directory_open(struct transport **out, const char *path,
			     unsigned flags, mode_t mode_mask,
			     struct dver_err *err)
{
	struct directory *d = calloc(1, sizeof(*d));
	struct os_stat st;
	int r = 0;

	if (!d)
		return err_nomem(err);
	d->t.ops = &directory_ops;
	d->flags = flags;
	d->t.read_only = flags & TRANSPORT_READONLY;
	d->mode_mask = mode_mask;
	pthread_mutex_init(&d->mutex, NULL);
	d->root = strdup(path);
	d->t.url = d->root;
	if (!d->root)
		r = err_nomem(err);
	if (r == 0 && (flags & TRANSPORT_CREATE))
		r = make_dirs(path, err);
	if (r == 0 && os_stat(path, &st, false) < 0)
		r = err_sys(err, "cannot open store '%s'", path);
	else if (r == 0 && !S_ISDIR(st.mode))
		r = err_set(err, DVER_EINVAL, "store '%s' is no folder", path);
	if (r < 0) {
		directory_close(&d->t);
		return r;
	}
	*out = &d->t;
	return 0;
}
