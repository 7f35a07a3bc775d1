#include "report/plan_files.h"

#include "base/err.h"
#include "base/path.h"
#include "pipeline/reader.h"

#define PARAMS_FILE "params.yaml"
#define BETTER "higher_is_better"

static struct plan_file *add(struct plan *plan, const char *path,
			     struct dver_err *err)
{
	if (!mem_grow(&plan->v, &plan->cap, plan->n + 1, sizeof(*plan->v))) {
		(void)err_nomem(err);
		return NULL;
	}
	plan->v[plan->n] = (struct plan_file){ .path = path };
	return &plan->v[plan->n++];
}

/* What it says of an output under `meta`, or of a file of the top. */
static const struct value *better_of(const struct value *map)
{
	const struct value *v = map && map->type == VALUE_MAP
				? value_get(map, BETTER) : NULL;

	return v;
}

static int add_outs(struct plan *plan, const struct stage *s,
		    struct dver_err *err)
{
	for (size_t i = 0; i < s->nouts; i++) {
		const struct stage_out *o = &s->outs[i];
		struct plan_file *f;

		if (o->kind != STAGE_METRIC)
			continue;
		f = add(plan, o->path, err);
		if (!f)
			return DVER_ENOMEM;
		f->whole = true;
		f->better = o->props && o->props->type == VALUE_MAP
			    ? better_of(value_get(o->props, "meta")) : NULL;
	}
	return 0;
}

static int add_keys(struct plan *plan, const struct stage *s,
		    struct dver_err *err)
{
	for (size_t i = 0; i < s->nparams; i++) {
		const struct stage_params *p = &s->params[i];
		struct plan_file *f = add(plan, p->file, err);

		if (!f)
			return DVER_ENOMEM;
		f->whole = p->whole;
		for (size_t k = 0; k < p->keys.n; k++)
			if (!strvec_push(&f->keys, p->keys.v[k]))
				return err_nomem(err);
	}
	return 0;
}

/* A list of paths, or of mappings of paths to what is said of them. */
static int add_top(struct plan *plan, const struct pipeline_file *file,
		   const struct value *list, struct dver_err *err)
{
	struct reader rd = { .arena = &plan->p->arena, .file = file->path,
			     .dir = file->dir };

	for (size_t i = 0; list && i < list->n; i++) {
		const struct value *v = &list->items[i];
		bool map = v->type == VALUE_MAP;

		for (size_t j = 0; j < (map ? v->n : 1); j++) {
			struct plan_file *f;
			const char *path;
			int r = reader_path(&rd, map ? value_key(v, j) : v,
					    "a path", &path, err);

			if (r < 0)
				return r;
			f = add(plan, path, err);
			if (!f)
				return DVER_ENOMEM;
			f->whole = true;
			f->better = map ? better_of(value_at(v, j)) : NULL;
		}
	}
	return 0;
}

/* A file that is shown when it is there. */
static int add_maybe(struct plan *plan, const char *dir, const char *name,
		     struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, name);
	const char *kept = path ? arena_strdup(&plan->p->arena, path,
					       strlen(path)) : NULL;
	struct plan_file *f = kept ? add(plan, kept, err) : NULL;

	if (!f)
		return err_nomem(err);
	f->whole = f->maybe = true;
	return 0;
}

/* What of a file of variables templates can name. */
static int add_vars(struct plan *plan, const struct pipeline_vars *vars,
		    struct dver_err *err)
{
	struct plan_file *f;
	int r = add_maybe(plan, "", vars->path, err);

	if (r < 0 || vars->whole)
		return r;
	f = &plan->v[plan->n - 1];
	f->whole = false;
	for (size_t i = 0; i < vars->keys.n; i++)
		if (!strvec_push(&f->keys, vars->keys.v[i]))
			return err_nomem(err);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct plan_file *)a)->path,
		      ((const struct plan_file *)b)->path);
}

/* What several say of one file comes together. */
static int merge(struct plan *plan, struct dver_err *err)
{
	size_t kept = 0;
	bool ok = true;

	if (plan->n)
		qsort(plan->v, plan->n, sizeof(*plan->v), by_path);
	for (size_t i = 0; i < plan->n; i++) {
		struct plan_file *f = &plan->v[i];
		struct plan_file *last = kept ? &plan->v[kept - 1] : NULL;

		if (!last || !streq(last->path, f->path)) {
			plan->v[kept++] = *f;
			continue;
		}
		last->whole |= f->whole;
		last->maybe &= f->maybe;
		last->better = last->better ? last->better : f->better;
		for (size_t k = 0; k < f->keys.n; k++)
			ok &= strvec_take(&last->keys, &f->keys.v[k]);
		strvec_release(&f->keys);
	}
	plan->n = kept;
	for (size_t i = 0; i < kept; i++) {
		strvec_sort(&plan->v[i].keys);
		strvec_uniq(&plan->v[i].keys);
	}
	return ok ? 0 : err_nomem(err);
}

static int add_file(struct plan *plan, const struct report *rep,
		    const struct pipeline_file *f, struct dver_err *err)
{
	int r = strvec_push(&plan->dirs, f->dir) ? 0 : err_nomem(err);

	if (r == 0 && rep->what == DVER_METRICS)
		r = add_top(plan, f, f->metrics, err);
	if (r == 0 && rep->what == DVER_PARAMS && !rep->deps)
		r = add_top(plan, f, f->params, err);
	if (r == 0 && rep->what == DVER_PARAMS && !rep->deps)
		r = add_maybe(plan, f->dir, PARAMS_FILE, err);
	return r;
}

int plan_files(struct plan *plan, const struct report *rep,
	       struct dver_err *err)
{
	const struct pipeline *p = plan->p;
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = rep->what == DVER_METRICS ? add_outs(plan, &p->v[i], err)
					      : add_keys(plan, &p->v[i], err);
	for (size_t i = 0; r == 0 && i < p->nfiles; i++)
		r = add_file(plan, rep, &p->files[i], err);
	if (rep->what == DVER_METRICS || rep->deps)
		return r < 0 ? r : merge(plan, err);
	for (size_t i = 0; r == 0 && i < p->nvars; i++)
		r = add_vars(plan, &p->vars[i], err);
	if (r == 0)
		r = add_maybe(plan, "", PARAMS_FILE, err);
	return r < 0 ? r : merge(plan, err);
}

/* "true" or "false"; anything else says nothing. */
static enum dver_better flag(const struct value *v)
{
	if (!v || v->type != VALUE_SCALAR || value_scalar(v) != SCALAR_BOOL)
		return DVER_BETTER_UNKNOWN;
	return *v->text == 't' || *v->text == 'T' ? DVER_BETTER_HIGHER
						   : DVER_BETTER_LOWER;
}

enum dver_better plan_better(const struct value *better, const char *name)
{
	const struct value *v = better;

	/* "train.acc" by that name, else by "acc". */
	while (better && better->type == VALUE_MAP && name) {
		const char *dot = strchr(name, '.');

		v = value_get(better, name);
		if (v)
			break;
		name = dot ? dot + 1 : NULL;
	}
	return flag(v && v->type == VALUE_MAP ? NULL : v);
}
