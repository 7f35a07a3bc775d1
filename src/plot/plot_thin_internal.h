/*
 * plot_thin_internal - inside of plot_thin: the two ways to thin, used once
 * there are more points than were asked for.
 */
#ifndef PLOT_PLOT_THIN_INTERNAL_H
#define PLOT_PLOT_THIN_INTERNAL_H

#include "plot/plot_thin.h"

/* A line's stretches. */
struct plot_line;
struct plot_line *plot_line_new(size_t max);	/* NULL: out of memory */
void plot_line_free(struct plot_line *l);
void plot_line_add(struct plot_line *l, struct plot_point p);
void plot_line_cut(struct plot_line *l, double x);
/* Up to the `max` of plot_line_new(); returns how many. */
size_t plot_line_points(const struct plot_line *l, struct plot_point *out);

/* A cloud's cells; they are as large as these points ask for. */
struct plot_cloud;
struct plot_cloud *plot_cloud_new(size_t max, const struct plot_point *v,
				  size_t n);
void plot_cloud_free(struct plot_cloud *c);
void plot_cloud_add(struct plot_cloud *c, struct plot_point p);
void plot_cloud_cut(struct plot_cloud *c, double x);
size_t plot_cloud_points(const struct plot_cloud *c, struct plot_point *out);

#endif
