/*
 * plot_svg_matrix - a grid for each series, the darker a cell the more often.
 */
#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_svg_internal.h"

#define LABEL_COLUMNS 18
#define CELL_MAX 56.0
#define TEXT_CELL 24.0	/* px that a number needs */
#define OPAQUE 0.55	/* of the darkest: text stays readable */

static size_t shown(const struct plot_svg *s)
{
	return MIN(s->p->labels.n, (size_t)PLOT_MATRIX_MAX);
}

static double left_of(const struct plot_svg *s)
{
	size_t columns = 1;

	for (size_t i = 0; i < shown(s); i++) {
		const char *text = s->p->labels.v[i];

		columns = MAX(columns, utf8_width(text, strlen(text)));
	}
	columns = MIN(columns, (size_t)LABEL_COLUMNS);
	return fmin(PLOT_EDGE + 8 + PLOT_COLUMN * (double)columns,
		    s->width / 3);
}

static void cell(struct plot_svg *s, const struct plot_series *v, size_t i,
		 double most, double size)
{
	double x = s->left + v->v[i].x * size, y = s->top + v->v[i].y * size;
	AUTO_BUF struct buf text = BUF_BIG;
	struct buf *out = s->out;

	buf_addf(out, "<rect class=\"f0\" fill-opacity=\"%.2f\" x=\"",
		 0.06 + (OPAQUE - 0.06) * v->weight[i] / most);
	plot_svg_put(out, x);
	buf_addstr(out, "\" y=\"");
	plot_svg_put(out, y);
	buf_addstr(out, "\" width=\"");
	plot_svg_put(out, size - 1);
	buf_addstr(out, "\" height=\"");
	plot_svg_put(out, size - 1);
	buf_addstr(out, "\"><title>");
	plot_text_xml(out, s->p->labels.v[(size_t)v->v[i].y], 60);
	buf_addstr(out, ", ");
	plot_text_xml(out, s->p->labels.v[(size_t)v->v[i].x], 60);
	buf_addstr(out, ": ");
	plot_number(out, v->weight[i]);
	buf_addstr(out, "</title></rect>\n");
	plot_weight(&text, v->weight[i]);
	if (size >= TEXT_CELL &&
	    PLOT_COLUMN * (double)text.len < size + PLOT_COLUMN)
		plot_svg_text(s, "m", x + size / 2, y + size / 2 + 4,
			      text.data, 12);
}

static void sides(struct plot_svg *s, double size)
{
	double end = (double)shown(s) * size;
	size_t columns = (size_t)fmax(size / PLOT_COLUMN, 1);

	for (size_t i = 0; i < shown(s); i++) {
		double at = (double)i * size + size / 2;

		plot_svg_text(s, "s e", s->left - 6, s->top + at + 4,
			      s->p->labels.v[i], (size_t)((s->left - 16) /
							  PLOT_COLUMN));
		plot_svg_text(s, "s m", s->left + at, s->top + end + 16,
			      s->p->labels.v[i], columns);
	}
	plot_svg_line(s, "a", s->left - .5, s->top, s->left - .5,
		      s->top + end);
	plot_svg_line(s, "a", s->left, s->top + end + .5, s->left + end,
		      s->top + end + .5);
}

static void grid(struct plot_svg *s, const struct plot_series *v, double size)
{
	size_t room = (size_t)((s->width - 2 * PLOT_EDGE) / PLOT_COLUMN);
	double most = 0;

	if (s->p->n > 1) {
		plot_svg_text(s, "n", PLOT_EDGE, s->top + 12, v->name, room);
		s->top += 24;
	}
	if (s->p->y_label) {
		plot_svg_text(s, "s", PLOT_EDGE, s->top + 8, s->p->y_label,
			      room);
		s->top += 18;
	}
	for (size_t i = 0; i < v->n; i++)
		most = fmax(most, v->weight[i]);
	for (size_t i = 0; i < v->n; i++)
		if ((size_t)v->v[i].x < shown(s) &&
		    (size_t)v->v[i].y < shown(s))
			cell(s, v, i, most, size);
	sides(s, size);
	s->top += (double)shown(s) * size + 34;
	if (s->p->x_label)
		plot_svg_text(s, "s", s->left, s->top, s->p->x_label, room);
	s->top += 22;
}

void plot_svg_matrix(struct plot_svg *s)
{
	AUTO_BUF struct buf note = BUF_BIG;
	double size;

	s->left = left_of(s);
	size = fmin((s->width - s->left - PLOT_EDGE) /
		    (double)MAX(shown(s), (size_t)1), CELL_MAX);
	for (size_t i = 0; i < s->p->n; i++)
		grid(s, &s->p->v[i], size);
	if (s->empty) {
		plot_svg_text(s, "s m", s->width / 2, s->top + 20, "no data",
			      20);
		s->top += 30;
	}
	plot_note_labels(&note, s->p);
	if (note.len > 0) {
		plot_svg_text(s, "s", PLOT_EDGE, s->top, note.data, 60);
		s->top += 20;
	}
	s->height = s->top;
}
