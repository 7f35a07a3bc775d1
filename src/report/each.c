/*
 * each - dver_values_each(): revision by revision, file by file.
 */
#include "base/err.h"
#include "base/path.h"
#include "report/compare.h"
#include "report/revs.h"
#include "report/view.h"

struct telling {
	struct report rep;
	struct revs revs;
	/* A copy of a file's values, with which way is better; owned. */
	struct dver_named_value *v;
	size_t cap;
	int (*fn)(void *data, const struct dver_values_file *f);
	void *data;
};

static int tell(struct telling *t, const struct rev *rev,
		const struct view *view, const struct item *item,
		const struct flat *f, struct dver_err *err)
{
	struct dver_values_file x = {
		.rev = rev->name, .nnames = rev->names.n,
		.names = (const char *const *)rev->names.v,
		.commit = rev->commit, .path = item->path,
		.values = f->v, .n = f->n, .problem = f->problem,
		.code = f->code };

	if (view->snap)
		x.time = git_snapshot_time(view->snap);
	if (item->better && f->n) {
		if (!mem_grow(&t->v, &t->cap, f->n, sizeof(*t->v)))
			return err_nomem(err);
		memcpy(t->v, f->v, f->n * sizeof(*t->v));
		for (size_t i = 0; i < f->n; i++)
			t->v[i].better = plan_better(item->better,
						     t->v[i].name);
		x.values = t->v;
	}
	return t->fn(t->data, &x);
}

static int tell_view(struct telling *t, const struct rev *rev,
		     struct view *view, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < view->n; i++) {
		const struct flat *f;

		report_trim(&t->rep);
		r = view_read(view, &view->v[i], &f, err);
		if (r == 0)
			r = tell(t, rev, view, &view->v[i], f, err);
	}
	return r;
}

/* Does the workspace say what HEAD says, which is told besides?  1, 0. */
static int is_head(struct telling *t, struct view *view, struct dver_err *err)
{
	bool told = false;
	struct view head;
	int r;

	for (size_t i = 0; i < t->revs.n; i++)
		told |= t->revs.v[i].commit &&
			streq(t->revs.v[i].commit, t->revs.head);
	if (!told)
		return 0;
	r = view_open(&head, &t->rep, t->revs.head, err);
	if (r == 0)
		r = compare_same(&head, view, err);
	view_release(&head);
	return r;
}

static int tell_rev(struct telling *t, const struct rev *rev,
		    struct dver_err *err)
{
	struct view view;
	int r = view_open(&view, &t->rep, rev->commit, err);
	int skip = r == 0 && rev->implied ? is_head(t, &view, err) : 0;

	if (skip < 0)
		r = skip;
	if (r == 0 && !skip)
		r = tell_view(t, rev, &view, err);
	view_release(&view);
	return r;
}

int dver_values_each(struct dver_repo *repo, enum dver_values what,
		     const char *const *targets, size_t n,
		     const struct dver_values_opts *opts,
		     int (*fn)(void *data, const struct dver_values_file *f),
		     void *data, struct dver_err *err)
{
	static const struct dver_values_opts none = { .flags = 0 };
	const struct dver_values_opts *o = opts ? opts : &none;
	struct telling t = { .fn = fn, .data = data };
	int r = report_open(&t.rep, repo, what, o->flags, targets, n, err);

	if (r == 0)
		r = revs_find(&t.revs, repo, o, err);
	for (size_t i = 0; r == 0 && i < t.revs.n; i++)
		r = tell_rev(&t, &t.revs.v[i], err);
	revs_release(&t.revs);
	report_release(&t.rep);
	free(t.v);
	return r;
}
