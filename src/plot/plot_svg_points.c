/*
 * plot_svg_points - lines, and marks of points.
 */
#include <math.h>

#include "base/mem.h"
#include "plot/plot_svg_internal.h"

#define TOLD_MAX 300	/* points of a series that say their values */
#define JITTER 6	/* px */
#define DOTS_MAX 60	/* points of a line that are shown as such */

static void place(const struct plot_svg *s, struct plot_point p, double *x,
		  double *y)
{
	*x = s->left + plot_axis_place(&s->x, p.x) * (s->right - s->left);
	*y = s->bottom - plot_axis_place(&s->y, p.y) * (s->bottom - s->top);
}

void plot_svg_mark(struct buf *out, struct plot_look look, double x,
		   double y)
{
	static const struct {
		double dx, dy;
		const char *rest;
	} marks[PLOT_MARKS] = {
		{ -3.2, 0, "a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z" },
		{ -2.9, -2.9, "h5.8v5.8h-5.8z" },
		{ 0, -4, "l3.8 6.6h-7.6z" },
		{ 0, -4.2, "l4.2 4.2l-4.2 4.2l-4.2-4.2z" },
	};
	size_t i = look.mark;

	buf_addc(out, 'M');
	plot_svg_put(out, x + marks[i].dx);
	buf_addc(out, ' ');
	plot_svg_put(out, y + marks[i].dy);
	buf_addstr(out, marks[i].rest);
}

static void tooltip(struct plot_svg *s, const struct plot_series *v,
		    struct plot_point p)
{
	struct buf *out = s->out;

	buf_addstr(out, "<title>");
	plot_text_xml(out, v->name, 60);
	buf_addc(out, '\n');
	plot_text_xml(out, s->p->x_label ? s->p->x_label : "x", 40);
	buf_addc(out, ' ');
	if (s->p->x_kind == PLOT_X_LABELS)
		plot_text_xml(out, s->p->labels.v[(size_t)p.x], 60);
	else if (s->p->x_kind == PLOT_X_TIMES)
		plot_time(out, p.x);
	else
		plot_number(out, p.x);
	buf_addstr(out, ": ");
	plot_number(out, p.y);
	buf_addstr(out, "</title>");
}

static void group(struct plot_svg *s, size_t series, const char *element)
{
	buf_addf(s->out, "<%s class=\"", element);
	plot_svg_class(s->out, s->p, series);
	buf_addstr(s->out, "\"");
}

static void name(struct plot_svg *s, const struct plot_series *v)
{
	buf_addstr(s->out, "<title>");
	plot_text_xml(s->out, v->name, 60);
	buf_addstr(s->out, "</title>");
}

/* Path data of a line; a point alone between gaps is a dot. */
static void line(struct plot_svg *s, const struct plot_point *v, size_t n)
{
	struct buf *out = s->out;
	bool pen = false;

	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || isnan(v[i + 1].y);
		double x, y;

		if (isnan(v[i].y)) {
			pen = false;
			continue;
		}
		place(s, v[i], &x, &y);
		buf_addc(out, pen ? ' ' : 'M');
		plot_svg_put(out, x);
		buf_addc(out, ' ');
		plot_svg_put(out, y);
		if (last && !pen)
			buf_addstr(out, "h0");
		pen = true;
	}
}

/* Dots on a line that has few points. */
static void dots(struct plot_svg *s, size_t series)
{
	const struct plot_series *v = &s->p->v[series];
	struct buf *out = s->out;

	buf_addf(out, "<g class=\"f%u\">\n", v->look.colour);
	for (size_t i = 0; i < v->n; i++) {
		double x, y;

		if (isnan(v->v[i].y))
			continue;
		place(s, v->v[i], &x, &y);
		buf_addstr(out, "<circle cx=\"");
		plot_svg_put(out, x);
		buf_addstr(out, "\" cy=\"");
		plot_svg_put(out, y);
		buf_addstr(out, "\" r=\"2.6\">");
		tooltip(s, v, v->v[i]);
		buf_addstr(out, "</circle>\n");
	}
	buf_addstr(out, "</g>\n");
}

static void marks(struct plot_svg *s, size_t series)
{
	const struct plot_series *v = &s->p->v[series];
	bool told = v->n <= TOLD_MAX;
	double x, y;

	group(s, series, told ? "g" : "path");
	buf_addstr(s->out, told ? ">\n" : " d=\"");
	for (size_t i = 0; i < v->n; i++) {
		if (isnan(v->v[i].y))
			continue;
		place(s, v->v[i], &x, &y);
		x += JITTER * plot_jitter(s->p, i, true);
		y += JITTER * plot_jitter(s->p, i, false);
		if (told)
			buf_addstr(s->out, "<path d=\"");
		plot_svg_mark(s->out, v->look, x, y);
		if (!told)
			continue;
		buf_addstr(s->out, "\">");
		tooltip(s, v, v->v[i]);
		buf_addstr(s->out, "</path>\n");
	}
	if (told) {
		buf_addstr(s->out, "</g>\n");
		return;
	}
	buf_addstr(s->out, "\">");
	name(s, v);
	buf_addstr(s->out, "</path>\n");
}

/* What the smoothed lines were made of, below all of them. */
static void faded(struct plot_svg *s)
{
	for (size_t i = 0; i < s->p->n; i++) {
		const struct plot_series *v = &s->p->v[i];

		if (!v->n_raw)
			continue;
		buf_addf(s->out, "<path class=\"l r c%u\" d=\"",
			 v->look.colour);
		line(s, v->raw, v->n_raw);
		buf_addstr(s->out, "\"/>\n");
	}
}

void plot_svg_points(struct plot_svg *s)
{
	faded(s);
	for (size_t i = 0; i < s->p->n; i++) {
		const struct plot_series *v = &s->p->v[i];

		if (s->p->kind == PLOT_SCATTER) {
			marks(s, i);
			continue;
		}
		group(s, i, "path");
		buf_addstr(s->out, " d=\"");
		line(s, v->v, v->n);
		buf_addstr(s->out, "\">");
		name(s, v);
		buf_addstr(s->out, "</path>\n");
		/* Among many lines dots would hide the dashes. */
		if (v->n <= (s->p->n > PLOT_COLOURS ? 2 : DOTS_MAX))
			dots(s, i);
	}
}
