/*
 * plot_axis - round numbers and times along an axis, and how they are
 * written.
 *
 * Steps are 1, 2 or 5 times a power of ten.  What is written is exactly the
 * number: it is made from whole numbers, all of an axis with as many decimals
 * ("0.00", "0.25"), large ones with k, M, G or T ("1.5M"), very large and
 * very small ones as "1.5e-6".  Thread-safe.
 */
#ifndef PLOT_PLOT_AXIS_H
#define PLOT_PLOT_AXIS_H

#include "plot/plot.h"

#define PLOT_TICKS_MAX 26
#define PLOT_TICK_TEXT 40	/* bytes with the NUL */

struct buf;

struct plot_axis {
	double lo, hi;		/* lo < hi: the ends */
	size_t n;		/* ticks, at rising places from lo to hi */
	double at[PLOT_TICKS_MAX];
	char text[PLOT_TICKS_MAX][PLOT_TICK_TEXT];
	char zone[24];		/* of times: "UTC", "2026-11-25 UTC"; else "" */
};

enum plot_axis_flags {
	PLOT_AXIS_WHOLE = 1,	/* nothing but whole numbers: no step below 1 */
	PLOT_AXIS_GROW = 2	/* the ends are ticks too */
};

/* At most `want` steps (1 to 24), the more the closer. */
void plot_axis_numbers(struct plot_axis *a, struct plot_range r, size_t want,
		       unsigned flags);
/* The same of seconds since 1970; the flags are PLOT_AXIS_GROW. */
void plot_axis_times(struct plot_axis *a, struct plot_range r, size_t want,
		     unsigned flags);
/*
 * Places of labels, at most `want` of them, spread evenly: texts are cut at
 * `columns`.
 */
void plot_axis_words(struct plot_axis *a, const struct strvec *labels,
		     size_t want, size_t columns, bool ascii);
/*
 * What suits the x of a chart, texts of labels cut at `columns`: at most
 * about `want` steps.
 */
void plot_axis_x(struct plot_axis *a, const struct plot *p,
		 struct plot_range r, size_t want, size_t columns, bool ascii);
/* Append the name of the x axis; of times it says the zone. */
void plot_axis_name(struct buf *out, const struct plot_axis *a,
		    const struct plot *p, size_t columns, bool ascii);
/* Where on the axis something is, 0 being lo and 1 hi. */
double plot_axis_place(const struct plot_axis *a, double at);
/* Are all x of the chart whole numbers? */
bool plot_axis_whole(const struct plot *p);
/* The columns that the widest tick needs. */
size_t plot_axis_columns(const struct plot_axis *a);

#endif
