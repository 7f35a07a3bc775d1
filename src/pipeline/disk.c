#include "pipeline/disk.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/session.h"
#include "workspace/stage_data.h"

static const struct scanned nothing;

void disk_release(struct disk *d)
{
	strvec_release(&d->paths);
	free(d->v);
	*d = (struct disk){ .repo = NULL };
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
	if (!ok || !d->v)
		return err_nomem(err);
	return stage_data_look(repo, (const char *const *)d->paths.v,
			       d->paths.n, d->v, err);
}

static struct scanned *find(const struct disk *d, const char *path)
{
	size_t lo = 0, hi = d->paths.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(d->paths.v[mid], path);

		if (c == 0)
			return &d->v[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct scanned *disk_at(const struct disk *d, const char *path)
{
	const struct scanned *s = find(d, path);

	return s ? s : &nothing;
}

void disk_assume(struct disk *d, const char *path, const struct scanned *at)
{
	struct scanned *s = find(d, path);

	if (s)
		*s = *at;
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
	AUTO_FREE const char **paths = mem_array(d->paths.n + 1,
						 sizeof(*paths));
	AUTO_FREE struct scanned *found = NULL;
	size_t n = 0;
	int r;

	if (!paths)
		return err_nomem(err);
	for (size_t i = 0; i < d->paths.n; i++)
		if (overlaps(s, d->paths.v[i]) &&
		    !take_made(&d->v[i], made, d->paths.v[i]))
			paths[n++] = d->paths.v[i];
	found = mem_array(n + 1, sizeof(*found));
	if (!found)
		return err_nomem(err);
	r = n ? stage_data_look(d->repo, paths, n, found, err) : 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		*find(d, paths[i]) = found[i];
	return r;
}

static bool same(const struct scanned *a, const struct scanned *b)
{
	return a->kind == b->kind && (!a->kind || oid_eq(&a->id, &b->id));
}

int disk_inputs(struct disk *d, const struct stage *s, const char **changed,
		struct dver_err *err)
{
	AUTO_FREE const char **paths = mem_array(s->ndeps + 1, sizeof(*paths));
	AUTO_FREE struct scanned *found = mem_array(s->ndeps + 1,
						    sizeof(*found));
	int r;

	*changed = NULL;
	if (!paths || !found)
		return err_nomem(err);
	for (size_t i = 0; i < s->ndeps; i++)
		paths[i] = s->deps[i].path;
	r = s->ndeps ? stage_data_look(d->repo, paths, s->ndeps, found, err)
		     : 0;
	for (size_t i = 0; r == 0 && i < s->ndeps; i++) {
		struct scanned *was = find(d, paths[i]);

		if (!*changed && !same(was, &found[i]))
			*changed = paths[i];
		*was = found[i];
	}
	return r;
}
