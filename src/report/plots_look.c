/*
 * plots_look - colours of revisions, the same in all charts.
 *
 * A chart that lacks a revision would else give its colour to the next one.
 */
#include "base/err.h"
#include "base/path.h"
#include "report/plots.h"

static bool has(const struct dver_plots *p, const char *rev)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct plots_chart *c = &p->v[i];

		for (size_t k = 0; k < c->chart.n; k++)
			if (streq(c->series[k].rev, rev))
				return true;
		for (size_t k = 0; k < c->nimages; k++)
			if (streq(c->images[k].rev, rev))
				return true;
	}
	return false;
}

/* Is it the same of two revisions, or of one? */
static bool same_kind(const struct plots_chart *c, size_t a, size_t b)
{
	return streq(c->chart.v[a].column, c->chart.v[b].column) &&
	       streq(path_base(c->series[a].path),
		     path_base(c->series[b].path));
}

/* Fills `kinds`, one of each series; how many there are. */
static size_t count_kinds(const struct plots_chart *c,
			  size_t kinds[PLOT_SERIES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < c->chart.n; i++) {
		size_t k = 0;

		while (k < i && !same_kind(c, k, i))
			k++;
		kinds[i] = k < i ? kinds[k] : n++;
	}
	return n;
}

static void set_looks(const struct dver_plots *p, struct plots_chart *c)
{
	size_t kinds[PLOT_SERIES_MAX];
	bool both = count_kinds(c, kinds) > 1;

	for (size_t i = 0; i < c->chart.n; i++) {
		struct plot_look *look = &c->chart.v[i].look;
		size_t rev = 0;

		while (!streq(p->revs.v[rev], c->series[i].rev))
			rev++;
		*look = plot_look(rev);
		if (both) {
			look->dash = (uint8_t)(kinds[i] % PLOT_DASHES);
			look->mark = plot_look(kinds[i]).mark;
		}
	}
}

int plots_look(struct dver_plots *p, const struct revs *revs,
	       struct dver_err *err)
{
	for (size_t i = 0; i < revs->n; i++)
		if (has(p, revs->v[i].name) &&
		    !strvec_has(&p->revs, revs->v[i].name) &&
		    !strvec_push(&p->revs, revs->v[i].name))
			return err_nomem(err);
	/* Of one revision series are told apart as they come. */
	for (size_t i = 0; p->revs.n > 1 && i < p->n; i++)
		set_looks(p, &p->v[i]);
	return 0;
}
