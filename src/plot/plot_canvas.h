/*
 * plot_canvas - dots in the cells of a terminal: eight in each as Braille has
 * them (U+2800 and on), or one, shown by a mark of the series.
 */
#ifndef PLOT_PLOT_CANVAS_H
#define PLOT_PLOT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plot_canvas {
	size_t cols, rows;	/* cells */
	int dx, dy;		/* dots in a cell: 2 and 4, or 1 and 1 */
	uint8_t *dots;		/* owned: of each cell, as in Braille */
	uint8_t *who;		/* owned: the series drawn last, plus 1 */
};

/* false: out of memory.  plot_canvas_release() in any case. */
bool plot_canvas_init(struct plot_canvas *c, size_t cols, size_t rows,
		      bool braille);
void plot_canvas_release(struct plot_canvas *c);
#define AUTO_PLOT_CANVAS __attribute__((cleanup(plot_canvas_release)))

/* In dots, from the top left; what is outside is left out. */
void plot_canvas_dot(struct plot_canvas *c, int x, int y, unsigned series);
void plot_canvas_line(struct plot_canvas *c, int x0, int y0, int x1, int y1,
		      unsigned series);

#endif
