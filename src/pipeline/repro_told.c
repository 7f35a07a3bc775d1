/*
 * repro_told - what git is to hear of besides lock files and results: a
 * dver.yaml, and files of parameters, that it does not know yet.  Without
 * them a commit of the lock file would be of no use to others.
 */
#include "base/err.h"
#include "pipeline/repro_internal.h"
#include "repo/git.h"
#include "workspace/stage_data.h"

static int add_new(struct repro *x, const char *path, struct dver_err *err)
{
	int r;

	if (strvec_has(&x->told, path))
		return 0;
	r = git_tracks(x->repo->git, path, err);
	if (r != 0)
		return MIN(r, 0);
	r = git_ignored(x->repo->git, path, err);
	if (r != 0)
		return MIN(r, 0);
	if (!strvec_push(&x->told, path))
		return err_nomem(err);
	strvec_sort(&x->told);
	return 0;
}

static int add_files(struct repro *x, struct dver_err *err)
{
	const char *last = NULL;
	int r = 0;

	strvec_sort(&x->told);
	for (size_t i = 0; r == 0 && i < x->p->n; i++) {
		const struct task *t = &x->v[i];

		if (t->state != TASK_DONE)
			continue;
		if (!last || !streq(last, t->s->file))
			r = add_new(x, t->s->file, err);
		last = t->s->file;
		for (size_t j = 0; r == 0 && j < t->s->nparams; j++)
			r = add_new(x, t->s->params[j].file, err);
	}
	return r;
}

int repro_tell_git(struct repro *x, struct dver_err *err)
{
	int r = 0;

	if (x->told.n == 0)
		return 0;
	if (x->repo->git && x->repo->autostage)
		r = add_files(x, err);
	return r < 0 ? r : stage_data_stage(x->repo, &x->told, err);
}
