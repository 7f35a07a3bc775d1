/*
 * repro_remember - the result that is about to be replaced, as a run.
 *
 * What the lock file has may be of somebody else's run, which the run cache
 * of this store has never seen; without this, going back to it would take
 * another run.
 */
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/repro_internal.h"
#include "pipeline/runs.h"
#include "workspace/stage_data.h"

/* The same outputs as the stage has now; what git keeps is to be stored. */
static bool is_alike(struct locked_stage *was, const struct locked_stage *now)
{
	if (was->nouts != now->nouts)
		return false;
	for (size_t i = 0; i < was->nouts; i++) {
		if (!streq(was->outs[i].p.out, now->outs[i].p.out))
			return false;
		was->outs[i].keep = now->outs[i].keep;
	}
	return true;
}

/* Is it what lies there?  Then *kept are the files that git keeps. */
static bool is_here(const struct disk *d, const struct locked_stage *was,
		    const char **kept, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < was->nouts; i++) {
		const struct pointer *p = &was->outs[i].p;
		const struct scanned *at = disk_at(d, p->out);

		if (!at->kind || !oid_eq(&at->id, &p->id))
			return false;
		if (was->outs[i].keep)
			kept[(*n)++] = p->out;
	}
	return true;
}

static int remember(struct repro *x, struct locked_stage *was,
		    const struct task *t, struct dver_err *err)
{
	AUTO_FREE const char **kept = mem_array(was->nouts + 1, sizeof(*kept));
	size_t n;
	int r;

	if (!kept)
		return err_nomem(err);
	if (!is_alike(was, &t->now) || !runs_allowed(t->s, was) ||
	    !is_here(&x->disk, was, kept, &n))
		return 0;
	r = runs_known(x->repo, was, err);
	if (r != 0)
		return MIN(r, 0);
	r = n ? stage_data_keep(x->repo, kept, n, err) : 0;
	return r < 0 ? r : runs_put(x->repo, was, err);
}

int repro_remember(struct repro *x, const struct task *t,
		   const struct locked_stage *was, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage copy = { .name = NULL };
	struct dver_err why;
	int r;

	if (!was || x->opts->no_run_cache || x->opts->no_commit ||
	    turn_unfinished(&t->turn))
		return 0;
	r = locked_stage_copy(&copy, was, &why);
	if (r == 0)
		r = remember(x, &copy, t, &why);
	/* That it cannot be remembered is no reason to run nothing. */
	return r == DVER_ECANCEL || r == DVER_ENOMEM
	       ? err_set(err, r, "%s", why.msg) : 0;
}
