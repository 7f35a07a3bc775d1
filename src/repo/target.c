/*
 * target - what a user typed, as a safe path below the root.
 */
#include <errno.h>
#include <limits.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/pointer.h"
#include "repo/repo.h"

/* The folder that holds the target, with symlinks above the root resolved. */
static int real_parent(struct buf *out, const char *abs,
		       const struct dver_repo *repo, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(abs);
	AUTO_FREE char *real = NULL;

	if (!dir)
		return err_nomem(err);
	if (path_inside(abs, repo->root)) {
		buf_setstr(out, abs);
		return buf_check(out, err);
	}
	/* The workspace may be reached through a symlink. */
	real = realpath(dir, NULL);
	buf_setstr(out, real ? real : dir);
	buf_addpath(out, path_base(abs));
	return buf_check(out, err);
}

static int check_parents(const struct dver_repo *repo, const char *path,
			 const char *target, struct dver_err *err)
{
	AUTO_FREE char *copy = path_join(repo->root, path);
	size_t root = strlen(repo->root);
	struct os_stat st;

	if (!copy)
		return err_nomem(err);
	for (char *p = copy + root + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (os_stat(copy, &st, true) == 0 && S_ISLNK(st.mode))
			return err_set(err, DVER_EINVAL, "'%s' lies behind "
				       "the symlink '%s': name the real path",
				       target, copy + root + 1);
		*p = '/';
	}
	return 0;
}

int repo_path(struct dver_repo *repo, struct buf *out, const char *target,
	      struct dver_err *err)
{
	AUTO_BUF struct buf abs = BUF_PATH;
	AUTO_BUF struct buf real = BUF_PATH;
	const char *path;
	int r;

	if (!*target)
		return err_set(err, DVER_EINVAL, "a target is empty");
	r = path_absolute(&abs, target, err);
	if (r == 0)
		r = real_parent(&real, abs.data, repo, err);
	if (r < 0)
		return r;
	if (!path_inside(real.data, repo->root))
		return err_set(err, DVER_EINVAL, "'%s' is outside the "
			       "workspace '%s'", target, repo->root);
	path = real.data + strlen(repo->root);
	path += *path == '/';
	buf_setstr(out, path);
	r = buf_check(out, err);
	if (r == 0 && *path)
		r = path_check_workspace(path, err);
	return r < 0 || !*path ? r : check_parents(repo, path, target, err);
}

int repo_target(struct dver_repo *repo, struct buf *out, const char *target,
		struct dver_err *err)
{
	AUTO_FREE char *disk = NULL;
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_FREE char *dir = NULL;
	struct os_stat st;
	int r = repo_path(repo, out, target, err);

	if (r < 0 || !str_ends(out->data, POINTER_SUFFIX))
		return r;
	disk = path_join(repo->root, out->data);
	if (!disk)
		return err_nomem(err);
	if (os_stat(disk, &st, true) < 0 || !S_ISREG(st.mode) ||
	    st.size > POINTER_MAX)
		return 0;
	r = pointer_read(&p, disk, err);
	if (r < 0)
		return r;
	dir = path_dir(out->data);
	if (!dir)
		return err_nomem(err);
	buf_clear(out);
	if (!streq(dir, "."))
		buf_addstr(out, dir);
	buf_addpath(out, p.out);
	return buf_check(out, err);
}
