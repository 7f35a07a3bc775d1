/*
 * dir - getdents64(2) with a buffer of 64 KiB in the struct.
 */
#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define DIR_BUFFER (64u << 10)

struct dir {
	int fd;
	size_t pos;
	size_t end;
	char *name;	/* as it was opened, for messages */
	_Alignas(8) uint8_t data[DIR_BUFFER];
};

/* The kernel's record; glibc's struct dirent64 has the same layout. */
struct record {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

void dir_close(struct dir *d)
{
	if (!d)
		return;
	if (d->fd >= 0)
		(void)close(d->fd);
	free(d->name);
	free(d);
}

int dir_open(struct dir **out, int at, const char *name, struct dver_err *err)
{
	AUTO_DIR struct dir *d = malloc(sizeof(*d));

	if (!d)
		return err_nomem(err);
	d->pos = d->end = 0;
	d->fd = -1;
	d->name = strdup(name);
	if (!d->name)
		return err_nomem(err);
	d->fd = openat(at, name,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0)
		return err_sys(err, "cannot open directory '%s'", name);
	*out = TAKE(d);
	return 0;
}

int dir_take(struct dir **out, int fd, const char *name,
	     struct dver_err *err)
{
	AUTO_DIR struct dir *d = malloc(sizeof(*d));

	if (!d) {
		(void)close(fd);
		return err_nomem(err);
	}
	d->pos = d->end = 0;
	d->fd = fd;
	d->name = strdup(name);
	if (!d->name)
		return err_nomem(err);
	*out = TAKE(d);
	return 0;
}

int dir_fd(const struct dir *d)
{
	return d->fd;
}

static int dir_fill(struct dir *d, struct dver_err *err)
{
	long n = syscall(SYS_getdents64, d->fd, d->data, sizeof(d->data));

	if (n < 0)
		return err_sys(err, "cannot read directory '%s'", d->name);
	d->pos = 0;
	d->end = (size_t)n;
	return n > 0;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' &&
	       (!name[1] || (name[1] == '.' && !name[2]));
}

int dir_next(struct dir *d, struct dir_entry *e, struct dver_err *err)
{
	for (;;) {
		struct record rec;
		const uint8_t *at;

		if (d->pos == d->end) {
			int r = dir_fill(d, err);

			if (r <= 0)
				return r;
		}
		at = d->data + d->pos;
		memcpy(&rec, at, offsetof(struct record, name));
		d->pos += rec.len;
		e->name = (const char *)at + offsetof(struct record, name);
		e->ino = rec.ino;
		e->type = rec.type;
		if (!is_dots(e->name))
			return 1;
	}
}

static int remove_entry(int dir, const struct dir_entry *e,
			struct dver_err *err)
{
	if (e->type != DT_DIR && unlinkat(dir, e->name, 0) == 0)
		return 0;
	if (e->type == DT_DIR || errno == EISDIR || errno == EPERM)
		return dir_remove_all(dir, e->name, err);
	return err_sys(err, "cannot remove '%s'", e->name);
}

int dir_remove_all(int at, const char *name, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, at, name, err);

	if (r < 0)
		return r;
	while ((r = dir_next(d, &e, err)) > 0) {
		r = remove_entry(d->fd, &e, err);
		if (r < 0)
			return r;
	}
	if (r == 0 && unlinkat(at, name, AT_REMOVEDIR) < 0)
		return err_sys(err, "cannot remove directory '%s'", name);
	return r;
}
