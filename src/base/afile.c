/*
 * afile - the new content grows in a file beside the old one, which a rename
 * replaces.  Synced before the rename (else the name may reach the disk
 * before the bytes do) and the folder after it.
 */
#include "base/afile.h"

#include <errno.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"

#define AFILE_BUFFER (64u << 10)

struct afile {
	char *path;
	char *tmp;	/* beside path: rename(2) stays on one file system */
	int fd;		/* < 0 before tmp exists and once it is published */
	unsigned flags;
	size_t used;	/* of data, not written yet */
	uint8_t data[AFILE_BUFFER];
};

void afile_discard(struct afile *af)
{
	if (!af)
		return;
	if (af->fd >= 0) {
		(void)os_unlink(af->tmp);
		(void)os_close(af->fd);
	}
	free(af->tmp);
	free(af->path);
	free(af);
}

/* `start` is what the temporary name begins with. */
static int open_as(struct afile **out, const char *start, const char *path,
		   mode_t mode, unsigned flags, struct dver_err *err)
{
	AUTO_AFILE struct afile *af = malloc(sizeof(*af));
	char name[RAND_NAME_HEX];
	int r;

	if (!af)
		return err_nomem(err);
	af->fd = -1;
	af->used = 0;
	af->flags = flags;
	af->path = strdup(path);
	af->tmp = NULL;
	r = rand_name(name, err);
	if (r < 0)
		return r;
	af->tmp = str_printf("%s.%.8s", start, name);
	if (!af->path || !af->tmp)
		return err_nomem(err);
	af->fd = os_open(af->tmp, O_RDWR | O_CREAT | O_EXCL, mode);
	if (af->fd < 0 ||
	    (flags & AFILE_EXACT && os_fchmod(af->fd, mode) < 0))
		return err_sys(err, "cannot create '%s'", af->tmp);
	*out = TAKE(af);
	return 0;
}

int afile_open(struct afile **out, const char *path, mode_t mode,
	       unsigned flags, struct dver_err *err)
{
	return open_as(out, path, path, mode, flags, err);
}

static int afile_flush(struct afile *af, struct dver_err *err)
{
	if (os_write_all(af->fd, af->data, af->used) < 0)
		return err_sys(err, "cannot write '%s'", af->tmp);
	af->used = 0;
	return 0;
}

int afile_write(struct afile *af, const void *data, size_t len,
		struct dver_err *err)
{
	if (len > sizeof(af->data) - af->used) {
		int r = afile_flush(af, err);

		if (r < 0)
			return r;
	}
	if (len >= sizeof(af->data)) {
		if (os_write_all(af->fd, data, len) < 0)
			return err_sys(err, "cannot write '%s'", af->tmp);
		return 0;
	}
	memcpy(af->data + af->used, data, len);
	af->used += len;
	return 0;
}

int afile_commit(struct afile **afp, struct dver_err *err)
{
	AUTO_AFILE struct afile *af = TAKE(*afp);
	bool sync = !(af->flags & AFILE_NOSYNC);
	int r = afile_flush(af, err);

	if (r < 0)
		return r;
	if (sync && os_fsync(af->fd) < 0)
		return err_sys(err, "cannot sync '%s'", af->tmp);
	if (os_rename(af->tmp, af->path) < 0)
		return err_sys(err, "cannot rename to '%s'", af->path);
	(void)os_close(af->fd);
	af->fd = -1;
	if (sync && os_sync_parent(af->path) < 0)
		return err_sys(err, "cannot sync the folder of '%s'",
			       af->path);
	return 0;
}

int afile_replace(const char *path, const void *data, size_t len, mode_t mode,
		  unsigned flags, struct dver_err *err)
{
	AUTO_AFILE struct afile *af = NULL;
	int r = afile_open(&af, path, mode, flags, err);

	if (r == 0)
		r = afile_write(af, data, len, err);
	return r < 0 ? r : afile_commit(&af, err);
}

int afile_replace_via(const char *tmp, const char *path, const void *data,
		      size_t len, mode_t mode, unsigned flags,
		      struct dver_err *err)
{
	AUTO_AFILE struct afile *af = NULL;
	AUTO_FREE char *start = str_printf("%s/a", tmp);
	int r = start ? open_as(&af, start, path, mode, flags, err)
		      : err_nomem(err);

	if (r == 0)
		r = afile_write(af, data, len, err);
	if (r < 0)
		return r;
	errno = 0;
	r = afile_commit(&af, err);
	if (r < 0 && errno == EXDEV)
		r = afile_replace(path, data, len, mode, flags, err);
	return r;
}
