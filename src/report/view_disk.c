/*
 * view_disk - files of the workspace, followed to the cache where they are
 * symlinks into it, and nowhere else outside.
 */
#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/os.h"
#include "base/path.h"
#include "format/values.h"
#include "report/view.h"

#define DEPTH_MAX 64

static int list(struct view *s, const char *dir, int depth,
		const struct item *like, struct dver_err *err);

static int add_entry(struct view *s, const char *dir,
		     const struct dir_entry *e, int depth,
		     const struct item *like, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, e->name);

	if (!path)
		return err_nomem(err);
	if (strcasecmp(e->name, ".git") == 0 ||
	    strcasecmp(e->name, ".dver") == 0)
		return 0;
	if (e->type == DT_DIR)
		return list(s, path, depth + 1, like, err);
	if ((e->type != DT_REG && e->type != DT_LNK) ||
	    !s->rep->is_name(path))
		return 0;
	return view_add(s, path, like, ITEM_DISK, NULL, 0, err) ? 0
								: DVER_ENOMEM;
}

static int list(struct view *s, const char *dir, int depth,
		const struct item *like, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(s->rep->repo->root, dir);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	struct dver_err why;
	int r;

	if (!disk)
		return err_nomem(err);
	if (depth > DEPTH_MAX)
		return view_add_problem(s, dir, DVER_EFORMAT, "'%s' lies over "
					"%d folders deep", dir, DEPTH_MAX);
	r = dir_open(&d, AT_FDCWD, disk, &why);
	if (r < 0)
		return r == DVER_ENOMEM
		       ? err_nomem(err)
		       : view_add_problem(s, dir, r, "%s", why.msg);
	while ((r = dir_next(d, &e, err)) > 0) {
		r = add_entry(s, dir, &e, depth, like, err);
		if (r < 0)
			return r;
	}
	return r;
}

int view_add_disk(struct view *s, const char *path, const struct item *like,
		  struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(s->rep->repo->root, path);
	struct os_stat st;
	int r = 0;

	if (!disk)
		return err_nomem(err);
	if (os_stat(disk, &st, true) < 0)
		return errno == ENOENT || errno == ENOTDIR
		       ? 0 : view_add_problem(s, path, DVER_EIO, "cannot read "
					      "'%s': %s", path,
					      strerror(errno)) < 0
			     ? DVER_ENOMEM : 1;
	if (S_ISDIR(st.mode))
		r = list(s, path, 0, like, err);
	else if (!view_add(s, path, like, ITEM_DISK, NULL, 0, err))
		r = DVER_ENOMEM;
	return r < 0 ? r : 1;
}

/* Where a symlink leads, if it stays in the workspace or the cache. */
static int open_link(const struct dver_repo *repo, const char *path)
{
	AUTO_FREE char *disk = path_join(repo->root, path);
	AUTO_FREE char *real = disk ? realpath(disk, NULL) : NULL;
	AUTO_FREE char *cache = realpath(repo->cache, NULL);

	if (!real)
		return -1;
	if (!path_inside(real, repo->root) &&
	    (!cache || !path_inside(real, cache))) {
		errno = EXDEV;
		return -1;
	}
	return os_open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
}

int view_open_disk(struct view *s, const char *path, int *fd,
		   struct dver_err *err)
{
	const struct dver_repo *repo = s->rep->repo;
	AUTO_CLOSE int root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	struct os_stat st;

	*fd = root < 0 ? -1 : os_open_beneath(root, path,
					      O_RDONLY | O_NONBLOCK);
	if (*fd < 0 && errno == ELOOP)
		*fd = open_link(repo, path);
	if (*fd < 0 && errno == EXDEV)
		return err_set(err, DVER_EINVAL, "'%s' is a symlink that leads "
			       "out of the workspace", path);
	if (*fd < 0 || os_fstat(*fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", path);
	if (!S_ISREG(st.mode))
		return err_set(err, DVER_EFORMAT, "'%s' is no regular file",
			       path);
	return 0;
}

int view_read_disk(struct view *s, const char *path, char **text, size_t *len,
		   struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	struct os_stat st;
	ssize_t n;
	int r = view_open_disk(s, path, &fd, err);

	if (r < 0)
		return r;
	if (os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", path);
	if (st.size > VALUES_SIZE_MAX)
		return err_set(err, DVER_EFORMAT, "'%s' is too large", path);
	*text = malloc((size_t)st.size + 1);
	if (!*text)
		return err_nomem(err);
	n = os_read_full(fd, *text, (size_t)st.size);
	*len = n < 0 ? 0 : (size_t)n;
	(*text)[*len] = '\0';
	return n < 0 ? err_sys(err, "cannot read '%s'", path) : 0;
}
