#include "transfer/partial.h"

#include <errno.h>
#include <time.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"

#define FOLDER "partial"
#define AGE_MAX (14 * 24 * 3600)	/* seconds */

static int open_scratch(struct partial *p, const char *stage,
			struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	if (r < 0)
		return r;
	p->path = str_printf("%s/large-%s", stage, name);
	if (!p->path)
		return err_nomem(err);
	p->fd = os_open(p->path, O_RDWR | O_CREAT | O_EXCL, 0644);
	return p->fd < 0 ? err_sys(err, "cannot create '%s'", p->path) : 0;
}

static int open_kept(struct partial *p, const char *root,
		     const struct oid *id, struct dver_err *err)
{
	AUTO_FREE char *folder = path_join(root, FOLDER);
	AUTO_FREE char *lock = NULL;
	char hex[OID_HEX + 1];
	struct os_stat st;
	int r;

	p->path = str_printf("%s/" FOLDER "/%s", root, oid_hex(hex, id));
	lock = p->path ? str_printf("%s.lock", p->path) : NULL;
	if (!folder || !lock)
		return err_nomem(err);
	if (os_mkdirs(folder, 0777) < 0)
		return err_sys(err, "cannot make '%s'", folder);
	r = lock_take(&p->lock, lock, LOCK_EXCLUSIVE, 0, NULL, NULL, NULL,
		      err);
	if (r < 0)
		return r;
	p->fd = os_open(p->path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
	if (p->fd < 0 || os_fstat(p->fd, &st) < 0)
		return err_sys(err, "cannot create '%s'", p->path);
	p->was_there = st.size > 0;
	return 0;
}

static int set_size(struct partial *p, uint64_t size, struct dver_err *err)
{
	int r = 0;

	if (os_ftruncate(p->fd, size) < 0)
		r = err_sys(err, "cannot make '%s' %llu bytes long", p->path,
			    (unsigned long long)size);
	if (r < 0)
		partial_close(p, false);
	return r;
}

int partial_scratch(struct partial *p, const char *stage, uint64_t size,
		    struct dver_err *err)
{
	int r;

	*p = (struct partial){ .fd = -1 };
	r = open_scratch(p, stage, err);
	if (r < 0)
		partial_close(p, false);
	return r < 0 ? r : set_size(p, size, err);
}

int partial_open(struct partial *p, const char *root, const char *stage,
		 const struct oid *id, uint64_t size, struct dver_err *err)
{
	int r;

	*p = (struct partial){ .fd = -1 };
	r = open_kept(p, root, id, NULL);
	if (r == 0)
		return set_size(p, size, err);
	partial_close(p, true);
	return partial_scratch(p, stage, size, err);
}

void partial_close(struct partial *p, bool keep)
{
	AUTO_FREE char *lock = NULL;

	if (p->fd >= 0)
		(void)os_close(p->fd);
	if (p->path && p->fd >= 0 && (!keep || !p->lock))
		(void)os_unlink(p->path);
	if (p->lock && (lock = str_printf("%s.lock", p->path)))
		(void)os_unlink(lock);
	lock_release(p->lock);
	free(p->path);
	*p = (struct partial){ .fd = -1 };
}

void partial_sweep(const char *root)
{
	AUTO_FREE char *folder = path_join(root, FOLDER);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	struct os_stat st;

	if (!folder || dir_open(&d, AT_FDCWD, folder, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0)
		if (os_statat(dir_fd(d), e.name, &st, true) == 0 &&
		    st.mtime_ns / 1000000000 + AGE_MAX < time(NULL))
			(void)os_unlinkat(dir_fd(d), e.name, 0);
}
