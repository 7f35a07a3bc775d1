/*
 * plot_term_lines - lines and points between two axes.
 *
 * As many rows are taken as put each tick of y into the middle of a row, all
 * as far apart: what is drawn at a tick's height is beside its text.
 */
#include <math.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_canvas.h"
#include "plot/plot_term_internal.h"

#define ROWS_MIN 3
#define MANY 4		/* series */
#define JITTER 2.0	/* dots */

struct frame {
	struct plot_axis x, y;
	size_t left;		/* columns before the first cell */
	size_t cols, rows;
	size_t apart;		/* rows from tick to tick */
	bool empty;
};

/* How good it is to have these ticks in so many rows, `apart` of them. */
static double worth(const struct plot_axis *a, struct plot_range r,
		    size_t rows, size_t apart)
{
	double filled = (r.hi - r.lo) / (a->hi - a->lo);

	/* Rows with points count, and that ticks are not close, nor few. */
	return (double)rows * (filled > 0 ? filled : 1) *
	       (apart < 3 || apart > 6 ? 0.85 : 1);
}

/* The ticks of y that use the room best, two rows apart or more. */
static void y_axis(struct frame *f, struct plot_range r, size_t room)
{
	size_t best = 1;
	double most = 0;

	for (size_t want = 1; want <= 24 && 2 * want < room; want++) {
		size_t apart, steps;
		double w;

		plot_axis_numbers(&f->y, r, want, PLOT_AXIS_GROW);
		steps = f->y.n - 1;
		apart = (room - 1) / steps;
		if (apart < 2)
			continue;
		w = worth(&f->y, r, apart * steps + 1, apart);
		if (w > most) {
			most = w;
			best = want;
		}
	}
	plot_axis_numbers(&f->y, r, best, PLOT_AXIS_GROW);
	f->apart = MAX((room - 1) / (f->y.n - 1), (size_t)1);
	f->rows = f->apart * (f->y.n - 1) + 1;
}

static size_t tick_column(const struct frame *f, size_t i)
{
	return (size_t)lround(plot_axis_place(&f->x, f->x.at[i]) *
			      (double)(f->cols - 1));
}

/* Where a tick's text begins, in the middle below it if there is room. */
static size_t text_column(const struct plot_term *t, const struct frame *f,
			  size_t i)
{
	size_t width = utf8_width(f->x.text[i], strlen(f->x.text[i]));
	size_t at = f->left + tick_column(f, i);

	at = at > width / 2 ? at - width / 2 : 0;
	return MIN(at, t->width > width ? t->width - width : 0);
}

static bool apart(const struct plot_term *t, const struct frame *f)
{
	size_t end = 0;

	for (size_t i = 0; i < f->x.n; i++) {
		size_t at = text_column(t, f, i);

		if (i > 0 && at < end + 2)
			return false;
		end = at + utf8_width(f->x.text[i], strlen(f->x.text[i]));
	}
	return end <= t->width;
}

static void x_axis(const struct plot_term *t, struct frame *f,
		   struct plot_range r)
{
	for (size_t want = MIN(t->width / 8 + 1, (size_t)24);; want--) {
		plot_axis_x(&f->x, t->p, r, want, 12, t->ascii);
		if (want == 1 || apart(t, f))
			return;
	}
}

static void place(const struct frame *f, const struct plot_canvas *c,
		  struct plot_point p, int *x, int *y)
{
	double px = plot_axis_place(&f->x, p.x) * (double)(f->cols - 1);
	double py = plot_axis_place(&f->y, p.y) * (double)(f->rows - 1);

	*x = (int)lround(px * c->dx + (c->dx - 1) / 2.0);
	*y = (int)lround(((double)(f->rows - 1) - py) * c->dy +
			 (c->dy - 1) / 2.0);
}

/* A little off, but on the canvas. */
static int aside(int at, int size, double by)
{
	int v = at + (int)lround(JITTER * by);

	return MAX(0, MIN(v, size - 1));
}

static void draw(struct plot_canvas *c, const struct plot *p,
		 const struct frame *f)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct plot_series *s = &p->v[i];
		bool pen = false;
		int x0 = 0, y0 = 0, x, y;

		for (size_t k = 0; k < s->n; k++) {
			if (isnan(s->v[k].y)) {
				pen = false;
				continue;
			}
			place(f, c, s->v[k], &x, &y);
			x = aside(x, (int)c->cols * c->dx,
				  plot_jitter(p, k, true));
			y = aside(y, (int)c->rows * c->dy,
				  plot_jitter(p, k, false));
			if (pen && p->kind == PLOT_LINE)
				plot_canvas_line(c, x0, y0, x, y, (unsigned)i);
			else
				plot_canvas_dot(c, x, y, (unsigned)i);
			x0 = x;
			y0 = y;
			pen = true;
		}
	}
}

