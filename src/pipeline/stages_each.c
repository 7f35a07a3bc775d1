/*
 * stages_each - stages in the shape of the public API.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "dver/pipeline.h"
#include "pipeline/targets.h"

/* Arrays that one stage after another uses. */
struct shape {
	const char **deps;
	struct dver_stage_params *params;
	struct dver_stage_out *outs;
	size_t deps_cap, params_cap, outs_cap;
};

static void shape_release(struct shape *x)
{
	free(x->deps);
	free(x->params);
	free(x->outs);
}

static bool make_room(struct shape *x, const struct stage *s)
{
	return mem_grow(&x->deps, &x->deps_cap, s->ndeps + 1,
			sizeof(*x->deps)) &&
	       mem_grow(&x->params, &x->params_cap, s->nparams + 1,
			sizeof(*x->params)) &&
	       mem_grow(&x->outs, &x->outs_cap, s->nouts + 1,
			sizeof(*x->outs));
}

static struct dver_stage_out out_of(const struct stage_out *o)
{
	static const enum dver_stage_out_kind kinds[] = {
		[STAGE_OUT] = DVER_OUT, [STAGE_METRIC] = DVER_METRIC,
		[STAGE_PLOT] = DVER_PLOT };

	return (struct dver_stage_out){
		.path = o->path, .kind = kinds[o->kind], .cache = o->cache,
		.persist = o->persist, .push = o->push, .remote = o->remote,
		.desc = o->desc, .type = o->type };
}

static bool shape(struct shape *x, const struct stage *s,
		  struct dver_stage *out)
{
	if (!make_room(x, s))
		return false;
	for (size_t i = 0; i < s->ndeps; i++)
		x->deps[i] = s->deps[i].path;
	for (size_t i = 0; i < s->nparams; i++)
		x->params[i] = (struct dver_stage_params){
			.file = s->params[i].file,
			.keys = (const char *const *)s->params[i].keys.v,
			.nkeys = s->params[i].keys.n };
	for (size_t i = 0; i < s->nouts; i++)
		x->outs[i] = out_of(&s->outs[i]);
	*out = (struct dver_stage){
		.address = s->address, .name = s->name, .file = s->file,
		.group = s->group, .dir = s->dir, .desc = s->desc,
		.cmds = (const char *const *)s->cmds.v, .ncmds = s->cmds.n,
		.deps = x->deps, .ndeps = s->ndeps, .params = x->params,
		.nparams = s->nparams, .outs = x->outs, .nouts = s->nouts,
		.frozen = s->frozen, .always_changed = s->always_changed };
	return true;
}

/* Those of the file in the current folder. */
static int mark_here(const struct pipeline *p, struct dver_repo *repo,
		     unsigned char *marks, struct dver_err *err)
{
	AUTO_BUF struct buf here = BUF_PATH;
	int r = targets_here(repo, &here, err);

	for (size_t i = 0; r == 0 && i < p->nfiles; i++)
		if (streq(p->files[i].dir, here.data))
			memset(marks + (p->files[i].v - p->v), 1,
			       p->files[i].n);
	return r;
}

int dver_stages_each(struct dver_repo *repo, const char *const *targets,
		     size_t n, unsigned flags,
		     int (*fn)(void *data, const struct dver_stage *s),
		     void *data, struct dver_err *err)
{
	AUTO_PIPELINE struct pipeline *p = NULL;
	AUTO_FREE unsigned char *marks = NULL;
	struct shape x = { .deps = NULL };
	int r = pipeline_load(&p, repo, err);

	if (r < 0)
		return r;
	marks = mem_array(p->n + 1, 1);
	if (!marks)
		return err_nomem(err);
	if (flags & DVER_STAGES_ALL)
		memset(marks, 1, p->n);
	else if (n)
		r = targets_mark(p, repo, targets, n, marks, err);
	else
		r = mark_here(p, repo, marks, err);
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		struct dver_stage s;

		if (marks[i])
			r = shape(&x, &p->v[i], &s) ? fn(data, &s)
						    : err_nomem(err);
	}
	shape_release(&x);
	return r;
}
