/*
 * plot_thin - a few points that look like many, as they come: bounded memory
 * for any number of points.
 *
 * Lines keep, of each of a few hundred stretches of equal length, the first,
 * the last, the lowest and the highest point (U. Jugel et al., "M4: A
 * Visualization-Oriented Time Series Data Aggregation", VLDB 2014): every
 * peak keeps its height, and drawn no wider than there are stretches the
 * picture is the same.  The number of points is not known before, so the
 * stretches grow: when all are full, two and two become one.
 *
 * Clouds keep one point of each cell of a grid that has points, the first:
 * what lies apart stays, what lies on top of another goes.  The cells grow.
 *
 * One thread per struct plot_thin.
 */
#ifndef PLOT_PLOT_THIN_H
#define PLOT_PLOT_THIN_H

#include <stdbool.h>
#include <stddef.h>

#include "plot/plot.h"

struct dver_err;
struct plot_thin;

#define PLOT_THIN_MIN 16	/* the least that can be asked for */

/* At most `max` points (PLOT_THIN_MIN at least); none is lost up to that. */
int plot_thin_new(struct plot_thin **out, bool cloud, size_t max,
		  struct dver_err *err);
void plot_thin_free(struct plot_thin *t);	/* NULL is fine */
static inline void plot_thin_freep(struct plot_thin **t)
{
	plot_thin_free(*t);
}
#define AUTO_PLOT_THIN __attribute__((cleanup(plot_thin_freep)))

/*
 * The next point.  A y that is NaN or infinite is a gap, of which a cloud
 * has none; inside a stretch that has points before and behind it a gap is
 * too short to be seen.  x is finite.
 */
int plot_thin_add(struct plot_thin *t, struct plot_point p,
		  struct dver_err *err);
/* Were there more than `max`? */
bool plot_thin_many(const struct plot_thin *t);
/* Forget the points from this x on: they are of a run that was given up. */
void plot_thin_cut(struct plot_thin *t, double x);
/*
 * What is left, the caller's.  A line is ordered by x, points of the same x
 * as they came; a cloud is as it came.  t is of no more use.
 */
int plot_thin_finish(struct plot_thin *t, struct plot_point **out, size_t *n,
		     struct dver_err *err);

#endif
