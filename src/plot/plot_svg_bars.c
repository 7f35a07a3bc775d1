/*
 * plot_svg_bars - a row for each label with a bar for each series: lying
 * bars leave room for labels of any length.
 */
#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_svg_internal.h"

#define LABEL_COLUMNS 28
#define ROW_GAP 10
#define VALUE_ROOM 56	/* px behind the longest bar */

static size_t rows(const struct plot_svg *s)
{
	return MIN(s->p->labels.n, (size_t)PLOT_BARS_MAX);
}

static double thickness(const struct plot_svg *s)
{
	return s->p->n <= 1 ? 16 : s->p->n <= 4 ? 12 : 8;
}

static double row_height(const struct plot_svg *s)
{
	return thickness(s) * (double)MAX(s->p->n, (size_t)1) + ROW_GAP;
}

/* At most; labels take half of the width, no more. */
static size_t label_columns(const struct plot_svg *s)
{
	double room = (s->width / 2 - PLOT_EDGE - 8) / PLOT_COLUMN;

	return MIN((size_t)room, (size_t)LABEL_COLUMNS);
}

static void measure(struct plot_svg *s)
{
	size_t columns = 1;

	for (size_t i = 0; i < rows(s); i++) {
		const char *text = s->p->labels.v[i];

		columns = MAX(columns, utf8_width(text, strlen(text)));
	}
	columns = MIN(columns, label_columns(s));
	s->left = PLOT_EDGE + 8 + PLOT_COLUMN * (double)columns;
	s->right = s->width - PLOT_EDGE - VALUE_ROOM;
	s->top += s->p->x_label ? 20 : 4;
	s->bottom = s->top + fmax(row_height(s) * (double)rows(s) + ROW_GAP,
				  40);
	s->height = s->bottom + 54;
}

static double x_of(const struct plot_svg *s, double value)
{
	return s->left + plot_axis_place(&s->x, value) *
			 (s->right - s->left);
}

static void bar(struct plot_svg *s, size_t series, size_t label, double y)
{
	double value, from, to, h = thickness(s);
	AUTO_BUF struct buf text = BUF_BIG;
	struct buf *out = s->out;

	if (!plot_bar(&s->p->v[series], label, &value))
		return;
	from = x_of(s, 0);
	to = x_of(s, value);
	buf_addstr(out, "<rect class=\"");
	plot_svg_class(out, s->p, series);
	buf_addstr(out, "\" x=\"");
	plot_svg_put(out, fmin(from, to));
	buf_addstr(out, "\" y=\"");
	plot_svg_put(out, y);
	buf_addstr(out, "\" width=\"");
	plot_svg_put(out, fmax(fabs(to - from), 0.5));
	buf_addstr(out, "\" height=\"");
	plot_svg_put(out, h - 1);
	buf_addstr(out, "\" rx=\"1.5\"><title>");
	plot_text_xml(out, s->p->v[series].name, 60);
	buf_addc(out, '\n');
	plot_text_xml(out, s->p->labels.v[label], 60);
	buf_addstr(out, ": ");
	plot_number(out, value);
	buf_addstr(out, "</title></rect>\n");
	plot_number_short(&text, value);
	if (h < 12)
		return;
	/* Behind the end of the bar, if there is room. */
	if (value < 0 && to - 5 - PLOT_COLUMN * (double)text.len > s->left)
		plot_svg_text(s, "s e", to - 5, y + h / 2 + 3.5, text.data,
			      12);
	else
		plot_svg_text(s, "s", fmax(from, to) + 5, y + h / 2 + 3.5,
			      text.data, 12);
}

static void axis(struct plot_svg *s)
{
	struct plot_range x = { 0, 1 }, y = { 0, 1 };
	double zero;

	(void)plot_ranges(s->p, false, &x, &y);
	y.lo = fmin(y.lo, 0);
	y.hi = fmax(y.hi, 0);
	plot_axis_numbers(&s->x, y, (size_t)fmax(2, (s->right - s->left) /
			  100), PLOT_AXIS_GROW);
	for (size_t i = 0; i < s->x.n; i++) {
		double at = floor(x_of(s, s->x.at[i])) + 0.5;

		plot_svg_line(s, "g", at, s->top, at, s->bottom);
		plot_svg_text(s, "s m", at, s->bottom + 18, s->x.text[i], 40);
	}
	zero = floor(x_of(s, 0)) + 0.5;
	plot_svg_line(s, "a", zero, s->top, zero, s->bottom);
}

void plot_svg_bars(struct plot_svg *s)
{
	AUTO_BUF struct buf note = BUF_BIG;
	double y, middle, room;

	measure(s);
	y = s->top + ROW_GAP;
	middle = (s->left + s->right) / 2;
	room = 2 * fmin(middle, s->width - middle) / PLOT_COLUMN;
	axis(s);
	if (s->p->x_label)
		plot_svg_text(s, "s", PLOT_EDGE, s->top - 8, s->p->x_label,
			      (size_t)((s->width - 2 * PLOT_EDGE) /
				       PLOT_COLUMN));
	for (size_t i = 0; i < rows(s); i++) {
		double h = row_height(s) - ROW_GAP;

		plot_svg_text(s, "e", s->left - 8, y + h / 2 + 4,
			      s->p->labels.v[i], label_columns(s));
		for (size_t k = 0; k < s->p->n; k++)
			bar(s, k, i, y + thickness(s) * (double)k);
		y += row_height(s);
	}
	if (s->p->y_label)
		plot_svg_text(s, "s m", middle, s->bottom + 38, s->p->y_label,
			      (size_t)room);
	if (s->empty)
		plot_svg_text(s, "s m", middle, (s->top + s->bottom) / 2,
			      "no data", 20);
	plot_note_labels(&note, s->p);
	if (note.len > 0)
		plot_svg_text(s, "s e", s->width - PLOT_EDGE, s->bottom + 38,
			      note.data, 60);
	plot_svg_odd(s);
}
