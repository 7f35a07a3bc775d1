/*
 * plot_svg_internal - inside of plot_svg: its parts, and what they share.
 */
#ifndef PLOT_PLOT_SVG_INTERNAL_H
#define PLOT_PLOT_SVG_INTERNAL_H

#include "plot/plot_axis.h"
#include "plot/plot_svg.h"
#include "plot/plot_text.h"

#define PLOT_COLUMN 7.3		/* px that a column of text takes at most */
#define PLOT_EDGE 16		/* px around all */

struct plot_svg {
	struct buf *out;
	const struct plot *p;
	double width, height;
	double top, left, right, bottom;	/* of the part with points */
	struct plot_axis x, y;
	bool empty;
};

/* A number with one decimal at most. */
void plot_svg_put(struct buf *out, double v);
/* <text class=".." x=".." y="..">cleaned, at most so many columns</text> */
void plot_svg_text(struct plot_svg *s, const char *class_, double x, double y,
		   const char *text, size_t columns);
/* <line class=".." .../> */
void plot_svg_line(struct plot_svg *s, const char *class_, double x1,
		   double y1, double x2, double y2);
/* How a series looks, in the picture or the legend. */
void plot_svg_class(struct buf *out, const struct plot *p, size_t series);
/* One mark of a series as path data. */
void plot_svg_mark(struct buf *out, struct plot_look look, double x, double y);
/* The style of all charts. */
void plot_svg_style(struct buf *out);

/* Title and names of series from the top down to s->top. */
void plot_svg_head(struct plot_svg *s);
/* Lines, or marks. */
void plot_svg_points(struct plot_svg *s);
/* Bars with their axes; s->height is as many as they are. */
void plot_svg_bars(struct plot_svg *s);
void plot_svg_matrix(struct plot_svg *s);	/* the same of matrices */
/* A line more, at the bottom, where values are not finite. */
void plot_svg_odd(struct plot_svg *s);

#endif
