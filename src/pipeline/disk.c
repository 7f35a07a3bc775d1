#include "pipeline/disk.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/session.h"
#include "workspace/stage_data.h"

static const struct scanned nothing;

void disk_release(struct disk *d)
{
	for (size_t i = 0; d->problem && i < d->paths.n; i++)
		free(d->problem[i]);
	free(d->problem);
	free(d->st);
	strvec_release(&d->paths);
	free(d->v);
	*d = (struct disk){ .repo = NULL };
}

/* All 0: no single file. */
static struct os_stat stat_of(const struct disk *d, const char *path)
{
	AUTO_FREE char *full = path_join(d->repo->root, path);
	struct os_stat st;

	if (!full || os_stat(full, &st, false) < 0 || !S_ISREG(st.mode))
		return (struct os_stat){ .ino = 0 };
	return st;
}

/* Is it the file of before, as far as its stat tells? */
static bool is_untouched(const struct disk *d, size_t i)
{
	const struct os_stat *was = &d->st[i];
	struct os_stat now = stat_of(d, d->paths.v[i]);

	return was->ino && now.ino == was->ino && now.dev == was->dev &&
	       now.size == was->size && now.mtime_ns == was->mtime_ns &&
	       now.ctime_ns == was->ctime_ns;
}

/* Names that are looked at: at[i] is that of the i-th path. */
struct places {
	struct strvec names;	/* each once */
	char **of;		/* owned strings, one a path */
	size_t n;
	char *plain;		/* owned; a folder that no symlink leads to */
};

/* No symlink, nor below one.  Neighbours share their folder. */
static bool is_plain(struct places *p, const struct disk *d, const char *path,
		     const char *full)
{
	AUTO_FREE char *dir = path_dir(path);
	struct os_stat st;

	if (!dir)
		return false;
	if (!p->plain || !streq(p->plain, dir)) {
		AUTO_FREE char *there = streq(dir, ".")
					? strdup(d->repo->root)
					: path_join(d->repo->root, dir);
		AUTO_FREE char *real = there ? realpath(there, NULL) : NULL;

		free(TAKE(p->plain));
		if (real && streq(real, there))
			p->plain = TAKE(dir);
	}
	return p->plain && (os_stat(full, &st, true) < 0 ||
			    !S_ISLNK(st.mode));
}

/*
 * Where the path is looked at: itself, or what symlinks lead to.  Links into
 * the store stand for themselves, and what leads out is told by the scan.
 */
static char *place_of(struct places *p, const struct disk *d,
		      const char *path)
{
	AUTO_FREE char *full = path_join(d->repo->root, path);
	AUTO_FREE char *real = NULL;
	size_t root = strlen(d->repo->root);

	if (!full)
		return NULL;
	if (is_plain(p, d, path, full))
		return strdup(path);
	real = realpath(full, NULL);
	if (!real || !path_inside(real, d->repo->root) || !real[root] ||
	    path_check_workspace(real + root + 1, NULL) < 0)
		return strdup(path);
	return strdup(real + root + 1);
}

static void places_release(struct places *p)
{
	for (size_t i = 0; p->of && i < p->n; i++)
		free(p->of[i]);
	free(p->of);
	free(p->plain);
	strvec_release(&p->names);
}

static int places_find(struct places *p, const struct disk *d,
		       const size_t *at, size_t n, struct dver_err *err)
{
	p->of = mem_array(n + 1, sizeof(*p->of));
	if (!p->of)
		return err_nomem(err);
	for (p->n = 0; p->n < n; p->n++) {
		p->of[p->n] = place_of(p, d, d->paths.v[at[p->n]]);
		if (!p->of[p->n] || !strvec_push(&p->names, p->of[p->n]))
			return err_nomem(err);
	}
	strvec_sort(&p->names);
	strvec_uniq(&p->names);
	return 0;
}

/* Owned; NULL: no memory. */
static char *problem_of(const struct disk *d, const char *path,
			const struct dver_err *why)
{
	AUTO_FREE char *full = path_join(d->repo->root, path);
	char to[512];	/* enough to tell */
	struct dver_err said;
	ssize_t len;

	if (!full)
		return NULL;
	len = readlink(full, to, sizeof(to) - 1);
	if (len < 0)
		return strdup(why->msg);
	to[len] = '\0';
	err_set(&said, why->code, "'%s' leads to '%s', which is not in the "
		"workspace: only what is in it can be read or made by a stage",
		path, to);
	return strdup(said.msg);
}

/* One by one, to know which of them cannot be looked at. */
static int look_singly(struct disk *d, const struct places *p,
		       const size_t *at, struct dver_err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *name = p->of[i];
		struct dver_err why = { 0 };
		int r = stage_data_look(d->repo, &name, 1, &d->v[at[i]], &why);

		if (r == DVER_ECANCEL || r == DVER_ENOMEM)
			return err_set(err, r, "%s", why.msg);
		if (r == 0)
			continue;
		d->v[at[i]] = nothing;
		d->problem[at[i]] = problem_of(d, d->paths.v[at[i]], &why);
		if (!d->problem[at[i]])
			return err_nomem(err);
	}
	return 0;
}

static int by_name(const void *key, const void *member)
{
	return strcmp(key, *(char *const *)member);
}

/* Look at the paths that at[] names. */
static int look(struct disk *d, const size_t *at, size_t n,
		struct dver_err *err)
{
	struct places p = { .names = STRVEC_INIT };
	AUTO_FREE struct scanned *found = NULL;
	struct dver_err why = { 0 };
	int r = places_find(&p, d, at, n, err);

