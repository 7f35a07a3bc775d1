/*
 * os - thin wrappers: restart on EINTR, finish short reads and writes.
 */
#include "base/os.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/share.h"

#define COPY_BUFFER (256u << 10)

/* A system call, or the failure that a test wants (base/fault.h). */
#define TRY(call) (fault_now() ? -1 : (call))
/* Evaluate a system call until it is not interrupted. */
#define RETRY(call) __extension__({ \
	__typeof__(call) retry_r_; \
	do { \
		retry_r_ = TRY(call); \
	} while (retry_r_ < 0 && errno == EINTR); \
	retry_r_; })

int os_open(const char *path, int flags, mode_t mode)
{
	int fd = RETRY(open(path, flags | O_CLOEXEC, mode));

	if (fd >= 0 && flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
		share_made(path, fd);
	return fd;
}

int os_openat(int dir, const char *path, int flags, mode_t mode)
{
	return RETRY(openat(dir, path, flags | O_CLOEXEC, mode));
}

/* One component after the other, where openat2(2) is not there. */
static int open_stepwise(int dir, const char *path, int flags)
{
	AUTO_FREE char *copy = strdup(path);
	int at = os_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);

	if (!copy)
		return -1;
	for (char *p = copy; at >= 0 && *p;) {
		size_t len = strcspn(p, "/");
		bool last = p[len] == '\0' || p[len + 1] == '\0';
		int next;

		p[len] = '\0';
		next = os_openat(at, p, (last ? flags
					     : O_RDONLY | O_DIRECTORY) |
				 O_NOFOLLOW, 0);
		(void)os_close(at);
		at = next;
		p += last ? strlen(p) : len + 1;
	}
	return at;
}

int os_open_beneath(int dir, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC),
				.resolve = RESOLVE_BENEATH |
					   RESOLVE_NO_SYMLINKS };
	long fd = RETRY(syscall(SYS_openat2, dir, *path ? path : ".", &how,
				sizeof(how)));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_stepwise(dir, path, flags);
	return (int)fd;
}

int os_close(int fd)
{
	/* On Linux the descriptor is gone even when close was interrupted. */
	int r = close(fd);

	return r < 0 && errno == EINTR ? 0 : r;
}

ssize_t os_read(int fd, void *data, size_t len)
{
	return RETRY(read(fd, data, len));
}

