/*
 * unprotect - files that are links into the local store become files of
 * their own, which can be written: dver unprotect.
 */
#include <errno.h>
#include <stdio.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "workspace/session.h"

#define LINK_MAX_LEN 3072

struct freeing {
	struct session *ss;
	uint64_t files, bytes;
	unsigned next;
};

/* Open what a read-only or linked file holds; -1: it is free already. */
static int open_linked(struct freeing *f, int dir, const char *name,
		       struct os_stat *st)
{
	char target[LINK_MAX_LEN];
	struct oid id;
	ssize_t n;

	if (S_ISREG(st->mode) && !(st->mode & 0200) && st->nlink > 1)
		return os_openat(dir, name, O_RDONLY | O_NOFOLLOW, 0);
	if (!S_ISLNK(st->mode))
		return -1;
	n = readlinkat(dir, name, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	if (!link_is_loose(f->ss->repo->cache, target, &id))
		return -1;
	n = os_openat(dir, name, O_RDONLY, 0);
	return n < 0 || os_fstat((int)n, st) < 0 ? -1 : (int)n;
}

static int copy_to(int from, int to, const struct os_stat *st)
{
	if (os_clone(to, from) == 0)
		return 0;
	return os_copy_range(to, 0, from, 0, st->size);
}

static int free_file(struct freeing *f, int dir, const char *name,
		     const char *path, struct dver_err *err)
{
	AUTO_FREE char *tmp = NULL;
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	struct os_stat st;

	if (os_statat(dir, name, &st, true) < 0)
		return err_sys(err, "cannot stat '%s'", path);
	from = open_linked(f, dir, name, &st);
	if (from < 0)
		return 0;
	tmp = str_printf("%s/%u", f->ss->repo->tmp, f->next++);
	if (!tmp)
		return err_nomem(err);
	to = os_open(tmp, O_RDWR | O_CREAT | O_EXCL, 0666);
	if (to < 0 || copy_to(from, to, &st) < 0)
		return err_sys(err, "cannot copy '%s'", path);
	if (os_renameat(AT_FDCWD, tmp, dir, name) < 0)
		return err_sys(err, "cannot replace '%s'", path);
	f->files++;
	f->bytes += st.size;
	return cancel_check(&f->ss->repo->cancel, err);
}

/* A folder and all below it; it is taken. */
static int free_folder(struct freeing *f, int fd, const char *path,
		       struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_take(&d, fd, path, err);

	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *below = path_join(path, e.name);
		struct os_stat st;
		int sub;

		if (!below)
			return err_nomem(err);
		r = 0;
		if (os_statat(dir_fd(d), e.name, &st, true) < 0)
			continue;
		if (!S_ISDIR(st.mode)) {
			r = free_file(f, dir_fd(d), e.name, below, err);
			continue;
		}
		sub = os_open_beneath(dir_fd(d), e.name,
				      O_RDONLY | O_DIRECTORY);
		r = sub < 0 ? err_sys(err, "cannot open '%s'", below)
			    : free_folder(f, sub, below, err);
	}
	return r;
}

static int free_path(struct freeing *f, int root, const char *path,
		     struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);
	AUTO_CLOSE int parent = -1;
	struct os_stat st;
	int fd;

	if (!dir)
		return err_nomem(err);
	parent = os_open_beneath(root, dir, O_RDONLY | O_DIRECTORY);
	if (parent < 0 ||
	    os_statat(parent, path_base(path), &st, true) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot stat '%s'",
						     path);
	if (!S_ISDIR(st.mode))
		return free_file(f, parent, path_base(path), path, err);
	fd = os_open_beneath(parent, path_base(path), O_RDONLY | O_DIRECTORY);
	return fd < 0 ? err_sys(err, "cannot open '%s'", path)
		      : free_folder(f, fd, path, err);
}

int dver_unprotect(struct dver_repo *repo, const char *const *targets,
		   size_t n, uint64_t *files, uint64_t *bytes,
		   struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	struct freeing f = { .ss = &ss };
	AUTO_CLOSE int root = -1;
	int r = session_open(&ss, repo, SESSION_WRITE, targets, n, err);

	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r < 0)
		return r;
	root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	if (root < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	repo_phase(repo, "copying");
	for (size_t i = 0; r == 0 && i < ss.n; i++) {
		AUTO_FREE char *path = path_join(ss.targets[i].output->path,
						 ss.targets[i].sub);

		r = path ? free_path(&f, root, path, err) : err_nomem(err);
	}
	if (files)
		*files = f.files;
	if (bytes)
		*bytes = f.bytes;
	return r;
}
