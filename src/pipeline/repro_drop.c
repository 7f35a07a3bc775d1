/*
 * repro_drop - entries of lock files whose stage no pipeline has any more:
 * what it made would else go on being tracked.
 */
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/repro_internal.h"
#include "workspace/stage_data.h"

static int names_of(struct strvec *out, const struct pipeline_file *f,
		    struct dver_err *err)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strvec_push(out, f->v[i].name))
			return err_nomem(err);
	strvec_sort(out);
	return 0;
}

static const struct pipeline_file *file_at(const struct pipeline *p,
					   const char *path)
{
	for (size_t i = 0; i < p->nfiles; i++)
		if (streq(p->files[i].path, path))
			return &p->files[i];
	return NULL;
}

/* Are there entries without a stage?  1, 0, < 0. */
static int has_others(struct repro *x, const struct pipeline_file *f,
		      struct dver_err *err)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	const struct stage any = { .file = f->path, .name = "" };
	const struct locked_stage *found;
	struct lockfile_seen *lock;
	int r = locks_check_merged(&x->locks, &any, NULL);

	if (r == DVER_ECONFLICT)
		return 0;
	r = names_of(&names, f, err);
	if (r == 0)
		r = locks_find(&x->locks, &any, &found, err);
	if (r == 0)
		r = locks_change(&x->locks, &any, &lock, err);
	for (size_t i = 0; r == 0 && i < lock->file.n; i++)
		if (!strvec_has(&names, lock->file.v[i].name))
			return 1;
	return r;
}

static int drop(struct repro *x, const struct pipeline_file *now,
		struct dver_err *err)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	AUTO_STRVEC struct strvec gone = STRVEC_INIT;
	const struct stage any = { .file = now->path, .name = "" };
	struct lockfile_seen *lock;
	int r = names_of(&names, now, err);

	if (r == 0)
		r = locks_change(&x->locks, &any, &lock, err);
	if (r == 0)
		r = stage_data_drop(x->repo, lock, &names, &gone, &x->told,
				    err);
	for (size_t i = 0; r == 0 && i < gone.n; i++)
		r = repro_tell(x, &(struct dver_stage_event){
			.kind = DVER_STAGE_DROPPED, .stage = gone.v[i],
			.text = lock->path }, err);
	return r;
}

int repro_drop(struct repro *x, struct dver_err *err)
{
	AUTO_PIPELINE struct pipeline *now = NULL;
	int r = 0;

	if (x->opts->dry || x->opts->no_commit)
		return 0;
	for (size_t i = 0; r == 0 && i < x->p->nfiles; i++) {
		const struct pipeline_file *f = &x->p->files[i], *is;

		r = has_others(x, f, err);
		if (r <= 0)
			continue;
		r = 0;
		/* Somebody may have written new stages meanwhile. */
		if (!now && pipeline_load(&now, x->repo, NULL) < 0)
			return 0;
		is = file_at(now, f->path);
		if (is)
			r = drop(x, is, err);
	}
	return r;
}