ssize_t os_read_full(int fd, void *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = os_read(fd, (char *)data + done, len - done);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t os_pread_full(int fd, void *data, size_t len, uint64_t off)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = RETRY(pread(fd, (char *)data + done, len - done,
					(off_t)(off + done)));

		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int os_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = RETRY(write(fd, p, len));

		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int os_pwrite_all(int fd, const void *data, size_t len, uint64_t off)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = RETRY(pwrite(fd, p, len, (off_t)off));

		if (n < 0)
			return -1;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int os_fsync(int fd)
{
	return RETRY(fsync(fd));
}

int os_fdatasync(int fd)
{
	return RETRY(fdatasync(fd));
}

int os_syncfs(int fd)
{
	return RETRY(syncfs(fd));
}

int os_rename(const char *from, const char *to)
{
	return TRY(rename(from, to));
}

int os_renameat(int fromdir, const char *from, int todir, const char *to)
{
	return TRY(renameat(fromdir, from, todir, to));
}

int os_rename_new(int fromdir, const char *from, int todir, const char *to)
{
	int r = TRY(renameat2(fromdir, from, todir, to,
			      RENAME_NOREPLACE));

	if (r == 0 || (errno != EINVAL && errno != ENOSYS))
		return r;
	if (os_linkat(fromdir, from, todir, to) < 0)
		return -1;
	return TRY(unlinkat(fromdir, from, 0));
}

int os_link(const char *from, const char *to)
{
	return TRY(link(from, to));
}

int os_linkat(int fromdir, const char *from, int todir, const char *to)
{
	return TRY(linkat(fromdir, from, todir, to, 0));
}

int os_symlinkat(const char *target, int dir, const char *name)
{
	return TRY(symlinkat(target, dir, name));
}

int os_unlink(const char *path)
{
	return TRY(unlink(path));
}

int os_unlinkat(int dir, const char *path, int flags)
{
	return TRY(unlinkat(dir, path, flags));
}

int os_mkdir(const char *path, mode_t mode)
{
	int r = TRY(mkdir(path, mode));

	if (r == 0)
		share_made(path, -1);
	return r;
}

int os_mkdirat(int dir, const char *path, mode_t mode)
{
	return TRY(mkdirat(dir, path, mode));
}

static int make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (os_mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST || stat(path, &st) < 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

int os_mkdirs(const char *path, mode_t mode)
{
	AUTO_FREE char *copy = NULL;

	if (make_one(path, mode) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	copy = strdup(path);
	if (!copy)
		return -1;
	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (make_one(copy, mode) < 0)
			return -1;
		*p = '/';
	}
	return make_one(copy, mode);
}

int os_mkdirs_beneath(int dir, const char *path, mode_t mode)
{
	AUTO_FREE char *copy = strdup(path);

	if (!copy)
		return -1;
	for (char *p = copy; *p;) {
		AUTO_CLOSE int made = -1;

		p += strcspn(p, "/");
		if (*p)
			*p = '\0';
		else
			p = NULL;
		if (os_mkdirat(dir, copy, mode) < 0 && errno != EEXIST)
			return -1;
		/* One that was there may be a symlink. */
		made = os_open_beneath(dir, copy, O_RDONLY | O_DIRECTORY);
		if (made < 0)
			return -1;
		if (!p)
			break;
		*p++ = '/';
	}
	return 0;
}

int os_fchmod(int fd, mode_t mode)
{
	int r = RETRY(fchmod(fd, mode));

	if (r == 0 && share_any())
		share_made(NULL, fd);
	return r;
}

int os_chmod(const char *path, mode_t mode)
{
	return TRY(chmod(path, mode));
}

int os_ftruncate(int fd, uint64_t len)
{
	return RETRY(ftruncate(fd, (off_t)len));
}

int os_sync_dir(const char *path)
{
	AUTO_CLOSE int fd = os_open(path, O_RDONLY | O_DIRECTORY, 0);

	return fd < 0 ? -1 : os_fsync(fd);
}

int os_sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *dir = NULL;

	if (!slash)
		return os_sync_dir(".");
	dir = str_ndup(path, slash == path ? 1 : (size_t)(slash - path));
	return dir ? os_sync_dir(dir) : -1;
}

int os_clone(int to, int from)
{
	return RETRY(ioctl(to, FICLONE, from));
}

static int copy_plain(int to, uint64_t to_off, int from, uint64_t from_off,
		      uint64_t len)
{
	AUTO_FREE char *data = malloc(COPY_BUFFER);

	if (!data)
		return -1;
	while (len > 0) {
		size_t want = (size_t)MIN(len, (uint64_t)COPY_BUFFER);
		ssize_t n = os_pread_full(from, data, want, from_off);

		if (n == 0)
			errno = ENODATA;
		if (n <= 0 ||
		    os_pwrite_all(to, data, (size_t)n, to_off) < 0)
			return -1;
		from_off += (uint64_t)n;
		to_off += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

int os_copy_range(int to, uint64_t to_off, int from, uint64_t from_off,
		  uint64_t len)
{
	while (len > 0) {
		off_t in = (off_t)from_off;
		off_t out = (off_t)to_off;
		size_t want = (size_t)MIN(len, (uint64_t)1 << 30);
		ssize_t n = RETRY(copy_file_range(from, &in, to, &out, want,
						  0));

		if (n <= 0)
			return copy_plain(to, to_off, from, from_off, len);
		from_off += (uint64_t)n;
		to_off += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

static int64_t nanoseconds(const struct statx_timestamp *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int stat_any(int dir, const char *name, int flags, struct os_stat *st)
{
	struct statx x;

	if (RETRY(statx(dir, name, flags | AT_NO_AUTOMOUNT,
			STATX_BASIC_STATS, &x)) < 0)
		return -1;
	st->size = x.stx_size;
	st->ino = x.stx_ino;
	st->mtime_ns = nanoseconds(&x.stx_mtime);
	st->ctime_ns = nanoseconds(&x.stx_ctime);
	st->blocks = x.stx_blocks;
	st->mode = x.stx_mode;
	st->nlink = x.stx_nlink;
	st->dev = makedev(x.stx_dev_major, x.stx_dev_minor);
	st->uid = x.stx_uid;
	st->gid = x.stx_gid;
	return 0;
}

int os_stat(const char *path, struct os_stat *st, bool nofollow)
{
	return os_statat(AT_FDCWD, path, st, nofollow);
}

int os_statat(int dir, const char *name, struct os_stat *st, bool nofollow)
{
	return stat_any(dir, name, nofollow ? AT_SYMLINK_NOFOLLOW : 0, st);
}

int os_fstat(int fd, struct os_stat *st)
{
	return stat_any(fd, "", AT_EMPTY_PATH, st);
}

int os_slurp(char **out, size_t *len, const char *path, size_t max,
	     struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(path, O_RDONLY, 0);
	AUTO_BUF struct buf b = BUF_INIT(max);
	struct os_stat st;
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	/* Only a guess: it may grow, or be no regular file. */
	if (os_fstat(fd, &st) == 0 && st.size < max)
		(void)buf_reserve(&b, (size_t)st.size + 1);
	do {
		size_t room = b.cap ? MIN(b.cap - 1, max) - b.len : 0;
		char block[1024];

		/* A byte past the maximum tells a file that is too long. */
		n = room ? os_read(fd, b.data + b.len, room)
			 : os_read(fd, block, sizeof(block));
		if (n > 0 && room)
			b.data[b.len += (size_t)n] = '\0';
		else if (n > 0)
			buf_add(&b, block, (size_t)n);
	} while (n > 0 && buf_ok(&b));
	if (n < 0)
		return err_sys(err, "cannot read '%s'", path);
	if (!buf_ok(&b) && b.len + (size_t)n <= max)
		return err_nomem(err);
	if (!buf_ok(&b))
		return err_set(err, DVER_EFORMAT,
			       "'%s' is longer than %zu bytes", path, max);
	*len = b.len;
	*out = buf_detach(&b);
	return *out ? 0 : err_nomem(err);
}
