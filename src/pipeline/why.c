#include "pipeline/why.h"

#include "base/err.h"
#include "base/mem.h"

void why_release(struct why *w)
{
	strvec_release(&w->strings);
	free(w->v);
	*w = (struct why)WHY_INIT;
}

static bool copy(struct why *w, const char **out, const char *s)
{
	if (s && !strvec_push(&w->strings, s))
		return false;
	*out = s ? w->strings.v[w->strings.n - 1] : NULL;
	return true;
}

int why_add(struct why *w, enum dver_reason_kind kind, const char *name,
	    const char *was, const char *is, struct dver_err *err)
{
	struct dver_reason *x;

	if (!mem_grow(&w->v, &w->cap, w->n + 1, sizeof(*w->v)))
		return err_nomem(err);
	x = &w->v[w->n++];
	*x = (struct dver_reason){ .kind = kind };
	return copy(w, &x->name, name) && copy(w, &x->was, was) &&
		       copy(w, &x->is, is) ? 0 : err_nomem(err);
}

static struct pointer pointer_of(const struct scanned *at)
{
	bool dir = at->kind == TREE_DIR;

	return (struct pointer){
		.kind = !at->kind ? 0 : dir ? ROOT_TREE : ROOT_FILE,
		.id = at->id, .exec = at->kind == TREE_EXEC,
		.has_size = at->kind != 0, .size = at->bytes,
		.has_nfiles = dir, .nfiles = dir ? at->files : 0 };
}

static int add_params(struct locked_stage *out, const struct stage_params *p,
		      struct params_cache *cache, const struct stage *s,
		      struct dver_err *err)
{
	AUTO_PARAMS struct params found = PARAMS_INIT;
	AUTO_STRVEC struct strvec lacking = STRVEC_INIT;
	int r = params_cache_read(cache, &found, p->file,
				  p->whole ? NULL : &p->keys, &lacking, err);

	if (r == 0 && lacking.n)
		r = err_set(err, DVER_ENOTFOUND, "%s:%u: stage '%s' wants "
			    "'%s' of '%s', which has no such key", s->file,
			    p->line, s->address, lacking.v[0], p->file);
	for (size_t i = 0; r == 0 && i < found.n; i++)
		r = locked_add_param(out, p->file, found.v[i].key,
				     found.v[i].text, err);
	return r;
}

static int add_cmds(struct locked_stage *out, const struct stage *s,
		    struct dver_err *err)
{
	out->name = strdup(s->name);
	out->cmd_list = s->cmd_list;
	for (size_t i = 0; out->name && i < s->cmds.n; i++)
		if (!strvec_push(&out->cmds, s->cmds.v[i]))
			return err_nomem(err);
	return out->name ? 0 : err_nomem(err);
}

/* What could not be looked at is wrong with this stage alone. */
static int check_looked(const struct stage *s, const struct disk *d,
			struct dver_err *err)
{
	const char *problem = NULL;

	for (size_t i = 0; !problem && i < s->ndeps; i++)
		problem = disk_problem(d, s->deps[i].path);
	for (size_t i = 0; !problem && i < s->nouts; i++)
		problem = disk_problem(d, s->outs[i].path);
	return problem ? err_set(err, DVER_EINVAL, "%s", problem) : 0;
}

