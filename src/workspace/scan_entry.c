/*
 * scan_entry - stat, compare, and only then read.
 */
#include "workspace/scan_entry.h"

#include <errno.h>
#include <limits.h>

#include "base/err.h"
#include "base/mem.h"

void scan_entry_stat(const struct scanner *s, struct statidx_entry *e,
		     const struct os_stat *st)
{
	int64_t newest = st->mtime_ns;

	e->mode = st->mode;
	e->f.ino = st->ino;
	e->f.size = st->size;
	e->f.mtime = st->mtime_ns;
	e->f.ctime = st->ctime_ns;
	/* Others' link and unlink change the ctime of a shared inode. */
	if (!(e->flags & STAT_LINKED))
		newest = MAX(newest, st->ctime_ns);
	if (newest < s->clock_ns - s->grain_ns)
		e->flags |= STAT_CLEAN;
}

static bool same_stat(const struct scanner *s, const struct statidx_entry *old,
		      const struct os_stat *st)
{
	if (!(old->flags & STAT_CLEAN) || old->f.size != st->size ||
	    old->f.mtime != st->mtime_ns || old->mode != st->mode ||
	    (s->use_inode && old->f.ino != st->ino))
		return false;
	if (old->flags & STAT_LINKED)
		return (st->mode & 0777) == 0444;
	return old->f.ctime == st->ctime_ns;
}

/* Did a checkout of this run write exactly this file? */
static const struct oid *written(const struct scanner *s,
				 const struct os_stat *st)
{
	struct wrote_key key = { st->ino, st->size, st->mtime_ns };

	return s->wrote.n ? keymap_get(&s->wrote, &key) : NULL;
}

static int read_link(struct scanner *s, int worker, int dir, const char *name,
		     struct statidx_entry *e, struct os_stat *st,
		     struct dver_err *err)
{
	char *target = (char *)store_io_chunk(s->io[worker]);
	ssize_t n = readlinkat(dir, name, target, PATH_MAX);
	struct os_stat behind;
	int r;

	if (n < 0)
		return err_sys(err, "cannot read symlink '%s'", name);
	if (n >= PATH_MAX)
		return err_set(err, DVER_EINVAL,
			       "symlink '%s' is too long", name);
	target[n] = '\0';
	if (link_is_loose(s->repo->cache, target, &e->id)) {
		if (os_statat(dir, name, &behind, false) < 0)
			return err_sys(err, "the data of '%s' is gone", name);
		e->kind = TREE_FILE;
		e->flags |= STAT_STORED;
		st->size = behind.size;
		return 0;
	}
	e->kind = TREE_SYMLINK;
	st->size = (uint64_t)n;
	r = ingest_bytes(s->writer, worker, s->io[worker], target, (size_t)n,
			 !s->writer, &e->id, err);
	return r < 0 ? r : 0;
}

static int read_file(struct scanner *s, int worker, int dir, const char *name,
		     struct statidx_entry *e, struct os_stat *st,
		     struct dver_err *err)
{
	struct ingest_opts opts = { .loose_above = s->loose_above,
				    .order = &s->order,
				    .hash_only = !s->writer,
				    .cancel = &s->repo->cancel,
				    .progress = &s->repo->bytes };
	const struct oid *known = s->writer ? NULL : written(s, st);
	bool linked = false;
	int r;

	if (known) {
		e->id = *known;
		e->flags |= STAT_STORED;
	} else {
		r = ingest_file(s->writer, worker, s->io[worker], dir, name,
				&opts, &e->id, st, &linked, err);
		if (r < 0)
			return r;
	}
	if (linked)
		e->flags |= STAT_LINKED;
	e->kind = st->mode & S_IXUSR ? TREE_EXEC : TREE_FILE;
	return 0;
}

static int look(struct scanner *s, int worker, int dir, const char *name,
		struct statidx_entry *e, const struct statidx_entry *old,
		struct dver_err *err)
{
	struct os_stat st;
	int r;

	if (os_statat(dir, name, &st, true) < 0)
		return err_sys(err, "cannot stat '%s'", name);
	if (old && same_stat(s, old, &st) &&
	    (!s->writer || (old->flags & STAT_STORED))) {
		const char *own = e->name;

		*e = *old;
		e->name = own;
		return 0;
	}
	e->flags = 0;
	if (S_ISREG(st.mode))
		r = read_file(s, worker, dir, name, e, &st, err);
	else if (S_ISLNK(st.mode))
		r = read_link(s, worker, dir, name, e, &st, err);
	else
		r = err_set(err, DVER_EINVAL, "'%s' is a %s: only files, "
			    "folders and symlinks can be tracked", name,
			    S_ISDIR(st.mode) ? "folder now" :
			    S_ISFIFO(st.mode) ? "FIFO" :
			    S_ISSOCK(st.mode) ? "socket" : "device");
	if (r < 0)
		return r;
	if (s->writer || (old && (old->flags & STAT_STORED) &&
			  oid_eq(&old->id, &e->id)))
		e->flags |= STAT_STORED;
	scan_entry_stat(s, e, &st);
	return 1;
}

int scan_entry(struct scanner *s, int worker, int dir, const char *name,
	       const char *path, struct statidx_entry *e,
	       const struct statidx_entry *old, struct dver_err *err)
{
	int r = cancel_check(&s->repo->cancel, err);

	if (r == 0)
		r = look(s, worker, dir, name, e, old, err);
	atomic_fetch_add(&s->repo->files, 1);
	if (r < 0 && r != DVER_ECANCEL && *path)
		return err_wrap(err, "'%s'", path);
	return r;
}
