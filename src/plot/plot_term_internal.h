/*
 * plot_term_internal - inside of plot_term.
 */
#ifndef PLOT_PLOT_TERM_INTERNAL_H
#define PLOT_PLOT_TERM_INTERNAL_H

#include "plot/plot_axis.h"
#include "plot/plot_term.h"
#include "plot/plot_text.h"

struct plot_term {
	struct buf *out;
	const struct plot *p;
	size_t width, height;
	bool ascii, colour;
	bool own;		/* no two series have the same colour */
	size_t column;		/* in this line */
};

/* So many blanks up to a column. */
void plot_term_to(struct plot_term *t, size_t column);
/* Text of one's own, as wide as it is. */
void plot_term_put(struct plot_term *t, const char *text);
/* A name, cleaned and cut. */
void plot_term_name(struct plot_term *t, const char *name, size_t columns);
/* Begin the colour of a series, where there are colours; end it. */
void plot_term_colour(struct plot_term *t, size_t series);
void plot_term_plain(struct plot_term *t);
void plot_term_end(struct plot_term *t);	/* of the line */
/* The mark of a series in one cell. */
const char *plot_term_mark(const struct plot_term *t, size_t series);
/* Is a series told by its mark? */
bool plot_term_marked(const struct plot_term *t);

/* Title and names of the series; returns how many lines. */
size_t plot_term_head(struct plot_term *t);
/* The line that says which values are not finite, if any are. */
void plot_term_odd(struct plot_term *t);
int plot_term_lines(struct plot_term *t, struct dver_err *err);
void plot_term_bars(struct plot_term *t);
void plot_term_matrix(struct plot_term *t);

#endif
