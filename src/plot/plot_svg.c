#include "plot/plot_svg_internal.h"

#include <math.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

#define X_TICKS 10
#define TICK_GAP 18	/* px between the texts of two ticks */

/* Tenths of a pixel.  A page may have a million: snprintf() takes its time. */
void plot_svg_put(struct buf *out, double v)
{
	long tenths = lround(fmax(-1e6, fmin(v, 1e6)) * 10);
	long left = labs(tenths);
	char text[16];
	size_t at = sizeof(text);

	if (left % 10) {
		text[--at] = (char)('0' + left % 10);
		text[--at] = '.';
	}
	do {
		left /= 10;
		text[--at] = (char)('0' + left % 10);
	} while (left >= 10);
	if (tenths < 0)
		text[--at] = '-';
	buf_add(out, text + at, sizeof(text) - at);
}

void plot_svg_text(struct plot_svg *s, const char *class_, double x, double y,
		   const char *text, size_t columns)
{
	buf_addf(s->out, "<text class=\"%s\" x=\"", class_);
	plot_svg_put(s->out, x);
	buf_addstr(s->out, "\" y=\"");
	plot_svg_put(s->out, y);
	buf_addstr(s->out, "\">");
	plot_text_xml(s->out, text, columns);
	buf_addstr(s->out, "</text>\n");
}

void plot_svg_line(struct plot_svg *s, const char *class_, double x1,
		   double y1, double x2, double y2)
{
	buf_addf(s->out, "<path class=\"%s\" d=\"M", class_);
	plot_svg_put(s->out, x1);
	buf_addc(s->out, ' ');
	plot_svg_put(s->out, y1);
	buf_addc(s->out, 'L');
	plot_svg_put(s->out, x2);
	buf_addc(s->out, ' ');
	plot_svg_put(s->out, y2);
	buf_addstr(s->out, "\"/>\n");
}

/* Half a pixel off, a thin line is one row of pixels. */
static double crisp(double v)
{
	return floor(v) + 0.5;
}

static double tick_width(const char *text)
{
	return PLOT_COLUMN * (double)utf8_width(text, strlen(text));
}

/* Where the middle of a tick's text is: all of it is in the picture. */
static double text_place(const struct plot_svg *s, size_t i)
{
	double half = tick_width(s->x.text[i]) / 2;
	double at = s->left + plot_axis_place(&s->x, s->x.at[i]) *
			      (s->right - s->left);

	return fmax(fmin(at, s->width - 4 - half), half + 4);
}

/* Do the texts of the x axis stand apart? */
static bool apart(const struct plot_svg *s)
{
	for (size_t i = 1; i < s->x.n; i++)
		if (text_place(s, i) - text_place(s, i - 1) <
		    (tick_width(s->x.text[i - 1]) +
		     tick_width(s->x.text[i])) / 2 + TICK_GAP)
			return false;
	return true;
}

static void x_axis(struct plot_svg *s, struct plot_range r)
{
	size_t want = X_TICKS;

	for (;; want--) {
		plot_axis_x(&s->x, s->p, r, want, 16, false);
		if (want == 1 || apart(s))
			return;
	}
}

static void draw_x_axis(struct plot_svg *s)
{
	double y = crisp(s->bottom), width = s->right - s->left;

	plot_svg_line(s, "a", crisp(s->left), y, crisp(s->right), y);
	for (size_t i = 0; i < s->x.n; i++) {
		double at = s->left + plot_axis_place(&s->x, s->x.at[i]) *
				      width;

		plot_svg_line(s, "a", crisp(at), y, crisp(at), y + 5);
		plot_svg_text(s, "s m", text_place(s, i), s->bottom + 20,
			      s->x.text[i], 40);
	}
}

static void draw_y_axis(struct plot_svg *s)
{
	for (size_t i = 0; i < s->y.n; i++) {
		double y = s->bottom - plot_axis_place(&s->y, s->y.at[i]) *
				       (s->bottom - s->top);

		if (i > 0)
			plot_svg_line(s, "g", crisp(s->left), crisp(y),
				      crisp(s->right), crisp(y));
		plot_svg_text(s, "s e", s->left - 8, y + 4, s->y.text[i], 40);
	}
}

