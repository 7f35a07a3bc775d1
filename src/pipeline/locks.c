#include "pipeline/locks.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/git.h"

struct lock_read {
	char *path;		/* owned */
	struct lockfile file;
	struct os_stat st;	/* when it was read; all 0: there was none */
};

void locks_forget(struct locks *l)
{
	for (size_t i = 0; i < l->n; i++) {
		lockfile_release(&l->v[i].file);
		free(l->v[i].path);
	}
	l->n = 0;
}

void locks_release(struct locks *l)
{
	locks_forget(l);
	strvec_release(&l->unmerged);
	free(l->v);
	l->v = NULL;
	l->cap = 0;
}

char *locks_path(const struct stage *s)
{
	AUTO_FREE char *dir = path_dir(s->file);

	return dir ? path_join(dir, LOCKFILE_NAME) : NULL;
}

static struct os_stat look(const struct locks *l, const char *path)
{
	AUTO_FREE char *disk = path_join(l->repo->root, path);
	struct os_stat st;

	if (!disk || os_stat(disk, &st, true) < 0)
		return (struct os_stat){ .ino = 0 };
	return st;
}

static int read_one(struct locks *l, struct lock_read *x, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(l->repo->root, x->path);
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	if (!disk)
		return err_nomem(err);
	x->st = look(l, x->path);
	if (!x->st.ino)
		return 0;
	r = os_slurp(&text, &len, disk, LOCKFILE_MAX, err);
	return r < 0 ? r : lockfile_parse(&x->file, x->path, x->path, text,
					  len, err);
}

/* Few files, many stages side by side of one: the last is tried first. */
static struct lock_read *find(const struct locks *l, const char *path)
{
	for (size_t i = l->n; i-- > 0;)
		if (streq(l->v[i].path, path))
			return &l->v[i];
	return NULL;
}

int locks_find(struct locks *l, const struct stage *s,
	       const struct locked_stage **out, struct dver_err *err)
{
	AUTO_FREE char *path = locks_path(s);
	struct lock_read *x = path ? find(l, path) : NULL;
	int r;

	if (!path)
		return err_nomem(err);
	if (!x) {
		if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
			return err_nomem(err);
		x = &l->v[l->n];
		*x = (struct lock_read){ .path = TAKE(path) };
		l->n++;
		r = read_one(l, x, err);
		if (r < 0)
			return r;
	}
	*out = lockfile_find(&x->file, s->name);
	return 0;
}

static int on_conflict(void *data, const struct git_conflict *c,
		       struct dver_err *err)
{
	struct locks *l = data;

	return strvec_push(&l->unmerged, c->path) ? 0 : err_nomem(err);
}

int locks_check_merged(struct locks *l, const struct stage *s,
		       struct dver_err *err)
{
	AUTO_FREE char *path = locks_path(s);
	struct dver_err why;

	if (!path)
		return err_nomem(err);
	/* An index that libgit2 cannot read is no reason to run nothing. */
	if (!l->asked && l->repo->git &&
	    git_each_conflict(l->repo->git, LOCKFILE_NAME, on_conflict, l,
			      &why) == DVER_ENOMEM)
		return err_nomem(err);
	l->asked = true;
	return !strvec_has(&l->unmerged, path) ? 0
	       : err_set(err, DVER_ECONFLICT, "'%s' is in conflict: dver "
			 "resolve", path);
}

static struct lock_read *of_stage(const struct locks *l, const struct stage *s)
{
	AUTO_FREE char *path = locks_path(s);

	return path ? find(l, path) : NULL;
}

bool locks_fresh(const struct locks *l, const struct stage *s)
{
	const struct lock_read *x = of_stage(l, s);
	struct os_stat now;

	if (!x)
		return false;
	now = look(l, x->path);
	return now.ino == x->st.ino && now.size == x->st.size &&
	       now.mtime_ns == x->st.mtime_ns;
}

void locks_wrote(struct locks *l, const struct stage *s)
{
	struct lock_read *x = of_stage(l, s);

	if (x)
		x->st = look(l, x->path);
}
