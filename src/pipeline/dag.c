/*
 * dag - the graph in the shape of the public API: nodes in an order in which
 * what is needed comes first.
 *
 * Tracked data that a stage reads is a node too, told just before the first
 * stage that needs it.
 */
#include "base/buf.h"
#include "base/err.h"
#include "dver/pipeline.h"
#include "pipeline/graph.h"
#include "pipeline/graph_outs.h"
#include "pipeline/targets.h"
#include "repo/outputs.h"

#define NOT_YET ((size_t)-1)

struct dag {
	struct pipeline *p;
	struct graph *g;
	struct outputs data;	/* pointers, and outputs of lock files */
	struct mades made;
	unsigned flags;
	unsigned char *marks;	/* stages that are wanted */
	size_t *stage_id, *data_id, *made_id;	/* nodes told; NOT_YET */
	size_t told;
	size_t *needs;		/* of the node that comes next */
	size_t nneeds, needs_cap;
	int (*fn)(void *data, const struct dver_dag_node *node);
	void *fn_data;
};

static void release(struct dag *d)
{
	free(d->marks);
	free(d->stage_id);
	free(d->data_id);
	free(d->made_id);
	free(d->needs);
	mades_release(&d->made);
	outputs_release(&d->data);
	graph_free(d->g);
	pipeline_free(d->p);
}

static size_t *ids(size_t n)
{
	size_t *v = mem_array(n + 1, sizeof(*v));

	for (size_t i = 0; v && i < n; i++)
		v[i] = NOT_YET;
	return v;
}

static int open_dag(struct dag *d, struct dver_repo *repo,
		    struct dver_err *err)
{
	int r = pipeline_load(&d->p, repo, err);

	if (r == 0)
		r = graph_new(&d->g, d->p, err);
	if (r == 0)
		r = graph_check_tracked(d->p, repo, err);
	if (r == 0)
		r = outputs_load(&d->data, repo, NULL, err);
	if (r == 0)
		r = mades_gather(&d->made, d->p, err);
	if (r < 0)
		return r;
	d->marks = mem_array(d->p->n + 1, 1);
	d->stage_id = ids(d->p->n);
	d->data_id = ids(d->data.n);
	d->made_id = ids(d->made.n);
	return d->marks && d->stage_id && d->data_id && d->made_id
		       ? 0 : err_nomem(err);
}

/* Put what is not marked on the stack. */
static void reach(struct dag *d, const size_t *at, const size_t *to,
		  size_t stage, size_t *stack, size_t *n)
{
	for (size_t i = at[stage]; i < at[stage + 1]; i++) {
		if (d->marks[to[i]])
			continue;
		d->marks[to[i]] = 1;
		stack[(*n)++] = to[i];
	}
}

/* From the targets to all that they need, or that hangs on them anyhow. */
static int spread(struct dag *d, struct dver_err *err)
{
	AUTO_FREE size_t *stack = mem_array(d->p->n + 1, sizeof(*stack));
	size_t n = 0;

	if (!stack)
		return err_nomem(err);
	for (size_t i = 0; i < d->p->n; i++)
		if (d->marks[i])
			stack[n++] = i;
	while (n) {
		size_t stage = stack[--n];

		reach(d, d->g->need_at, d->g->need, stage, stack, &n);
		if (d->flags & DVER_DAG_FULL)
			reach(d, d->g->user_at, d->g->user, stage, stack, &n);
	}
	return 0;
}

static int add_need(struct dag *d, size_t id, struct dver_err *err)
{
	if (!mem_grow(&d->needs, &d->needs_cap, d->nneeds + 1,
		      sizeof(*d->needs)))
		return err_nomem(err);
	d->needs[d->nneeds++] = id;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void sort_needs(struct dag *d)
{
	size_t kept = 0;

	if (d->nneeds)
		qsort(d->needs, d->nneeds, sizeof(*d->needs), by_id);
	for (size_t i = 0; i < d->nneeds; i++)
		if (!kept || d->needs[kept - 1] != d->needs[i])
			d->needs[kept++] = d->needs[i];
	d->nneeds = kept;
}

static int tell(struct dag *d, const char *name, enum dver_dag_kind kind,
		bool source, size_t *id)
{
	struct dver_dag_node node = { .name = name, .kind = kind,
				      .needs = d->needs,
				      .nneeds = source ? 0 : d->nneeds };

	*id = d->told++;
	return d->fn(d->fn_data, &node);
}

static int needs_data(struct dag *d, struct output *o, struct dver_err *err)
{
	size_t i = (size_t)(o - d->data.v);
	int r = 0;

	if (o->stage)
		return 0;
	if (d->data_id[i] == NOT_YET)
		r = tell(d, o->path, DVER_DAG_DATA, true, &d->data_id[i]);
	return r ? r : add_need(d, d->data_id[i], err);
}

/* What has to do with a path that a stage reads. */
static int reads(struct dag *d, const char *path, struct dver_err *err)
{
	struct output *o = outputs_holding(&d->data, path);
	const struct made *m;
	size_t n;
	int r = o ? needs_data(d, o, err) : 0;

	n = r ? 0 : outputs_below(&d->data, path, &o);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = needs_data(d, &o[i], err);
	if (r || !(d->flags & DVER_DAG_OUTS))
		return r;
	m = mades_holding(&d->made, path);
	if (m)
		r = add_need(d, d->made_id[m - d->made.v], err);
	m = mades_below(&d->made, path, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_need(d, d->made_id[&m[i] - d->made.v], err);
	return r;
}

static int tell_outs(struct dag *d, const struct stage *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		const char *path = s->outs[i].path;
		size_t at = (size_t)(mades_holding(&d->made, path) -
				     d->made.v);

		r = tell(d, path, DVER_DAG_OUT, false, &d->made_id[at]);
	}
	return r;
}

static int tell_stage(struct dag *d, size_t stage, struct dver_err *err)
{
	const struct stage *s = &d->p->v[stage];
	const struct graph *g = d->g;
	int r = 0;

	d->nneeds = 0;
	for (size_t i = 0; r == 0 && i < s->ndeps; i++)
		r = reads(d, s->deps[i].path, err);
	for (size_t i = 0; r == 0 && i < s->nparams; i++)
		r = reads(d, s->params[i].file, err);
	if (r == 0 && d->flags & DVER_DAG_OUTS) {
		sort_needs(d);
		return tell_outs(d, s);
	}
	for (size_t i = g->need_at[stage]; r == 0 && i < g->need_at[stage + 1];
	     i++)
		r = add_need(d, d->stage_id[g->need[i]], err);
	sort_needs(d);
	return r ? r : tell(d, s->address, DVER_DAG_STAGE, false,
			    &d->stage_id[stage]);
}

int dver_dag(struct dver_repo *repo, const char *const *targets, size_t n,
	     unsigned flags,
	     int (*fn)(void *data, const struct dver_dag_node *node),
	     void *data, struct dver_err *err)
{
	struct dag d = { .data = OUTPUTS_INIT, .flags = flags, .fn = fn,
			 .fn_data = data };
	int r = open_dag(&d, repo, err);

	if (r == 0 && n == 0)
		memset(d.marks, 1, d.p->n);
	if (r == 0 && n)
		r = targets_mark(d.p, repo, targets, n, d.marks, err);
	if (r == 0 && n)
		r = spread(&d, err);
	for (size_t i = 0; r == 0 && i < d.p->n; i++)
		if (d.marks[d.g->order[i]])
			r = tell_stage(&d, d.g->order[i], err);
	release(&d);
	return r;
}
