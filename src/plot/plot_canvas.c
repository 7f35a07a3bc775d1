#include "plot/plot_canvas.h"

#include "base/mem.h"

bool plot_canvas_init(struct plot_canvas *c, size_t cols, size_t rows,
		      bool braille)
{
	*c = (struct plot_canvas){
		.cols = cols, .rows = rows, .dx = braille ? 2 : 1,
		.dy = braille ? 4 : 1, .dots = mem_array(cols, rows),
		.who = mem_array(cols, rows)
	};
	return c->dots && c->who;
}

void plot_canvas_release(struct plot_canvas *c)
{
	free(c->dots);
	free(c->who);
}

void plot_canvas_dot(struct plot_canvas *c, int x, int y, unsigned series)
{
	/* The bit of each dot, rows from the top (Unicode, "Braille"). */
	static const uint8_t bits[4][2] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 },
	};
	size_t at;

	if (x < 0 || y < 0 || x >= (int)c->cols * c->dx ||
	    y >= (int)c->rows * c->dy)
		return;
	at = (size_t)(y / c->dy) * c->cols + (size_t)(x / c->dx);
	c->dots[at] |= bits[y % c->dy][x % c->dx];
	c->who[at] = (uint8_t)(series + 1);
}

/* J. E. Bresenham, "Algorithm for computer control of a digital plotter". */
void plot_canvas_line(struct plot_canvas *c, int x0, int y0, int x1, int y1,
		      unsigned series)
{
	int dx = abs(x1 - x0), dy = -abs(y1 - y0);
	int sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1;
	int error = dx + dy;

	for (;;) {
		int twice = 2 * error;

		plot_canvas_dot(c, x0, y0, series);
		if (x0 == x1 && y0 == y1)
			return;
		if (twice >= dy) {
			error += dy;
			x0 += sx;
		}
		if (twice <= dx) {
			error += dx;
			y0 += sy;
		}
	}
}
