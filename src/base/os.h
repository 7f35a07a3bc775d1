/*
 * os - the system calls that can fail in a test: one seam for all of them.
 *
 * Each wrapper is the system call of that name, restarted on EINTR; errno
 * tells why it failed.  tests/sweep lets each of them fail in turn.
 */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

struct dver_err;

int os_open(const char *path, int flags, mode_t mode);	/* adds O_CLOEXEC */
int os_openat(int dir, const char *path, int flags, mode_t mode);
/*
 * Open `path` below `dir`, no component of which may be a symlink or lead out
 * of it ("" or "." is `dir` itself); errno ELOOP or EXDEV when one does.
 */
int os_open_beneath(int dir, const char *path, int flags);
/* Make every folder of `path` below `dir`; the same rules. */
int os_mkdirs_beneath(int dir, const char *path, mode_t mode);
int os_close(int fd);
ssize_t os_read(int fd, void *data, size_t len);
/* Read until len or the end; returns the bytes read, < 0 on error. */
ssize_t os_read_full(int fd, void *data, size_t len);
ssize_t os_pread_full(int fd, void *data, size_t len, uint64_t off);
int os_write_all(int fd, const void *data, size_t len);
int os_pwrite_all(int fd, const void *data, size_t len, uint64_t off);
int os_fsync(int fd);
int os_fdatasync(int fd);
int os_syncfs(int fd);
int os_rename(const char *from, const char *to);
int os_renameat(int fromdir, const char *from, int todir, const char *to);
/* renameat2(RENAME_NOREPLACE), or link+unlink where that is not there. */
int os_rename_new(int fromdir, const char *from, int todir, const char *to);
int os_link(const char *from, const char *to);
int os_linkat(int fromdir, const char *from, int todir, const char *to);
int os_symlinkat(const char *target, int dir, const char *name);
int os_unlink(const char *path);
int os_unlinkat(int dir, const char *path, int flags);
int os_mkdir(const char *path, mode_t mode);
int os_mkdirat(int dir, const char *path, mode_t mode);
/* mkdir -p; a directory that is there is fine. */
int os_mkdirs(const char *path, mode_t mode);
int os_fchmod(int fd, mode_t mode);
int os_chmod(const char *path, mode_t mode);
int os_ftruncate(int fd, uint64_t len);
/* fsync the directory that holds `path`. */
int os_sync_parent(const char *path);
/* fsync the directory `path`. */
int os_sync_dir(const char *path);
/* FICLONE; < 0 with errno EOPNOTSUPP/EXDEV/... where it cannot be done. */
int os_clone(int to, int from);
/* copy_file_range of a whole range, falling back to read and write. */
int os_copy_range(int to, uint64_t to_off, int from, uint64_t from_off,
		  uint64_t len);

/*
 * A file's stat in the shape everything here compares: one statx, no
 * automount, never following a symlink when `nofollow`.
 */
struct os_stat {
	uint64_t size;
	uint64_t ino;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint64_t blocks;	/* of 512 bytes */
	uint32_t mode;
	uint32_t nlink;
	uint64_t dev;
	uint32_t uid;
	uint32_t gid;
};
int os_stat(const char *path, struct os_stat *st, bool nofollow);
int os_statat(int dir, const char *name, struct os_stat *st, bool nofollow);
int os_fstat(int fd, struct os_stat *st);

/* The whole of a small file, NUL-terminated; over `max` is DVER_EFORMAT. */
int os_slurp(char **out, size_t *len, const char *path, size_t max,
	     struct dver_err *err);

#endif
