#include "pipeline/locks.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"

void locks_forget(struct locks *l)
{
	for (size_t i = 0; i < l->n; i++)
		lockfile_seen_release(&l->v[i]);
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

static char *path_of(const struct stage *s)
{
	AUTO_FREE char *dir = path_dir(s->file);

	return dir ? path_join(dir, LOCKFILE_NAME) : NULL;
}

/* Few files, many stages side by side of one: the last is tried first. */
static struct lockfile_seen *find(const struct locks *l, const char *path)
{
	for (size_t i = l->n; i-- > 0;)
		if (streq(l->v[i].path, path))
			return &l->v[i];
	return NULL;
}

static int of_stage(struct locks *l, const struct stage *s,
		    struct lockfile_seen **out, struct dver_err *err)
{
	AUTO_FREE char *path = path_of(s);
	int r;

	*out = path ? find(l, path) : NULL;
	if (*out)
		return 0;
	if (!path || !mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
		return err_nomem(err);
	r = lockfile_seen_new(&l->v[l->n], path, err);
	if (r == 0)
		*out = &l->v[l->n++];
	return r;
}

int locks_find(struct locks *l, const struct stage *s,
	       const struct locked_stage **out, struct dver_err *err)
{
	struct lockfile_seen *x;
	int r = of_stage(l, s, &x, err);

	*out = NULL;
	if (r == 0 && !x->known)
		r = lockfile_seen_read(x, l->repo->root, err);
	if (r == 0)
		*out = lockfile_find(&x->file, s->name);
	return r;
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
	AUTO_FREE char *path = path_of(s);
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

bool locks_fresh(const struct locks *l, const struct stage *s)
{
	AUTO_FREE char *path = path_of(s);
	const struct lockfile_seen *x = path ? find(l, path) : NULL;

	return x && lockfile_seen_fresh(x, l->repo->root);
}

int locks_change(struct locks *l, const struct stage *s,
		 struct lockfile_seen **out, struct dver_err *err)
{
	int r = of_stage(l, s, out, err);

	/* One descriptor, however many lock files there are. */
	for (size_t i = 0; i < l->n; i++)
		if (&l->v[i] != *out)
			lockfile_seen_rest(&l->v[i]);
	return r;
}
