/*
 * vega - a chart as a specification of Vega-Lite 6.
 *
 * The chart's template (vega_template.h) is filled with its points.  What
 * comes out is one JSON object that stands for itself; there is no "<" in it,
 * so that it may stand in a script of HTML, and nothing in it is loaded from
 * elsewhere.  For who shows it:
 *
 * - `width` and `height` are numbers; charts without `facet` may be told
 *   "width": "container" instead.
 * - Colours of series are `config.range.category`; put others there
 *   for a dark ground.
 * - Selections are called "grid" (zoom and pan, a double click ends them),
 *   "hover", and "shown" and "shown2" (what the legends toggle).
 *
 * Rows of data have the columns of x and y by their names, and `rev`,
 * `filename` and `field` (the column).  If the chart is of several columns, y
 * is called "value".  A matrix has `count`, how often the pair stands in the
 * file, and perhaps `share`.  In names " ' and \ are other signs, since
 * Vega-Lite makes expressions of them.
 */
#ifndef REPORT_VEGA_H
#define REPORT_VEGA_H

#include <stddef.h>

struct buf;
struct dver_err;
struct dver_plots;

/* Append the specification of a chart.  DVER_EUNSUPPORTED: these are images. */
int vega_spec(struct buf *out, const struct dver_plots *p, size_t plot,
	      struct dver_err *err);

#endif
