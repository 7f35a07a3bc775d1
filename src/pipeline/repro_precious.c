/*
 * repro_precious - what would be lost when a stage's outputs are removed.
 *
 * Only what was recorded and is in the store is worth nothing.  All else may
 * be somebody's work: a file that was there before the stage first ran, an
 * edit of a result, one of what a run that failed left behind.
 */
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/repro_internal.h"
#include "repo/git.h"
#include "workspace/stage_data.h"

static const struct locked *recorded(const struct locked_stage *was,
				     const char *path)
{
	for (size_t i = 0; was && i < was->nouts; i++)
		if (streq(was->outs[i].p.out, path))
			return &was->outs[i];
	return NULL;
}

/* What git keeps is in git, or the run cache has a copy of it. */
static int is_safe(struct repro *x, const struct locked *o,
		   const struct scanned *at, struct dver_err *err)
{
	if (!oid_eq(&o->p.id, &at->id))
		return 0;
	return o->no_cache ? 1 : stage_data_stored(x->repo, &o->p, err);
}

/* The first time: a folder of sources is no output. */
static int check_git(struct repro *x, const struct stage *s,
		     const struct stage_out *o, struct dver_err *err)
{
	int r = x->repo->git && o->cache
		? git_tracks_files(x->repo->git, o->path, err) : 0;

	return r <= 0 ? r : err_set(err, DVER_ECONFLICT, "git tracks files "
				    "of its output '%s', which '%s' would "
				    "remove: git rm -r --cached '%s', or give "
				    "it cache: false", o->path, s->address,
				    o->path);
}

int repro_precious(struct repro *x, const struct task *t,
		   const struct locked_stage *was, bool kept,
		   const char **keep, size_t *n, struct dver_err *err)
{
	int r = disk_outputs(&x->disk, t->s, err);

	*n = 0;
	for (size_t i = 0; r == 0 && i < t->s->nouts; i++) {
		const struct stage_out *o = &t->s->outs[i];
		const struct locked *old = recorded(was, o->path);
		const struct scanned *at = disk_at(&x->disk, o->path);
		int safe = 0;

		if (!at->kind || o->persist)
			continue;
		if (old)
			safe = is_safe(x, old, at, err);
		else
			r = check_git(x, t->s, o, err);
		if (safe < 0)
			return safe;
		if (!safe && !(kept && o->cache))
			keep[(*n)++] = o->path;
	}
	return r;
}
