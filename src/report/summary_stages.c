/*
 * summary_stages - stages that differ: what their files say, and what was
 * recorded of them.
 */
#include "base/err.h"
#include "base/path.h"
#include "report/plan.h"
#include "report/stage_parts.h"
#include "report/summary.h"

#define PARTS_MAX 100

/* One end: its stages and lock files. */
struct side {
	struct report *rep;
	struct git_snapshot *snap;	/* NULL: the workspace, or nothing */
	bool nothing;
	const struct plan *plan;
	struct keymap locks;	/* of a dver.yaml's path: struct lockfile *,
				   owned; NULL: there is none */
	const struct stage **v;	/* by address; owned */
	size_t n;
};

struct telling {
	struct summary *s;
	struct dver_report_part parts[PARTS_MAX];	/* texts owned */
	size_t nparts, more;
	struct summary_results results;
};

static int by_address(const void *a, const void *b)
{
	return strcmp((*(const struct stage *const *)a)->address,
		      (*(const struct stage *const *)b)->address);
}

static int sort_stages(struct side *x, struct dver_err *err)
{
	const struct pipeline *p = x->plan->p;

	x->v = mem_array(p->n + 1, sizeof(*x->v));
	if (!x->v)
		return err_nomem(err);
	for (size_t i = 0; i < p->n; i++)
		x->v[x->n++] = &p->v[i];
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_address);
	return 0;
}

static int side_open(struct side *x, struct report *rep, const char *commit,
		     bool nothing, struct dver_err *err)
{
	int r = 0;

	*x = (struct side){ .rep = rep, .nothing = nothing };
	keymap_init(&x->locks, REPORT_KEY, sizeof(struct lockfile *));
	if (nothing)
		return 0;
	if (commit)
		r = git_snapshot_open(&x->snap, rep->repo->git, commit, err);
	if (r == 0)
		r = plan_for(&x->plan, rep, x->snap, err);
	if (r == 0 && !x->plan->p)
		return err_set(err, x->plan->code, "stages of '%.10s': %s",
			       commit ? commit : "workspace",
			       x->plan->problem);
	return r < 0 ? r : sort_stages(x, err);
}

static void side_close(struct side *x)
{
	size_t pos = 0;
	void *value;

	while (x->locks.n && keymap_next(&x->locks, &pos, &value)) {
		struct lockfile *l = *(struct lockfile **)value;

		if (l)
			lockfile_release(l);
		free(l);
	}
	keymap_release(&x->locks);
	git_snapshot_free(x->snap);
	free(x->v);
}

static int read_file(struct side *x, const char *path, char **text,
		     size_t *len, struct dver_err *err)
{
	struct source disk = source_workspace(x->rep->repo);
	struct git_entry e;
	int r;

	if (!x->snap)
		return disk.read(disk.data, path, LOCKFILE_MAX, text, len,
				 err);
	r = git_snapshot_find(x->snap, path, &e, err);
	if (r < 0 || e.kind != GIT_ENTRY_FILE)
		return r;
	r = git_blob_text(x->rep->repo->git, e.id, path, LOCKFILE_MAX, text,
			  len, err);
	return r < 0 ? r : 1;
}

static void lockfile_freep(struct lockfile **l)
{
	if (*l)
		lockfile_release(*l);
	free(*l);
}

/* The lock file beside a dver.yaml; NULL: there is none. */
static int lock_of(struct side *x, const char *file, struct lockfile **out,
		   struct dver_err *err)
{
	__attribute__((cleanup(lockfile_freep))) struct lockfile *l = NULL;
	AUTO_FREE char *dir = path_dir(file);
	AUTO_FREE char *path = dir ? path_join(dir, LOCKFILE_NAME) : NULL;
	AUTO_FREE char *text = NULL;
	uint8_t key[REPORT_KEY];
	struct lockfile **slot;
	size_t len = 0;
	bool added;
	int r = path ? 0 : err_nomem(err);

	if (r == 0)
		r = report_key(key, NULL, 0, path, strlen(path), err);
	if (r < 0)
		return r;
	slot = keymap_put(&x->locks, key, &added);
	if (!slot)
		return err_nomem(err);
	*out = *slot;
	if (!added)
		return 0;
	r = read_file(x, path, &text, &len, err);
	if (r <= 0)
		return r;
	l = calloc(1, sizeof(*l));
	if (!l)
		return err_nomem(err);
	r = lockfile_parse(l, path, path, text, len, err);
	if (r == 0)
		*out = *slot = TAKE(l);
	return r;
}

/* What was recorded of a stage; NULL: nothing. */
static int recorded(struct side *x, const struct stage *s,
		    const struct locked_stage **out, struct dver_err *err)
{
	struct lockfile *l = NULL;
	int r = x->nothing ? 0 : lock_of(x, s->file, &l, err);

	*out = r == 0 && l ? lockfile_find(l, s->name) : NULL;
	return r;
}

