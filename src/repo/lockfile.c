/*
 * lockfile - the stages of a dver.lock in memory.
 */
#include "repo/lockfile.h"

#include "base/err.h"
#include "base/mem.h"

static void locked_release(struct locked *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pointer_release(&v[i].p);
	free(v);
}

void locked_stage_release(struct locked_stage *s)
{
	for (size_t i = 0; i < s->nparams; i++) {
		free(s->params[i].file);
		free(s->params[i].key);
		free(s->params[i].text);
	}
	free(s->params);
	locked_release(s->deps, s->ndeps);
	locked_release(s->outs, s->nouts);
	strvec_release(&s->cmds);
	free(s->name);
	free(s->text);
	*s = (struct locked_stage){ .name = NULL };
}

void lockfile_release(struct lockfile *l)
{
	for (size_t i = 0; i < l->n; i++)
		locked_stage_release(&l->v[i]);
	free(l->v);
	*l = (struct lockfile)LOCKFILE_INIT;
}

/* The first stage whose name is not before `name`. */
static size_t lower_bound(const struct lockfile *l, const char *name)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(l->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct locked_stage *lockfile_find(const struct lockfile *l, const char *name)
{
	size_t i = lower_bound(l, name);

	return i < l->n && streq(l->v[i].name, name) ? &l->v[i] : NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct locked *)a)->p.out,
		      ((const struct locked *)b)->p.out);
}

int locked_param_compare(const struct locked_param *a,
			 const struct locked_param *b)
{
	int c = strcmp(a->file, b->file);

	return c ? c : strcmp(a->key, b->key);
}

static int by_key(const void *a, const void *b)
{
	return locked_param_compare(a, b);
}

void locked_stage_sort(struct locked_stage *s)
{
	if (s->ndeps)
		qsort(s->deps, s->ndeps, sizeof(*s->deps), by_path);
	if (s->nouts)
		qsort(s->outs, s->nouts, sizeof(*s->outs), by_path);
	if (s->nparams)
		qsort(s->params, s->nparams, sizeof(*s->params), by_key);
}

int lockfile_put(struct lockfile *l, struct locked_stage *s,
		 struct dver_err *err)
{
	size_t i = lower_bound(l, s->name);

	locked_stage_sort(s);
	free(TAKE(s->text));
	if (i < l->n && streq(l->v[i].name, s->name)) {
		locked_stage_release(&l->v[i]);
	} else {
		if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*s))) {
			locked_stage_release(s);
			return err_nomem(err);
		}
		memmove(&l->v[i + 1], &l->v[i], (l->n - i) * sizeof(*s));
		l->n++;
	}
	l->v[i] = *s;
	*s = (struct locked_stage){ .name = NULL };
	return 0;
}

bool lockfile_remove(struct lockfile *l, const char *name)
{
	size_t i = lower_bound(l, name);

	if (i == l->n || !streq(l->v[i].name, name))
		return false;
	locked_stage_release(&l->v[i]);
	l->n--;
	memmove(&l->v[i], &l->v[i + 1], (l->n - i) * sizeof(*l->v));
	return true;
}

int locked_add(struct locked **v, size_t *n, const char *path,
	       const struct pointer *p, struct dver_err *err)
{
	struct locked *grown = realloc(*v, (*n + 1) * sizeof(*grown));
	struct locked *x;

	if (!grown)
		return err_nomem(err);
	*v = grown;
	x = &grown[*n];
	*x = (struct locked){ .p = *p };
	x->p.out = strdup(path);
	if (!x->p.out)
		return err_nomem(err);
	(*n)++;
	return 0;
}

int locked_add_param(struct locked_stage *s, const char *file, const char *key,
		     const char *text, struct dver_err *err)
{
	struct locked_param *grown = realloc(s->params, (s->nparams + 1) *
							sizeof(*grown));
	struct locked_param *x;

	if (!grown)
		return err_nomem(err);
	s->params = grown;
	x = &grown[s->nparams++];
	*x = (struct locked_param){ strdup(file), strdup(key), strdup(text) };
	return x->file && x->key && x->text ? 0 : err_nomem(err);
}

static int copy_entries(struct locked **v, size_t *n, const struct locked *from,
			size_t nfrom, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < nfrom; i++) {
		r = locked_add(v, n, from[i].p.out, &from[i].p, err);
		if (r == 0) {
			(*v)[i].no_cache = from[i].no_cache;
			(*v)[i].no_push = from[i].no_push;
			(*v)[i].keep = from[i].keep;
		}
	}
	return r;
}

int locked_stage_copy(struct locked_stage *out, const struct locked_stage *s,
		      struct dver_err *err)
{
	int r = 0;

	*out = (struct locked_stage){ .name = strdup(s->name),
				      .cmd_list = s->cmd_list };
	if (!out->name)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < s->cmds.n; i++)
		if (!strvec_push(&out->cmds, s->cmds.v[i]))
			r = err_nomem(err);
	if (r == 0)
		r = copy_entries(&out->deps, &out->ndeps, s->deps, s->ndeps,
				 err);
	if (r == 0)
		r = copy_entries(&out->outs, &out->nouts, s->outs, s->nouts,
				 err);
	for (size_t i = 0; r == 0 && i < s->nparams; i++)
		r = locked_add_param(out, s->params[i].file, s->params[i].key,
				     s->params[i].text, err);
	return r;
}
