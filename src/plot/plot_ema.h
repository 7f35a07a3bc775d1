/*
 * plot_ema - a line smoothed as TensorBoard smooths scalars: a moving average
 * in which each value counts `weight` times as much as the one after it.
 *
 *	last = weight * last + (1 - weight) * y
 *	shown = last / (1 - weight^n)		n: values so far
 *
 * The division takes out that `last` began at 0: the first value is shown as
 * it is.  What is not finite is shown as such and counts as no value, and a
 * line whose values are all the same is left alone
 * (https://github.com/tensorflow/tensorboard, classicSmoothing() of
 * tensorboard/webapp/widgets/line_chart_v2).
 *
 * Points are taken one by one, in the order of the file; memory is bounded.
 * One thread per struct plot_ema.
 */
#ifndef PLOT_PLOT_EMA_H
#define PLOT_PLOT_EMA_H

#include <stdbool.h>
#include <stddef.h>

#include "plot/plot.h"

struct plot_ema;

#define PLOT_EMA_KEPT 4096	/* points that plot_ema_cut() can go back */

/* 0 < weight < 1.  NULL: no memory. */
struct plot_ema *plot_ema_new(double weight);
void plot_ema_free(struct plot_ema *e);		/* NULL is fine */
/* What is shown at the next point. */
double plot_ema_next(struct plot_ema *e, struct plot_point p);
/*
 * Forget the points from this x on, which is the x of none before it: they
 * are of a run that was given up.  If they are more than PLOT_EMA_KEPT the
 * average begins anew.
 */
void plot_ema_cut(struct plot_ema *e, double x);
/* Were all values the same?  Then this one is to be shown, unrounded. */
bool plot_ema_constant(const struct plot_ema *e);
double plot_ema_first(const struct plot_ema *e);

#endif