	found = mem_array(p.names.n + 1, sizeof(*found));
	if (r == 0 && !found)
		r = err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		free(TAKE(d->problem[at[i]]));
	for (size_t i = 0; r == 0 && i < n; i++)
		d->st[at[i]] = stat_of(d, d->paths.v[at[i]]);
	if (r == 0 && n)
		r = stage_data_look(d->repo, (const char *const *)p.names.v,
				    p.names.n, found, &why);
	for (size_t i = 0; r == 0 && i < n; i++) {
		char **name = bsearch(p.of[i], p.names.v, p.names.n,
				      sizeof(*p.names.v), by_name);

		d->v[at[i]] = found[name - p.names.v];
	}
	if (r == DVER_ECANCEL || (r < 0 && !why.code))
		r = why.code ? err_set(err, r, "%s", why.msg) : r;
	else if (r < 0)
		r = look_singly(d, &p, at, err);
	places_release(&p);
	return r;
}

int disk_again(struct disk *d, struct dver_err *err)
{
	AUTO_FREE size_t *at = mem_array(d->paths.n + 1, sizeof(*at));

	if (!at)
		return err_nomem(err);
	for (size_t i = 0; i < d->paths.n; i++)
		at[i] = i;
	return look(d, at, d->paths.n, err);
}

int disk_look(struct disk *d, struct dver_repo *repo,
	      const struct stage *const *stages, size_t n,
	      struct dver_err *err)
{
	bool ok = true;

	*d = (struct disk){ .repo = repo };
	for (size_t i = 0; i < n; i++) {
		const struct stage *s = stages[i];

		for (size_t j = 0; ok && j < s->ndeps; j++)
			ok = strvec_push(&d->paths, s->deps[j].path);
		for (size_t j = 0; ok && j < s->nouts; j++)
			ok = strvec_push(&d->paths, s->outs[j].path);
	}
	strvec_sort(&d->paths);
	strvec_uniq(&d->paths);
	d->v = mem_array(d->paths.n + 1, sizeof(*d->v));
	d->problem = mem_array(d->paths.n + 1, sizeof(*d->problem));
	d->st = mem_array(d->paths.n + 1, sizeof(*d->st));
	if (!ok || !d->v || !d->problem || !d->st)
		return err_nomem(err);
	return disk_again(d, err);
}

/* Its place among the paths; paths.n: it is none of them. */
static size_t find(const struct disk *d, const char *path)
{
	size_t lo = 0, hi = d->paths.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(d->paths.v[mid], path);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return d->paths.n;
}

const struct scanned *disk_at(const struct disk *d, const char *path)
{
	size_t i = find(d, path);

	return i < d->paths.n ? &d->v[i] : &nothing;
}

const char *disk_problem(const struct disk *d, const char *path)
{
	size_t i = find(d, path);

	return i < d->paths.n ? d->problem[i] : NULL;
}

void disk_assume(struct disk *d, const char *path, const struct scanned *at)
{
	size_t i = find(d, path);

	if (i < d->paths.n)
		d->v[i] = *at;
}

static bool overlaps(const struct stage *s, const char *path)
{
	for (size_t i = 0; i < s->nouts; i++)
		if (path_inside(path, s->outs[i].path) ||
		    path_inside(s->outs[i].path, path))
			return true;
	return false;
}

/* What is known of the path since it was made; false: nothing. */
static bool take_made(struct scanned *at, const struct locked_stage *made,
		      const char *path)
{
	for (size_t i = 0; made && i < made->nouts; i++) {
		if (!streq(made->outs[i].p.out, path))
			continue;
		*at = scanned_of_pointer(&made->outs[i].p);
		return true;
	}
	return false;
}

int disk_ran(struct disk *d, const struct stage *s,
	     const struct locked_stage *made, struct dver_err *err)
{
	AUTO_FREE size_t *at = mem_array(d->paths.n + 1, sizeof(*at));
	size_t n = 0;

	if (!at)
		return err_nomem(err);
	for (size_t i = 0; i < d->paths.n; i++) {
		if (!overlaps(s, d->paths.v[i]))
			continue;
		if (take_made(&d->v[i], made, d->paths.v[i]))
			d->st[i] = stat_of(d, d->paths.v[i]);
		else
			at[n++] = i;
	}
	return look(d, at, n, err);
}

int disk_outputs(struct disk *d, const struct stage *s, struct dver_err *err)
{
	AUTO_FREE size_t *at = mem_array(s->nouts + 1, sizeof(*at));
	size_t n = 0;

	if (!at)
		return err_nomem(err);
	for (size_t i = 0; i < s->nouts; i++) {
		size_t j = find(d, s->outs[i].path);

		if (!is_untouched(d, j))
			at[n++] = j;
	}
	return look(d, at, n, err);
}

static bool same(const struct scanned *a, const struct scanned *b)
{
	return a->kind == b->kind && (!a->kind || oid_eq(&a->id, &b->id));
}

int disk_inputs(struct disk *d, const struct stage *s, const char **changed,
		struct dver_err *err)
{
	AUTO_FREE size_t *at = mem_array(s->ndeps + 1, sizeof(*at));
	AUTO_FREE struct scanned *was = mem_array(s->ndeps + 1, sizeof(*was));
	size_t n = 0;
	int r;

	*changed = NULL;
	if (!at || !was)
		return err_nomem(err);
	for (size_t i = 0; i < s->ndeps; i++) {
		size_t j = find(d, s->deps[i].path);

		if (is_untouched(d, j))
			continue;
		at[n] = j;
		was[n++] = d->v[j];
	}
	r = look(d, at, n, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!*changed && !same(&was[i], &d->v[at[i]]))
			*changed = d->paths.v[at[i]];
	return r;
}
