/*
 * plot_svg_head - the title, and the names of the series in rows below it.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_svg_internal.h"

#define SWATCH 22	/* px, a line in the series' colour */
#define MARK 10		/* px, a mark */
#define NAME_COLUMNS 36
#define BETWEEN 20
#define ROW 20

void plot_svg_class(struct buf *out, const struct plot *p, size_t series)
{
	struct plot_look look = p->v[series].look;

	if (p->kind == PLOT_LINE) {
		buf_addf(out, "l c%u", look.colour);
		if (look.dash)
			buf_addf(out, " d%u", look.dash);
		return;
	}
	buf_addf(out, "%sf%u", p->kind == PLOT_SCATTER ? "p " : "",
		 look.colour);
	if (look.dash && p->kind == PLOT_BAR)
		buf_addf(out, " o%u", look.dash);
}

static double swatch_width(const struct plot *p)
{
	return p->kind == PLOT_SCATTER ? MARK : SWATCH;
}

static void swatch(struct plot_svg *s, size_t series, double x, double y)
{
	struct buf *out = s->out;

	buf_addstr(out, "<path class=\"");
	plot_svg_class(out, s->p, series);
	buf_addstr(out, "\" d=\"");
	if (s->p->kind == PLOT_SCATTER) {
		plot_svg_mark(out, s->p->v[series].look, x + MARK / 2.0,
			      y - 4);
	} else {
		buf_addc(out, 'M');
		plot_svg_put(out, x);
		buf_addc(out, ' ');
		plot_svg_put(out, s->p->kind == PLOT_BAR ? y - 9 : y - 4);
		if (s->p->kind == PLOT_BAR)
			buf_addf(out, "h%dv10h-%dz", SWATCH, SWATCH);
		else
			buf_addf(out, "h%d", SWATCH);
	}
	buf_addstr(out, "\"/>\n");
}

static void legend(struct plot_svg *s)
{
	double x = PLOT_EDGE, y = s->top + 10, before = swatch_width(s->p) + 7;
	size_t columns = (size_t)((s->width - 2 * PLOT_EDGE - before) /
				  PLOT_COLUMN);

	columns = MIN(columns, (size_t)NAME_COLUMNS);
	for (size_t i = 0; i < s->p->n; i++) {
		AUTO_BUF struct buf name = BUF_BIG;
		double width;

		plot_text_ends(&name, s->p->v[i].name, columns, false);
		width = before + PLOT_COLUMN * (double)utf8_width(name.data,
								  name.len);
		if (x > PLOT_EDGE && x + width > s->width - PLOT_EDGE) {
			x = PLOT_EDGE;
			y += ROW;
		}
		swatch(s, i, x, y);
		plot_svg_text(s, "n", x + before, y, name.data, columns);
		x += width + BETWEEN;
	}
	s->height += y - s->top - 10;
	s->top = y + 8;
}

void plot_svg_head(struct plot_svg *s)
{
	size_t room = (size_t)((s->width - 2 * PLOT_EDGE) /
			       (PLOT_COLUMN * 1.35));

	s->top = PLOT_EDGE;
	if (s->p->title) {
		plot_svg_text(s, "t", PLOT_EDGE, s->top + 12, s->p->title,
			      room);
		s->top += 26;
	}
	if (s->p->n > 1 && s->p->kind != PLOT_MATRIX)
		legend(s);
	s->top += 4;
}
