#include "repo/lockfile_seen.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"

int lockfile_seen_new(struct lockfile_seen *x, const char *path,
		      struct dver_err *err)
{
	*x = (struct lockfile_seen){ .path = strdup(path), .fd = -1 };
	return x->path ? 0 : err_nomem(err);
}

void lockfile_seen_rest(struct lockfile_seen *x)
{
	if (x->fd >= 0)
		(void)os_close(x->fd);
	x->fd = -1;
}

void lockfile_seen_release(struct lockfile_seen *x)
{
	lockfile_seen_rest(x);
	lockfile_release(&x->file);
	free(TAKE(x->path));
}

/* *st is all 0 when there is none. */
static int look(struct os_stat *st, const char *disk, struct dver_err *err)
{
	if (os_stat(disk, st, true) == 0)
		return 0;
	*st = (struct os_stat){ .ino = 0 };
	/* A file that cannot be seen is not one without stages. */
	return errno == ENOENT || errno == ENOTDIR
	       ? 0 : err_sys(err, "cannot stat '%s'", disk);
}

bool lockfile_seen_fresh(const struct lockfile_seen *x, const char *root)
{
	AUTO_FREE char *disk = path_join(root, x->path);
	struct os_stat now;

	return x->known && disk && look(&now, disk, NULL) == 0 &&
	       now.ino == x->st.ino && now.size == x->st.size &&
	       now.mtime_ns == x->st.mtime_ns;
}

int lockfile_seen_read(struct lockfile_seen *x, const char *root,
		       struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(root, x->path);
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	lockfile_seen_spoilt(x);
	if (!disk)
		return err_nomem(err);
	r = look(&x->st, disk, err);
	if (r < 0)
		return r;
	r = x->st.ino ? os_slurp(&text, &len, disk, LOCKFILE_MAX, err) : 0;
	if (r == 0 && x->st.ino)
		r = lockfile_parse(&x->file, x->path, x->path, text, len, err);
	x->known = r == 0;
	return r;
}

int lockfile_seen_again(struct lockfile_seen *x, const char *root,
			struct dver_err *err)
{
	bool fresh = lockfile_seen_fresh(x, root);

	x->others |= x->known && !fresh;
	return x->fd >= 0 && fresh ? 0 : lockfile_seen_read(x, root, err);
}

void lockfile_seen_wrote(struct lockfile_seen *x, const char *root)
{
	AUTO_FREE char *disk = path_join(root, x->path);

	lockfile_seen_rest(x);
	x->fd = disk ? os_open(disk, O_RDONLY, 0) : -1;
	x->known = x->fd >= 0 && os_fstat(x->fd, &x->st) == 0;
	if (!x->known)
		lockfile_seen_spoilt(x);
}

void lockfile_seen_spoilt(struct lockfile_seen *x)
{
	lockfile_seen_rest(x);
	lockfile_release(&x->file);
	x->st = (struct os_stat){ .ino = 0 };
	x->known = false;
}