/* The cells of a row; colour changes only where the series does. */
static void cells(struct plot_term *t, const struct plot_canvas *c, size_t row)
{
	unsigned colour = 0;

	for (size_t i = 0; i < c->cols; i++) {
		uint8_t dots = c->dots[row * c->cols + i];
		uint8_t who = c->who[row * c->cols + i];
		char braille[4] = { '\xe2', (char)(0xa0 | dots >> 6),
				    (char)(0x80 | (dots & 0x3f)), '\0' };

		if (who != colour && colour)
			plot_term_plain(t);
		if (who != colour && who)
			plot_term_colour(t, who - 1u);
		colour = who;
		plot_term_put(t, !dots ? " " : plot_term_marked(t)
				 ? plot_term_mark(t, who - 1u) : braille);
	}
	if (colour)
		plot_term_plain(t);
}

static void rows(struct plot_term *t, const struct frame *f,
		 const struct plot_canvas *c)
{
	static const char none[] = "no data";

	for (size_t row = 0; row < f->rows; row++) {
		bool tick = row % f->apart == 0;
		const char *text = tick ? f->y.text[f->y.n - 1 -
						    row / f->apart] : "";

		plot_term_to(t, f->left - 2 - strlen(text));
		plot_term_put(t, text);
		plot_term_put(t, t->ascii ? (tick ? " +" : " |")
			      : tick ? " \xe2\x94\xa4" : " \xe2\x94\x82");
		if (f->empty && row == f->rows / 2) {
			plot_term_to(t, f->left + (f->cols - strlen(none)) / 2);
			plot_term_put(t, none);
		} else {
			cells(t, c, row);
		}
		plot_term_end(t);
	}
}

static void below(struct plot_term *t, const struct frame *f)
{
	size_t i = 0;

	plot_term_to(t, f->left - 1);
	plot_term_put(t, t->ascii ? "+" : "\xe2\x94\x94");
	for (size_t col = 0; col < f->cols; col++) {
		bool tick = i < f->x.n && tick_column(f, i) == col;

		i += tick;
		plot_term_put(t, t->ascii ? (tick ? "+" : "-")
			      : tick ? "\xe2\x94\xac" : "\xe2\x94\x80");
	}
	plot_term_end(t);
	for (i = 0; i < f->x.n; i++) {
		plot_term_to(t, text_column(t, f, i));
		plot_term_put(t, f->x.text[i]);
	}
	plot_term_end(t);
}

/* The name of x in the middle, and at the right what is left out. */
static void foot(struct plot_term *t, const struct frame *f)
{
	AUTO_BUF struct buf note = BUF_BIG, name = BUF_BIG;
	size_t room = t->width, at = f->left;

	plot_note_points(&note, t->p);
	if (note.len > 0)
		room -= MIN(note.len + 2, room);
	plot_axis_name(&name, &f->x, t->p, MIN(room, t->width - at),
		       t->ascii);
	room = utf8_width(name.data, name.len);
	at += f->cols > room ? (f->cols - room) / 2 : 0;
	if (note.len > 0 && at + room + 2 + note.len > t->width)
		at = t->width > room + 2 + note.len
			? t->width - room - 2 - note.len : 0;
	plot_term_to(t, at);
	plot_term_put(t, name.data);
	if (note.len > 0 && note.len < t->width) {
		plot_term_to(t, t->width - note.len);
		plot_term_put(t, note.data);
	}
	if (t->column > 0)
		plot_term_end(t);
}

int plot_term_lines(struct plot_term *t, struct dver_err *err)
{
	struct plot_range x = { 0, 1 }, y = { 0, 1 };
	size_t used = plot_term_head(t), room;
	AUTO_BUF struct buf note = BUF_BIG, odd = BUF_BIG;
	AUTO_PLOT_CANVAS struct plot_canvas c = { .cols = 0 };
	struct frame f = { .empty = !plot_ranges(t->p, false, &x, &y) };

	if (t->p->y_label) {
		plot_term_name(t, t->p->y_label, t->width);
		plot_term_end(t);
		used++;
	}
	plot_note_points(&note, t->p);
	used += t->p->x_label || t->p->x_kind == PLOT_X_TIMES ||
		note.len > 0 ? 3 : 2;
	plot_note_odd(&odd, t->p);
	used += odd.len > 0;
	room = t->height > used + ROWS_MIN ? t->height - used : ROWS_MIN;
	/* Many names take lines of their own, but for half of them. */
	y_axis(&f, y, t->p->n > MANY ? MAX(room, t->height / 2) : room);
	f.left = plot_axis_columns(&f.y) + 2;
	f.cols = t->width > f.left + 8 ? t->width - f.left : 8;
	x_axis(t, &f, x);
	if (!plot_canvas_init(&c, f.cols, f.rows, !plot_term_marked(t)))
		return err_nomem(err);
	draw(&c, t->p, &f);
	rows(t, &f, &c);
	below(t, &f);
	foot(t, &f);
	plot_term_odd(t);
	return 0;
}
