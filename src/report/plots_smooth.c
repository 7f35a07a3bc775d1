/*
 * plots_smooth - a line through a cloud: W. S. Cleveland, "Robust Locally
 * Weighted Regression and Smoothing Scatterplots", 1979.
 *
 * At each x a straight line is fitted to the nearest points, those near by
 * counting most; then again, points that lie far off counting less.
 */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_thin.h"
#include "report/plots.h"

#define BANDWIDTH 0.3	/* of all points, that each fit has */
#define ROUNDS 3
#define NOTHING 1e-12

struct smoothing {
	const struct plot_point *v;	/* by x, no gaps */
	size_t n, near;			/* points of a fit */
	double *fit, *trust, *off;	/* of each point */
};

static double tricube(double u)
{
	double c = 1 - u * u * u;

	return u < 1 ? c * c * c : 0;
}

/* The line at v[i], of the points from `first` on. */
static double fit_at(const struct smoothing *s, size_t i, size_t first)
{
	double x = s->v[i].x, w = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, det;
	double far = fmax(x - s->v[first].x,
			  s->v[first + s->near - 1].x - x);

	for (size_t k = first; k < first + s->near; k++) {
		double d = s->v[k].x - x, y = s->v[k].y;
		double u = s->trust[k] *
			   (far > 0 ? tricube(fabs(d) / far) : 1);

		w += u;
		sx += u * d;
		sy += u * y;
		sxx += u * d * d;
		sxy += u * d * y;
	}
	if (!(w > 0))
		return s->v[i].y;
	det = w * sxx - sx * sx;
	/* All in one place: their mean. */
	if (det <= NOTHING * w * sxx)
		return sy / w;
	return (sy * sxx - sx * sxy) / det;
}

static void fit_all(const struct smoothing *s)
{
	size_t first = 0;

	for (size_t i = 0; i < s->n; i++) {
		while (first + s->near < s->n &&
		       s->v[first + s->near].x - s->v[i].x <
		       s->v[i].x - s->v[first].x)
			first++;
		s->fit[i] = fit_at(s, i, first);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Trust points less the farther they are off; false: none is. */
static bool weigh(const struct smoothing *s)
{
	double median;

	for (size_t i = 0; i < s->n; i++)
		s->off[i] = fabs(s->v[i].y - s->fit[i]);
	qsort(s->off, s->n, sizeof(*s->off), by_size);
	median = s->off[s->n / 2];
	if (s->n % 2 == 0)
		median = (median + s->off[s->n / 2 - 1]) / 2;
	if (median < NOTHING)
		return false;
	for (size_t i = 0; i < s->n; i++) {
		double r = fabs(s->v[i].y - s->fit[i]) / (6 * median);

		s->trust[i] = r < 1 ? (1 - r * r) * (1 - r * r) : NOTHING;
	}
	return true;
}

static int smooth(const struct smoothing *s, struct plot_series *to,
		  struct dver_err *err)
{
	AUTO_PLOT_THIN struct plot_thin *t = NULL;
	struct plot_point *v = NULL;
	size_t n = 0;
	int r = plot_thin_new(&t, false, DVER_PLOTS_POINTS, err);

	for (size_t i = 0; i < s->n; i++)
		s->trust[i] = 1;
	for (int round = 0; round < ROUNDS; round++) {
		fit_all(s);
		if (round + 1 < ROUNDS && !weigh(s))
			break;
	}
	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = plot_thin_add(t, (struct plot_point){ s->v[i].x,
							  s->fit[i] }, err);
	if (r < 0)
		return r;
	to->thinned |= plot_thin_many(t);
	r = plot_thin_finish(t, &v, &n, err);
	if (r < 0)
		return r;
	free(to->v);
	to->v = v;
	to->n = n;
	return 0;
}

int plots_smooth(struct plot_series *to, struct dver_err *err)
{
	AUTO_FREE double *room = mem_array(to->n * 3 + 1, sizeof(*room));
	struct smoothing s = { .v = to->v };
	size_t n = 0;

	if (!room)
		return err_nomem(err);
	for (size_t i = 0; i < to->n; i++)
		if (!isnan(to->v[i].y))
			to->v[n++] = to->v[i];
	to->n = s.n = n;
	if (n < 3)
		return 0;
	s.near = MAX((size_t)(BANDWIDTH * (double)n), (size_t)2);
	s.fit = room;
	s.trust = room + n;
	s.off = room + 2 * n;
	return smooth(&s, to, err);
}
