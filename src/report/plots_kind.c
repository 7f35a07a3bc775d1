/*
 * plots_kind - what the names of templates mean.
 */
#include "base/err.h"
#include "base/mem.h"
#include "report/plots.h"

#define NOT_YET(name) { name, PLOT_LINE, false, "template '" name "' is not " \
			"drawn yet" }

int plots_template(struct plots_chart *c, const char *name, const char **why)
{
	static const struct {
		const char *name;
		enum plot_kind kind;
		bool sorted;
		const char *why;
	} all[] = {
		{ "linear", PLOT_LINE, false, NULL },
		{ "simple", PLOT_LINE, false, NULL },
		{ "default", PLOT_LINE, false, NULL },
		{ "scatter", PLOT_SCATTER, false, NULL },
		{ "bar_horizontal", PLOT_BAR, false, NULL },
		{ "bar_horizontal_sorted", PLOT_BAR, true, NULL },
		NOT_YET("scatter_jitter"), NOT_YET("smooth"),
		NOT_YET("confusion"), NOT_YET("confusion_normalized"),
	};
	static const enum dver_plot_kind kinds[] = {
		[PLOT_LINE] = DVER_PLOT_LINES,
		[PLOT_SCATTER] = DVER_PLOT_POINTS,
		[PLOT_BAR] = DVER_PLOT_BARS };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!streq(all[i].name, name))
			continue;
		plot_init(&c->chart, all[i].kind);
		c->pub.kind = kinds[all[i].kind];
		c->sorted = all[i].sorted;
		*why = all[i].why;
		return all[i].why ? 0 : 1;
	}
	plot_init(&c->chart, PLOT_LINE);
	c->pub.kind = DVER_PLOT_LINES;
	*why = "there is no such template here: linear, simple, scatter, "
	       "bar_horizontal and bar_horizontal_sorted are drawn";
	return 0;
}

struct rank { size_t was; double value; bool any; };

static int by_length(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->any != y->any)
		return y->any - x->any;
	if (x->any && (x->value > y->value || x->value < y->value))
		return x->value < y->value ? 1 : -1;
	return (x->was > y->was) - (x->was < y->was);
}

/* How long the bars of a label are: the longest counts. */
static void measure(const struct plot *p, struct rank *v)
{
	for (size_t k = 0; k < p->labels.n; k++) {
		v[k].was = k;
		for (size_t i = 0; i < p->n; i++) {
			double y;

			if (!plot_bar(&p->v[i], k, &y))
				continue;
			if (!v[k].any || y > v[k].value)
				v[k].value = y;
			v[k].any = true;
		}
	}
}

int plots_sort(struct plots_chart *c, struct dver_err *err)
{
	struct plot *p = &c->chart;
	size_t n = p->labels.n;
	AUTO_FREE struct rank *v = calloc(n + 1, sizeof(*v));
	AUTO_FREE size_t *to = mem_array(n + 1, sizeof(*to));
	AUTO_FREE char **labels = mem_array(n + 1, sizeof(*labels));

	if (!v || !to || !labels)
		return err_nomem(err);
	if (!c->sorted || !n)
		return 0;
	measure(p, v);
	qsort(v, n, sizeof(*v), by_length);
	for (size_t k = 0; k < n; k++) {
		to[v[k].was] = k;
		labels[k] = p->labels.v[v[k].was];
	}
	memcpy(p->labels.v, labels, n * sizeof(*labels));
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->v[i].n; k++)
			p->v[i].v[k].x = (double)to[(size_t)p->v[i].v[k].x];
	return 0;
}
