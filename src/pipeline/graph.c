#include "pipeline/graph.h"

#include "base/err.h"
#include "pipeline/graph_outs.h"

struct edge { size_t user, need; };

struct making {
	struct graph *g;
	struct mades made;
	struct edge *v;		/* owned */
	size_t n, cap;
};

void graph_free(struct graph *g)
{
	if (!g)
		return;
	free(g->order);
	free(g->need_at);
	free(g->need);
	free(g->user_at);
	free(g->user);
	free(g);
}

static int add_edge(struct making *m, size_t user, size_t need,
		    struct dver_err *err)
{
	if (!mem_grow(&m->v, &m->cap, m->n + 1, sizeof(*m->v)))
		return err_nomem(err);
	m->v[m->n++] = (struct edge){ user, need };
	return 0;
}

static int reads(struct making *m, size_t user, const char *path,
		 struct dver_err *err)
{
	const struct made *x = mades_holding(&m->made, path);
	size_t n;
	int r = x ? add_edge(m, user, x->stage, err) : 0;

	x = mades_below(&m->made, path, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_edge(m, user, x[i].stage, err);
	return r;
}

static int add_edges(struct making *m, struct dver_err *err)
{
	const struct pipeline *p = m->g->p;
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct stage *s = &p->v[i];

		for (size_t j = 0; r == 0 && j < s->ndeps; j++)
			r = reads(m, i, s->deps[j].path, err);
		for (size_t j = 0; r == 0 && j < s->nparams; j++)
			r = reads(m, i, s->params[j].file, err);
	}
	return r;
}

static int by_user(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	return (x->need > y->need) - (x->need < y->need);
}

/* The edges of each `from` side by side: at[i] is where those of i begin. */
static int index_edges(struct making *m, size_t **at, size_t **to,
		       struct dver_err *err)
{
	size_t n = m->g->p->n, k = 0;

	*at = mem_array(n + 2, sizeof(**at));
	*to = mem_array(m->n + 1, sizeof(**to));
	if (!*at || !*to)
		return err_nomem(err);
	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), by_user);
	for (size_t i = 0, e = 0; i < n; i++) {
		(*at)[i] = k;
		for (; e < m->n && m->v[e].user == i; e++)
			if (k == (*at)[i] || (*to)[k - 1] != m->v[e].need)
				(*to)[k++] = m->v[e].need;
	}
	(*at)[n] = k;
	return 0;
}

static void turn_edges(struct making *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->v[i] = (struct edge){ m->v[i].need, m->v[i].user };
}

enum { NEW, OPEN, DONE };

/* A stage that is being visited, and the next of its needs to look at. */
struct visit { size_t stage, next; };

/* v[from] to v[n - 1] need each the next, and the last the first. */
static int say_cycle(const struct graph *g, const struct visit *v, size_t from,
		     size_t n, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(700);
	const struct stage *first = &g->p->v[v[from].stage];

	if (n - from == 1)
		return err_set(err, DVER_EINVAL, "%s:%u: stage '%s' reads its "
			       "own output", first->file, first->line,
			       first->address);
	for (size_t i = from; i < n && buf_ok(&b); i++)
		buf_addf(&b, "'%s' needs ", g->p->v[v[i].stage].address);
	buf_addf(&b, "'%s'", first->address);
	return err_set(err, DVER_EINVAL, "%s:%u: stages need each other: %s%s",
		       first->file, first->line, b.data,
		       buf_ok(&b) ? "" : "...");
}

static int visit(struct graph *g, size_t start, unsigned char *state,
		 struct visit *stack, size_t *done, struct dver_err *err)
{
	size_t n = 0;

	stack[n++] = (struct visit){ start, g->need_at[start] };
	state[start] = OPEN;
	while (n) {
		struct visit *top = &stack[n - 1];
		size_t need;

		if (top->next == g->need_at[top->stage + 1]) {
			state[top->stage] = DONE;
			g->order[(*done)++] = top->stage;
			n--;
			continue;
		}
		need = g->need[top->next++];
		if (state[need] == OPEN) {
			size_t from = n - 1;

			while (stack[from].stage != need)
				from--;
			return say_cycle(g, stack, from, n, err);
		}
		if (state[need] == NEW) {
			state[need] = OPEN;
			stack[n++] = (struct visit){ need, g->need_at[need] };
		}
	}
	return 0;
}

static int sort(struct graph *g, struct dver_err *err)
{
	size_t n = g->p->n, done = 0;
	AUTO_FREE unsigned char *state = mem_array(n + 1, 1);
	AUTO_FREE struct visit *stack = mem_array(n + 1, sizeof(*stack));
	int r = 0;

	g->order = mem_array(n + 1, sizeof(*g->order));
	if (!state || !stack || !g->order)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (state[i] == NEW)
			r = visit(g, i, state, stack, &done, err);
	return r;
}

int graph_new(struct graph **out, const struct pipeline *p,
	      struct dver_err *err)
{
	AUTO_GRAPH struct graph *g = calloc(1, sizeof(*g));
	struct making m = { .g = g };
	int r;

	if (!g)
		return err_nomem(err);
	g->p = p;
	r = mades_gather(&m.made, p, err);
	if (r == 0)
		r = add_edges(&m, err);
	if (r == 0)
		r = index_edges(&m, &g->need_at, &g->need, err);
	turn_edges(&m);
	if (r == 0)
		r = index_edges(&m, &g->user_at, &g->user, err);
	if (r == 0)
		r = sort(g, err);
	free(m.v);
	mades_release(&m.made);
	if (r == 0)
		*out = TAKE(g);
	return r;
}

void graph_mark_needed(const struct graph *g, unsigned char *marks)
{
	for (size_t i = g->p->n; i-- > 0;) {
		size_t s = g->order[i];

		if (!marks[s] || g->p->v[s].frozen)
			continue;
		for (size_t j = g->need_at[s]; j < g->need_at[s + 1]; j++)
			marks[g->need[j]] = 1;
	}
}

void graph_mark_users(const struct graph *g, unsigned char *marks)
{
	for (size_t i = 0; i < g->p->n; i++) {
		size_t s = g->order[i];

		for (size_t j = g->user_at[s]; marks[s] && j <
		     g->user_at[s + 1]; j++)
			marks[g->user[j]] = 1;
	}
}