/* Below all else. */
void plot_svg_odd(struct plot_svg *s)
{
	AUTO_BUF struct buf note = BUF_BIG;

	plot_note_odd(&note, s->p);
	if (note.len == 0)
		return;
	s->height += 20;
	plot_svg_text(s, "s e", s->width - PLOT_EDGE - 8, s->height - 14,
		      note.data, SIZE_MAX);
}

/* What is below the axis: its name, and how much was left out. */
static void foot(struct plot_svg *s)
{
	AUTO_BUF struct buf note = BUF_BIG, name = BUF_BIG;
	double y = s->bottom + 40, width = s->right - s->left;

	plot_axis_name(&name, &s->x, s->p,
		       (size_t)fmax(width / PLOT_COLUMN, 8), false);
	if (name.len > 0)
		plot_svg_text(s, "s m", s->left + width / 2, y, name.data,
			      SIZE_MAX);
	plot_note_points(&note, s->p);
	if (note.len == 0)
		return;
	/* Beside the name, or in a line of its own. */
	if (tick_width(note.data) + TICK_GAP + tick_width(name.data) / 2 >
	    width / 2) {
		y += 20;
		s->height += 20;
	}
	plot_svg_text(s, "s e", s->right, y, note.data, SIZE_MAX);
}

static void open_svg(struct plot_svg *s)
{
	const struct plot *p = s->p;

	buf_addf(s->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		 "class=\"dver-plot\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
		 "width=\"%.0f\" height=\"%.0f\" aria-label=\"", s->width,
		 s->height, s->width, s->height);
	if (p->title)
		plot_text_xml(s->out, p->title, 200);
	else if (p->y_label && p->x_label) {
		plot_text_xml(s->out, p->y_label, 100);
		buf_addstr(s->out, " over ");
		plot_text_xml(s->out, p->x_label, 100);
	} else {
		buf_addstr(s->out, "chart");
	}
	buf_addstr(s->out, "\">\n");
	plot_svg_style(s->out);
	buf_addf(s->out, "\n<rect class=\"bg\" width=\"%.0f\" "
		 "height=\"%.0f\"/>\n", s->width, s->height);
}

static void chart(struct plot_svg *s, struct plot_range x, struct plot_range y)
{
	size_t want = (size_t)fmax(2, fmin((s->bottom - s->top) / 40, 10));

	plot_axis_numbers(&s->y, y, want, PLOT_AXIS_GROW);
	s->left = PLOT_EDGE + 8 +
		  PLOT_COLUMN * (double)plot_axis_columns(&s->y);
	s->left = fmin(s->left, s->width / 2);
	s->right = s->width - PLOT_EDGE - 8;
	x_axis(s, x);
	if (s->p->y_label)
		plot_svg_text(s, "s", PLOT_EDGE, s->top - 14, s->p->y_label,
			      (size_t)((s->width - 2 * PLOT_EDGE) /
				       PLOT_COLUMN));
	draw_y_axis(s);
	draw_x_axis(s);
	if (s->empty)
		plot_svg_text(s, "s m", (s->left + s->right) / 2,
			      (s->top + s->bottom) / 2, "no data", 20);
	plot_svg_points(s);
	foot(s);
	plot_svg_odd(s);
}

int plot_svg(struct buf *out, const struct plot *p,
	     const struct plot_svg_opts *opts, struct dver_err *err)
{
	unsigned width = opts && opts->width ? opts->width : 720;
	unsigned height = opts && opts->height ? opts->height : 380;
	struct plot_range x = { 0, 1 }, y = { 0, 1 };
	AUTO_BUF struct buf body = BUF_BIG;
	struct plot_svg s = { .out = &body, .p = p,
		.width = MIN(MAX(width, 240u), 4096u),
		.height = MIN(MAX(height, 160u), 4096u),
		.empty = !plot_ranges(p, true, &x, &y) };

	plot_svg_head(&s);
	if (p->kind == PLOT_BAR) {
		plot_svg_bars(&s);
	} else if (p->kind == PLOT_MATRIX) {
		plot_svg_matrix(&s);
	} else {
		s.top += p->y_label ? 24 : 8;
		/* The names took from the top: the chart stays as high. */
		s.bottom = fmax(s.height - 54, s.top + 80);
		s.height = s.bottom + 54;
		chart(&s, x, y);
	}
	/* How high it is, is known only now. */
	s.out = out;
	open_svg(&s);
	buf_add(out, body.data, body.len);
	buf_addstr(out, "</svg>\n");
	out->failed |= body.failed;
	return buf_check(out, err);
}
