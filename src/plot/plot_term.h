/*
 * plot_term - a chart as lines of text, for terminals.
 *
 * Lines and points are Braille dots, eight in a cell; bars are blocks.
 * Several series are told apart by colour or, without colour, drawn with a
 * mark each, a cell wide.  With `ascii` nothing but ASCII is written.  Each
 * line ends in a newline, is no wider than asked for and has no blanks at its
 * end.  Names are cleaned: no byte of them reaches the terminal as a command.
 * Thread-safe.
 */
#ifndef PLOT_PLOT_TERM_H
#define PLOT_PLOT_TERM_H

#include <stdbool.h>

#include "base/buf.h"
#include "plot/plot.h"

struct dver_err;

struct plot_term_opts {
	unsigned width;		/* columns, 0: 80; from 24 to 500 */
	unsigned height;	/* lines in all, 0: 20; from 8 to 200 */
	bool ascii;
	bool colour;		/* escape sequences of 256 colours */
};

/*
 * Append the chart.  `height` is for lines and points: bars have a line each,
 * and many names take more.  `opts` NULL: all zero.
 */
int plot_term(struct buf *out, const struct plot *p,
	      const struct plot_term_opts *opts, struct dver_err *err);

#endif