int stage_as_is(struct locked_stage *out, const struct stage *s,
		const struct disk *d, struct params_cache *params,
		const char **missing, struct dver_err *err)
{
	int r;

	*out = (struct locked_stage){ .name = NULL };
	if (missing)
		*missing = NULL;
	r = check_looked(s, d, err);
	if (r == 0)
		r = add_cmds(out, s, err);
	for (size_t i = 0; r == 0 && i < s->ndeps; i++) {
		struct pointer p = pointer_of(disk_at(d, s->deps[i].path));

		if (!p.kind && missing && !*missing)
			*missing = s->deps[i].path;
		r = locked_add(&out->deps, &out->ndeps, s->deps[i].path, &p,
			       err);
	}
	for (size_t i = 0; r == 0 && i < s->nparams; i++)
		r = add_params(out, &s->params[i], params, s, err);
	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		const struct stage_out *o = &s->outs[i];
		struct pointer p = pointer_of(disk_at(d, o->path));

		r = locked_add(&out->outs, &out->nouts, o->path, &p, err);
		if (r < 0)
			break;
		out->outs[i].no_cache = !o->cache;
		out->outs[i].no_push = !o->push;
		out->outs[i].keep = !o->cache && o->kind != STAGE_OUT;
	}
	locked_stage_sort(out);
	return r;
}

static const struct locked *entry(const struct locked *v, size_t n,
				  const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].p.out, path) == 0)
			return &v[i];
	return NULL;
}

static int add_change(struct why *w, enum dver_reason_kind kind,
		      const char *path, const struct pointer *was,
		      const struct pointer *is, struct dver_err *err)
{
	char a[OID_HEX + 1], b[OID_HEX + 1];

	return why_add(w, kind, path,
		       was && was->kind ? oid_hex(a, &was->id) : NULL,
		       is && is->kind ? oid_hex(b, &is->id) : NULL, err);
}

/* An executable file is the same input as one that is not. */
static bool same(const struct pointer *a, const struct pointer *b)
{
	return a->kind == b->kind && oid_eq(&a->id, &b->id);
}

static int compare(struct why *w, enum dver_reason_kind kind,
		   const struct locked *now, size_t nnow,
		   const struct locked *was, size_t nwas, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < nnow; i++) {
		const struct locked *old = entry(was, nwas, now[i].p.out);

		if (!old || !same(&old->p, &now[i].p))
			r = add_change(w, kind, now[i].p.out,
				       old ? &old->p : NULL, &now[i].p, err);
	}
	for (size_t i = 0; r == 0 && i < nwas; i++)
		if (!entry(now, nnow, was[i].p.out))
			r = add_change(w, kind, was[i].p.out, &was[i].p, NULL,
				       err);
	return r;
}

static char *joined(const struct strvec *cmds)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < cmds->n; i++)
		buf_addf(&b, "%s%s", i ? "\n" : "", cmds->v[i]);
	return buf_detach(&b);
}

static int compare_cmds(struct why *w, const struct locked_stage *now,
			const struct locked_stage *was, struct dver_err *err)
{
	AUTO_FREE char *a = joined(&was->cmds);
	AUTO_FREE char *b = joined(&now->cmds);

	if (!a || !b)
		return err_nomem(err);
	return streq(a, b) && now->cmd_list == was->cmd_list
	       ? 0 : why_add(w, DVER_REASON_COMMAND, NULL, a, b, err);
}

int why_run(struct why *w, const struct stage *s,
	    const struct locked_stage *now, const struct locked_stage *was,
	    struct dver_err *err)
{
	int r = 0;

	if (s->always_changed || (!s->ndeps && !s->nparams && !s->nouts))
		r = why_add(w, DVER_REASON_ALWAYS, NULL, NULL, NULL, err);
	if (r < 0 || !was)
		return r < 0 ? r : why_add(w, DVER_REASON_NEW, NULL, NULL,
					   NULL, err);
	r = compare_cmds(w, now, was, err);
	if (r == 0)
		r = compare(w, DVER_REASON_INPUT, now->deps, now->ndeps,
			    was->deps, was->ndeps, err);
	if (r == 0)
		r = why_params(w, now, was, err);
	return r < 0 ? r : compare(w, DVER_REASON_OUTPUT, now->outs,
				   now->nouts, was->outs, was->nouts, err);
}

bool why_only_missing(const struct why *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].kind != DVER_REASON_OUTPUT || w->v[i].is ||
		    !w->v[i].was)
			return false;
	return w->n > 0;
}
