/*
 * plot_svg - a chart as a picture: SVG 1.1 with a style of its own, no
 * scripts, no ids, nothing loaded from anywhere, so that it can stand in a
 * file or, several of them, in a page.
 *
 * Eight colours that people with any colour vision tell apart (after M. Okabe
 * and K. Ito, "Color Universal Design", 2008), with dashes or other marks
 * where these are not enough, as the looks of series say; light or dark as
 * the reader's system is (prefers-color-scheme).  Points that are few enough
 * say their values when pointed at, lines their name.  Names may be anything:
 * they are cleaned, cut and escaped.
 *
 * A chart without points is a frame that says so.  Thread-safe.
 */
#ifndef PLOT_PLOT_SVG_H
#define PLOT_PLOT_SVG_H

#include "base/buf.h"
#include "plot/plot.h"

struct dver_err;

extern const char *const plot_svg_colours[PLOT_COLOURS];	/* "#005fb1" */

struct plot_svg_opts {
	unsigned width;		/* 0: 720 px; from 240 to 4096 */
	unsigned height;	/* 0: 380; more for many names or bars */
};

/* Append <svg>...</svg>; `opts` NULL: all zero. */
int plot_svg(struct buf *out, const struct plot *p,
	     const struct plot_svg_opts *opts, struct dver_err *err);

#endif
