/*
 * plan - a plan of a commit remembers which blobs it was made from.  Where the
 * next commit has the same ones, it has the same plan.
 */
#include "report/plan.h"

#include "base/err.h"
#include "base/path.h"
#include "report/plan_files.h"
#include "report/plan_ignore.h"

static void reads_free(struct plan_read *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].path);
	free(v);
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n; i++)
		strvec_release(&plan->v[i].keys);
	free(plan->v);
	reads_free(plan->files, plan->nfiles);
	reads_free(plan->reads, plan->nreads);
	strvec_release(&plan->dirs);
	free(plan->problem);
	pipeline_free(plan->p);
	free(plan);
}

static void plan_freep(struct plan **plan) { plan_free(*plan); }
#define AUTO_PLAN __attribute__((cleanup(plan_freep)))

/* Where a plan of a commit reads its files from, and notes which. */
struct noting {
	struct plan *plan;
	struct report *rep;
	struct git_snapshot *snap;
	discover_fn load;
	void *load_data;
};

static int note(struct plan_read **v, size_t *n, size_t *cap,
		const char *path, const struct git_entry *e,
		struct dver_err *err)
{
	char *copy = strdup(path);

	if (!copy || !mem_grow(v, cap, *n + 1, sizeof(**v))) {
		free(copy);
		return err_nomem(err);
	}
	(*v)[(*n)++] = (struct plan_read){ copy, *e };
	return 0;
}

static int on_file(void *data, const char *path, const struct git_entry *e,
		   struct dver_err *err)
{
	struct plan *plan = data;

	return note(&plan->files, &plan->nfiles, &plan->files_cap, path, e,
		    err);
}

static int git_each(void *data, discover_fn load, void *load_data,
		    struct dver_err *err)
{
	struct noting *x = data;
	AUTO_STRVEC struct strvec outs = STRVEC_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->plan->nfiles; i++)
		r = load(load_data, x->plan->files[i].path, &outs, err);
	return r;
}

static int git_read(void *data, const char *path, size_t max, char **text,
		    size_t *len, struct dver_err *err)
{
	struct noting *x = data;
	struct plan *plan = x->plan;
	struct git_entry e;
	int r = git_snapshot_find(x->snap, path, &e, err);

	if (r == 0)
		r = note(&plan->reads, &plan->nreads, &plan->reads_cap, path,
			 &e, err);
	if (r < 0 || e.kind == GIT_ENTRY_NONE)
		return r;
	if (e.kind != GIT_ENTRY_FILE)
		return err_set(err, DVER_EFORMAT, "'%s' is no regular file",
			       path);
	r = git_blob_text(x->rep->repo->git, e.id, path, max, text, len, err);
	return r < 0 ? r : 1;
}

static int make(struct plan *plan, struct report *rep,
		struct git_snapshot *snap, struct dver_err *err)
{
	struct noting x = { .plan = plan, .rep = rep, .snap = snap };
	struct source src = source_known(rep->repo);
	struct dver_err why;
	int r;

	if (snap)
		src = (struct source){ git_each, git_read, &x, rep->repo };
	r = pipeline_load_from(&plan->p, &src, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0) {
		plan->problem = strdup(why.msg);
		plan->code = r;
		return plan->problem ? 0 : err_nomem(err);
	}
	return plan_files(plan, rep, err);
}

static bool same(const struct git_entry *a, const struct git_entry *b)
{
	return a->kind == b->kind &&
	       memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

/* Was `old` made from what this commit has?  1, 0, < 0. */
static int fits(const struct plan *old, const struct plan *now,
		struct git_snapshot *snap, struct dver_err *err)
{
	if (old->nfiles != now->nfiles)
		return 0;
	for (size_t i = 0; i < now->nfiles; i++)
		if (!streq(old->files[i].path, now->files[i].path) ||
		    !same(&old->files[i].entry, &now->files[i].entry))
			return 0;
	for (size_t i = 0; i < old->nreads; i++) {
		struct git_entry e;
		int r = git_snapshot_find(snap, old->reads[i].path, &e, err);

		if (r < 0)
			return r;
		if (!same(&e, &old->reads[i].entry))
			return 0;
	}
	return 1;
}

/* It was used last: it goes first, and the last one away. */
static void put_first(struct report *rep, struct plan *plan)
{
	size_t i = 0;

	while (i < rep->nplans && rep->plans[i] != plan)
		i++;
	if (i == ARRAY_SIZE(rep->plans))
		plan_free(rep->plans[--i]);
	else if (i == rep->nplans)
		rep->nplans++;
	memmove(rep->plans + 1, rep->plans, i * sizeof(*rep->plans));
	rep->plans[0] = plan;
}

static int find(struct plan **out, struct report *rep, const struct plan *now,
		struct git_snapshot *snap, struct dver_err *err)
{
	*out = NULL;
	for (size_t i = 0; i < rep->nplans; i++) {
		/* The workspace's has no blobs to compare. */
		int r = rep->plans[i]->nfiles
			? fits(rep->plans[i], now, snap, err) : 0;

		if (r < 0)
			return r;
		if (r > 0) {
			*out = rep->plans[i];
			return 0;
		}
	}
	return 0;
}

/* What is ignored does not count, as it does not in the workspace. */
static int leave_out(struct plan *plan, struct git *git,
		     struct git_snapshot *snap, struct dver_err *err)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < plan->nfiles; i++) {
		if (r >= 0)
			r = plan_ignored(git, snap, plan->files[i].path, err);
		if (r > 0)
			free(plan->files[i].path);
		else
			plan->files[kept++] = plan->files[i];
	}
	plan->nfiles = kept;
	return MIN(r, 0);
}

int plan_for(const struct plan **out, struct report *rep,
	     struct git_snapshot *snap, struct dver_err *err)
{
	AUTO_PLAN struct plan *plan = calloc(1, sizeof(*plan));
	struct plan *found = NULL;
	int r = 0;

	if (!plan)
		return err_nomem(err);
	if (snap)
		r = git_snapshot_called(snap, PIPELINE_FILE, &rep->without,
					on_file, plan, err);
	if (r == 0)
		r = leave_out(plan, rep->repo->git, snap, err);
	if (r == 0 && plan->nfiles)
		r = find(&found, rep, plan, snap, err);
	if (r == 0 && !found) {
		r = make(plan, rep, snap, err);
		found = r == 0 ? TAKE(plan) : NULL;
	}
	if (r < 0)
		return r;
	put_first(rep, found);
	*out = found;
	return 0;
}
