#include "report/tracked.h"

#include "base/err.h"
#include "base/mem.h"

void tracked_free(struct tracked *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].path);
	free(t->v);
	free(t->problem);
	free(t);
}

static void tracked_freep(struct tracked **t) { tracked_free(*t); }
#define AUTO_TRACKED __attribute__((cleanup(tracked_freep)))

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct tracked_out *)a)->path,
		      ((const struct tracked_out *)b)->path);
}

static int take(struct tracked *t, const struct lockfile *l,
		struct dver_err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].nouts;
	t->v = mem_array(n + 1, sizeof(*t->v));
	if (!t->v)
		return err_nomem(err);
	for (size_t i = 0; i < l->n; i++) {
		for (size_t j = 0; j < l->v[i].nouts; j++) {
			const struct locked *o = &l->v[i].outs[j];
			struct tracked_out *x = &t->v[t->n];

			*x = (struct tracked_out){
				.path = strdup(o->p.out),
				.tree = o->p.kind == ROOT_TREE,
				.no_cache = o->no_cache, .id = o->p.id };
			if (!x->path)
				return err_nomem(err);
			t->n++;
		}
	}
	qsort(t->v, t->n, sizeof(*t->v), by_path);
	return 0;
}

int tracked_read(struct tracked **out, const char *path, const char *text,
		 size_t len, struct dver_err *err)
{
	AUTO_TRACKED struct tracked *t = calloc(1, sizeof(*t));
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	struct dver_err why;
	int r;

	if (!t)
		return err_nomem(err);
	r = lockfile_parse(&l, path, path, text, len, &why);
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r < 0)
		t->problem = strdup(why.msg);
	if (r < 0 && !t->problem)
		return err_nomem(err);
	r = r < 0 ? 0 : take(t, &l, err);
	if (r == 0)
		*out = TAKE(t);
	return r;
}

const struct tracked_out *tracked_holding(const struct tracked *t,
					  const char *path)
{
	AUTO_FREE char *at = strdup(path);
	struct tracked_out key = { .path = at };
	const struct tracked_out *found = NULL;

	while (at && t->n && !found) {
		char *slash;

		found = bsearch(&key, t->v, t->n, sizeof(key), by_path);
		slash = strrchr(at, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return found;
}