static int add_part(struct telling *t, char sign, const char *kind,
		    const char *text, struct dver_err *err)
{
	char *copy;

	if (t->nparts == PARTS_MAX) {
		t->more++;
		return 0;
	}
	copy = strdup(text);
	if (!copy)
		return err_nomem(err);
	t->parts[t->nparts++] = (struct dver_report_part){ sign, kind, copy };
	return 0;
}

/* What only one of two sorted lists has. */
static int add_parts(struct telling *t, const char *kind,
		     const struct strvec *a, const struct strvec *b,
		     struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n || j < b->n)) {
		int c = i == a->n ? 1 : j == b->n ? -1
			: strcmp(a->v[i], b->v[j]);

		if (c)
			r = add_part(t, c < 0 ? '-' : '+', kind,
				     c < 0 ? a->v[i] : b->v[j], err);
		i += c <= 0;
		j += c >= 0;
	}
	return r;
}

static bool same_list(const struct strvec *a, const struct strvec *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!streq(a->v[i], b->v[i]))
			return false;
	return true;
}

static int compare_parts(struct telling *t, const char *kind,
			 stage_list_fn list, const struct stage *a,
			 const struct stage *b,
			 struct dver_err *err)
{
	AUTO_STRVEC struct strvec x = STRVEC_INIT;
	AUTO_STRVEC struct strvec y = STRVEC_INIT;
	int r = a ? list(&x, a, err) : 0;

	if (r == 0 && b)
		r = list(&y, b, err);
	if (r < 0)
		return r;
	/* The order of commands means something, that of others does not. */
	if (list == stage_commands && a && b) {
		if (same_list(&x, &y))
			return 0;
		for (size_t i = 0; r == 0 && i < x.n; i++)
			r = add_part(t, '-', kind, x.v[i], err);
		for (size_t i = 0; r == 0 && i < y.n; i++)
			r = add_part(t, '+', kind, y.v[i], err);
		return r;
	}
	if (list != stage_commands) {
		strvec_sort(&x);
		strvec_sort(&y);
	}
	return add_parts(t, kind, &x, &y, err);
}

static int compare_definitions(struct telling *t, const struct stage *a,
			       const struct stage *b, struct dver_err *err)
{
	int r = compare_parts(t, "command", stage_commands, a, b, err);

	if (r == 0)
		r = compare_parts(t, "input", stage_inputs, a, b, err);
	if (r == 0)
		r = compare_parts(t, "parameter", stage_parameters, a, b, err);
	return r < 0 ? r : compare_parts(t, "output", stage_outputs, a, b,
					 err);
}

static int tell_stage(struct telling *t, struct side *x, struct side *y,
		      const struct stage *a, const struct stage *b,
		      struct dver_err *err)
{
	struct dver_report_stage st = { .name = b ? b->address : a->address };
	const struct locked_stage *was = NULL, *is = NULL;
	int r = compare_definitions(t, a, b, err);

	if (r == 0)
		r = recorded(x, a ? a : b, &was, err);
	if (r == 0)
		r = recorded(y, b ? b : a, &is, err);
	if (r == 0)
		r = summary_locked(&t->results, was, is, err);
	if (r < 0)
		return r;
	if (!was != !is || t->results.n)
		st.lock = !was ? 'A' : !is ? 'D' : 'M';
	st.status = !a ? 'A' : !b ? 'D' : t->nparts ? 'M' : '=';
	st.parts = t->parts;
	st.nparts = t->nparts;
	st.more = t->more;
	st.results = t->results.v;
	st.nresults = t->results.n;
	st.more_results = t->results.more;
	if (st.status == '=' && !st.lock)
		return 0;
	return t->s->calls->stage(t->s->calls->data, &st);
}

static void clear(struct telling *t)
{
	for (size_t i = 0; i < t->nparts; i++)
		free((char *)(uintptr_t)t->parts[i].text);
	t->nparts = t->more = 0;
	summary_results_clear(&t->results);
}

static int compare_stages(struct telling *t, struct side *x, struct side *y,
			  struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < x->n || j < y->n)) {
		int c = i == x->n ? 1 : j == y->n ? -1
			: strcmp(x->v[i]->address, y->v[j]->address);

		r = tell_stage(t, x, y, c <= 0 ? x->v[i] : NULL,
			       c >= 0 ? y->v[j] : NULL, err);
		clear(t);
		i += c <= 0;
		j += c >= 0;
	}
	return r;
}

int summary_stages(struct summary *s, struct dver_err *err)
{
	AUTO_FREE struct telling *t = calloc(1, sizeof(*t));
	struct side x = { .rep = NULL }, y = { .rep = NULL };
	struct report rep;
	int r = report_open(&rep, s->repo, DVER_PARAMS, 0, NULL, 0, err);

	if (r == 0 && !t)
		r = err_nomem(err);
	if (r == 0)
		r = side_open(&x, &rep, s->base, !*s->base, err);
	if (r == 0)
		r = side_open(&y, &rep, *s->commit ? s->commit : NULL, false,
			      err);
	if (r == 0) {
		t->s = s;
		r = compare_stages(t, &x, &y, err);
	}
	side_close(&x);
	side_close(&y);
	report_release(&rep);
	return r;
}
