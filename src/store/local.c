/*
 * local - tmp/<random>/ has a file `lock` that its owner holds exclusively.
 * A process that is killed loses the lock, so the next one to come knows what
 * is litter without knowing about time or process numbers.
 */
#include "store/local.h"

#include <errno.h>

#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"

#define LOCK_WAIT_MS 60000

struct tmpdir {
	char *path;		/* owned */
	struct lock *lock;	/* owned */
};

void tmpdir_free(struct tmpdir *t)
{
	if (!t)
		return;
	if (t->lock)
		(void)dir_remove_all(AT_FDCWD, t->path, NULL);
	lock_release(t->lock);
	free(t->path);
	free(t);
}

const char *tmpdir_path(const struct tmpdir *t)
{
	return t->path;
}

static int lock_in(struct lock **out, const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/lock", dir);

	int r;

	if (!path)
		return err_nomem(err);
	r = lock_take(out, path, LOCK_EXCLUSIVE, 0, NULL, NULL, NULL, err);
	/* A sweeper removed the file after it was opened here. */
	if (r == 0 && !lock_is_at(*out, path)) {
		lock_release(TAKE(*out));
		r = err_set(err, DVER_ENOTFOUND, "'%s' was removed", path);
	}
	return r;
}

/*
 * A sweeper may take the folder between its making and its locking; then a
 * new name is tried.
 */
int tmpdir_new(struct tmpdir **out, const char *root, struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *t = calloc(1, sizeof(*t));
	char name[RAND_NAME_HEX];
	int r = t ? DVER_ENOTFOUND : err_nomem(err);

	for (int i = 0; i < 10 && (r == DVER_ENOTFOUND ||
				   r == DVER_ELOCKED); i++) {
		r = rand_name(name, err);
		if (r < 0)
			return r;
		free(t->path);
		t->path = str_printf("%s/tmp/%s", root, name);
		if (!t->path)
			return err_nomem(err);
		if (os_mkdirs(t->path, 0777) < 0)
			return err_sys(err, "cannot make '%s'", t->path);
		r = lock_in(&t->lock, t->path, err);
	}
	if (r < 0)
		return r;
	*out = TAKE(t);
	return 0;
}

/*
 * The lock goes last: whoever makes it anew before the folder is gone keeps
 * the folder.
 */
static void remove_litter(const char *path)
{
	AUTO_FREE char *lock = str_printf("%s/lock", path);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	if (!lock || dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0)
		if (!streq(e.name, "lock") &&
		    dir_remove_all(dir_fd(d), e.name, NULL) < 0)
			(void)os_unlinkat(dir_fd(d), e.name, 0);
	(void)os_unlink(lock);
	(void)os_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* Remove tmp/<name> if nobody holds it. */
static void sweep_one(const char *tmp, const char *name)
{
	AUTO_FREE char *path = str_printf("%s/%s", tmp, name);
	AUTO_LOCK struct lock *l = NULL;
	struct os_stat st;

	if (!path || os_stat(path, &st, true) < 0 || !S_ISDIR(st.mode))
		return;
	if (lock_in(&l, path, NULL) == 0)
		remove_litter(path);
}

/* Litter that cannot be swept is no reason to fail. */
void local_sweep(const char *root)
{
	AUTO_FREE char *tmp = str_printf("%s/tmp", root);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	if (!tmp || dir_open(&d, AT_FDCWD, tmp, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0)
		sweep_one(tmp, e.name);
}

int local_open(struct store **out, const char *root, bool create, bool nosync,
	       mode_t mode_mask, struct dver_err *err)
{
	struct store_opts opts = { .local = root, .create = create,
				   .nosync = nosync, .mode_mask = mode_mask };
	unsigned flags = (create ? TRANSPORT_CREATE : 0u) |
			 (nosync ? TRANSPORT_NOSYNC : 0u);
	struct transport *t = NULL;
	int r = transport_directory_open(&t, root, flags, mode_mask, err);

	if (r == 0)
		r = store_open(out, &t, &opts, err);
	if (r == 0)
		local_sweep(root);
	return r;
}

int local_lock(struct lock **out, const char *root, enum lock_mode mode,
	       void (*on_wait)(void *, const char *), void *data,
	       const struct cancel *cancel, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/lock", root);

	if (!path)
		return err_nomem(err);
	return lock_take(out, path, mode, LOCK_WAIT_MS, on_wait, data, cancel,
			 err);
}

int local_replace(const char *root, const char *path, const void *data,
		  size_t len, unsigned flags, struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	int r = tmpdir_new(&tmp, root, err);

	return r < 0 ? r : afile_replace_via(tmpdir_path(tmp), path, data, len,
					     0666, flags, err);
}
