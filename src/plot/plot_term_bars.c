/*
 * plot_term_bars - a line for each bar: the label, the bar, the number.
 */
#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_term_internal.h"

struct bars {
	struct plot_axis axis;
	size_t labels;		/* columns of the widest */
	size_t cols;		/* columns of the bars */
	size_t shown;		/* labels */
};

/* Columns of the widest number that stands behind a bar. */
static size_t numbers(const struct plot *p)
{
	size_t most = 1;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->v[i].n; k++) {
			AUTO_BUF struct buf text = BUF_BIG;

			if (!isnan(p->v[i].v[k].y))
				plot_number_short(&text, p->v[i].v[k].y);
			most = MAX(most, text.len);
		}
	return most;
}

static void measure(const struct plot_term *t, struct bars *b)
{
	struct plot_range x = { 0, 1 }, y = { 0, 1 };
	size_t number = numbers(t->p) + 1;

	(void)plot_ranges(t->p, false, &x, &y);
	y.lo = fmin(y.lo, 0);
	y.hi = fmax(y.hi, 0);
	/* Bars have no ticks: the longest takes all there is. */
	plot_axis_numbers(&b->axis, y, 2, 0);
	b->shown = MIN(t->p->labels.n, (size_t)PLOT_BARS_MAX);
	b->labels = 1;
	for (size_t i = 0; i < b->shown; i++) {
		AUTO_BUF struct buf text = BUF_BIG;

		plot_text_ends(&text, t->p->labels.v[i], t->width / 3,
			       t->ascii);
		b->labels = MAX(b->labels, utf8_width(text.data, text.len));
	}
	b->cols = t->width > b->labels + number + 6
		? t->width - b->labels - number - 2 : 4;
}

/* Eighths of a cell, from the left. */
static const char *const parts[] = {
	"", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d", "\xe2\x96\x8c",
	"\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89"
};

static void blocks(struct plot_term *t, const struct bars *b, size_t series,
		   double value)
{
	bool fine = !t->ascii && (t->colour || t->p->n == 1);
	double zero = plot_axis_place(&b->axis, 0) * (double)b->cols;
	double end = plot_axis_place(&b->axis, value) * (double)b->cols;
	/* Zero stands between two cells, so that both sides begin there. */
	long from = lround(zero), eighths;

	if (value < 0) {
		long cells = lround(zero - end);

		plot_term_to(t, t->column + (size_t)(from - cells));
		for (; cells > 0; cells--)
			plot_term_put(t, plot_term_mark(t, series));
		return;
	}
	plot_term_to(t, t->column + (size_t)from);
	eighths = fine ? lround((end - zero) * 8) : lround(end - zero) * 8;
	eighths = MIN(eighths, ((long)b->cols - from) * 8);
	for (; eighths >= 8; eighths -= 8)
		plot_term_put(t, plot_term_mark(t, series));
	plot_term_put(t, parts[eighths]);
}

static void bar(struct plot_term *t, const struct bars *b, size_t series,
		size_t label)
{
	AUTO_BUF struct buf number = BUF_BIG, name = BUF_BIG;
	size_t from = b->labels + 1;
	double value;

	if (series == 0) {
		plot_text_ends(&name, t->p->labels.v[label], b->labels,
			       t->ascii);
		plot_term_to(t, b->labels - utf8_width(name.data, name.len));
		plot_term_put(t, name.data);
	}
	plot_term_to(t, from);
	if (plot_bar(&t->p->v[series], label, &value)) {
		plot_term_colour(t, series);
		blocks(t, b, series, value);
		plot_term_plain(t);
		plot_number_short(&number, value);
		plot_term_to(t, t->column + 1);
		plot_term_put(t, number.data);
	}
	plot_term_end(t);
}

void plot_term_bars(struct plot_term *t)
{
	AUTO_BUF struct buf note = BUF_BIG;
	struct bars b;

	(void)plot_term_head(t);
	measure(t, &b);
	if (t->p->y_label) {
		plot_term_to(t, b.labels + 1);
		plot_term_name(t, t->p->y_label, t->width - b.labels - 1);
		plot_term_end(t);
	}
	for (size_t i = 0; i < b.shown; i++)
		for (size_t k = 0; k < t->p->n; k++)
			bar(t, &b, k, i);
	if (b.shown == 0 || t->p->n == 0) {
		plot_term_put(t, "no data");
		plot_term_end(t);
	}
	plot_note_labels(&note, t->p);
	if (note.len > 0) {
		plot_term_put(t, note.data);
		plot_term_end(t);
	}
	plot_term_odd(t);
}
