/*
 * plots_kind - what the names of templates mean.
 */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "report/plots.h"

bool plots_kind(struct plots_chart *c, const char *name)
{
	static const struct {
		const char *name;
		enum plot_kind kind;
		bool special;	/* lines: smooth; points: jittered; bars:
				   sorted; a matrix: normalized */
	} all[] = {
		{ "linear", PLOT_LINE, false },
		{ "simple", PLOT_LINE, false },
		{ "default", PLOT_LINE, false },
		{ "smooth", PLOT_LINE, true },
		{ "scatter", PLOT_SCATTER, false },
		{ "scatter_jitter", PLOT_SCATTER, true },
		{ "bar_horizontal", PLOT_BAR, false },
		{ "bar_horizontal_sorted", PLOT_BAR, true },
		{ "confusion", PLOT_MATRIX, false },
		{ "confusion_normalized", PLOT_MATRIX, true },
	};
	static const enum dver_plot_kind kinds[] = {
		[PLOT_LINE] = DVER_PLOT_LINES,
		[PLOT_SCATTER] = DVER_PLOT_POINTS,
		[PLOT_BAR] = DVER_PLOT_BARS,
		[PLOT_MATRIX] = DVER_PLOT_MATRIX };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!streq(all[i].name, name))
			continue;
		plot_init(&c->chart, all[i].kind);
		c->pub.kind = kinds[all[i].kind];
		c->smooth = all[i].special && all[i].kind == PLOT_LINE;
		c->sorted = all[i].special && all[i].kind == PLOT_BAR;
		c->shares = all[i].special && all[i].kind == PLOT_MATRIX;
		c->chart.jitter = all[i].special &&
				  all[i].kind == PLOT_SCATTER;
		return true;
	}
	plot_init(&c->chart, PLOT_LINE);
	c->pub.kind = DVER_PLOT_LINES;
	return false;
}

struct rank { size_t was; double value; bool any; const char *text; };

static int by_length(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->any != y->any)
		return y->any - x->any;
	if (x->any && (x->value > y->value || x->value < y->value))
		return x->value < y->value ? 1 : -1;
	return (x->was > y->was) - (x->was < y->was);
}

/* Numbers by what they are worth, before words. */
static int by_name(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->any != y->any)
		return y->any - x->any;
	if (x->any && (x->value > y->value || x->value < y->value))
		return x->value > y->value ? 1 : -1;
	return strcmp(x->text, y->text);
}

/* How long the bars of a label are: the longest counts. */
static void measure(const struct plot *p, struct rank *v)
{
	for (size_t k = 0; k < p->labels.n; k++)
		for (size_t i = 0; i < p->n; i++) {
			double y;

			if (!plot_bar(&p->v[i], k, &y))
				continue;
			if (!v[k].any || y > v[k].value)
				v[k].value = y;
			v[k].any = true;
		}
}

static void weigh(const struct plot *p, struct rank *v)
{
	for (size_t k = 0; k < p->labels.n; k++) {
		const char *text = p->labels.v[k];
		char *end;

		v[k].value = strtod(text, &end);
		v[k].any = *text && !*end && isfinite(v[k].value);
	}
}

struct place { struct plot_point at; double weight; };

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at.y > y->at.y || x->at.y < y->at.y)
		return x->at.y > y->at.y ? 1 : -1;
	return (x->at.x > y->at.x) - (x->at.x < y->at.x);
}

/* The points of a matrix, row by row again. */
static int order(struct plot_series *s, struct dver_err *err)
{
	AUTO_FREE struct place *v = mem_array(s->n + 1, sizeof(*v));

	if (!v)
		return err_nomem(err);
	for (size_t k = 0; k < s->n; k++) {
		v[k].at = s->v[k];
		v[k].weight = s->weight[k];
	}
	if (s->n)
		qsort(v, s->n, sizeof(*v), by_place);
	for (size_t k = 0; k < s->n; k++) {
		s->v[k] = v[k].at;
		s->weight[k] = v[k].weight;
	}
	return 0;
}

/* v has the labels in their new order. */
static int move(struct plot *p, const struct rank *v, struct dver_err *err)
{
	size_t n = p->labels.n;
	AUTO_FREE size_t *to = mem_array(n + 1, sizeof(*to));
	AUTO_FREE char **labels = mem_array(n + 1, sizeof(*labels));
	bool matrix = p->kind == PLOT_MATRIX;
	int r = 0;

	if (!to || !labels)
		return err_nomem(err);
	for (size_t k = 0; k < n; k++) {
		to[v[k].was] = k;
		labels[k] = p->labels.v[v[k].was];
	}
	memcpy(p->labels.v, labels, n * sizeof(*labels));
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		struct plot_series *s = &p->v[i];

		for (size_t k = 0; k < s->n; k++) {
			s->v[k].x = (double)to[(size_t)s->v[k].x];
			if (matrix)
				s->v[k].y = (double)to[(size_t)s->v[k].y];
		}
		r = matrix ? order(s, err) : 0;
	}
	return r;
}

int plots_finish(struct plots_chart *c, struct dver_err *err)
{
	struct plot *p = &c->chart;
	size_t n = p->labels.n;
	AUTO_FREE struct rank *v = calloc(n + 1, sizeof(*v));
	bool matrix = p->kind == PLOT_MATRIX;
	int r;

	if (!v)
		return err_nomem(err);
	if (!n || !(c->sorted || matrix))
		return 0;
	for (size_t k = 0; k < n; k++) {
		v[k].was = k;
		v[k].text = p->labels.v[k];
	}
	if (matrix)
		weigh(p, v);
	else
		measure(p, v);
	qsort(v, n, sizeof(*v), matrix ? by_name : by_length);
	r = move(p, v, err);
	if (r == 0 && c->shares)
		plot_normalize(p);
	return r;
}
