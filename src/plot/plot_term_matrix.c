/*
 * plot_term_matrix - a table for each series: y are rows, x columns.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_term_internal.h"

#define LABEL_COLUMNS 16
#define CELL_COLUMNS 8

static size_t widest(const struct plot_term *t, size_t most)
{
	size_t w = 1;

	for (size_t i = 0; i < t->p->labels.n; i++) {
		const char *text = t->p->labels.v[i];

		w = MAX(w, utf8_width(text, strlen(text)));
	}
	return MIN(w, most);
}

/* Columns of the widest number of all tables. */
static size_t numbers(const struct plot_term *t)
{
	size_t w = 1;

	for (size_t i = 0; i < t->p->n; i++)
		for (size_t k = 0; k < t->p->v[i].n; k++) {
			AUTO_BUF struct buf b = BUF_BIG;

			plot_weight(&b, t->p->v[i].weight[k]);
			w = MAX(w, b.len);
		}
	return w;
}

/*
 * As wide as is nice, two columns apart; if not all fit, as narrow as the
 * numbers are.
 */
static size_t cell_columns(const struct plot_term *t, size_t left)
{
	size_t names = widest(t, CELL_COLUMNS), need = numbers(t);
	size_t nice = MAX(MAX(names, need), (size_t)6) + 2;
	size_t n = MIN(t->p->labels.n, (size_t)PLOT_MATRIX_MAX), fits;

	if (n == 0 || left + n * nice <= t->width)
		return nice;
	fits = (t->width - left) / n;
	return MIN(MAX(fits, MAX(need, (size_t)3) + 1), nice);
}

/* Text that ends at a column. */
static void put_right(struct plot_term *t, const char *text, size_t column)
{
	size_t w = utf8_width(text, strlen(text));

	plot_term_to(t, column > w ? column - w : 0);
	plot_term_put(t, text);
}

static void put_row(struct plot_term *t, const struct plot_series *s,
		    size_t y, size_t n, size_t left, size_t cell)
{
	plot_term_name(t, t->p->labels.v[y], left);
	for (size_t i = 0; i < s->n; i++) {
		AUTO_BUF struct buf b = BUF_BIG;

		if ((size_t)s->v[i].y != y || (size_t)s->v[i].x >= n)
			continue;
		plot_weight(&b, s->weight[i]);
		put_right(t, b.data, left + ((size_t)s->v[i].x + 1) * cell);
	}
	plot_term_end(t);
}

static void put_table(struct plot_term *t, const struct plot_series *s,
		      size_t n, size_t left, size_t cell)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf b = BUF_BIG;

		plot_text(&b, t->p->labels.v[i],
			  cell > 6 ? cell - 2 : cell - 1, t->ascii);
		put_right(t, b.data, left + (i + 1) * cell);
	}
	plot_term_end(t);
	for (size_t y = 0; y < n; y++)
		put_row(t, s, y, n, left, cell);
}

/* "rows: actual, columns: predicted" */
static void put_axes(struct plot_term *t)
{
	plot_term_put(t, "rows: ");
	plot_term_name(t, t->p->y_label ? t->p->y_label : "y",
		       t->width / 2 - 10);
	plot_term_put(t, ", columns: ");
	plot_term_name(t, t->p->x_label ? t->p->x_label : "x",
		       t->width / 2 - 10);
	plot_term_end(t);
}

void plot_term_matrix(struct plot_term *t)
{
	size_t left = widest(t, LABEL_COLUMNS);
	size_t cell = cell_columns(t, left);
	size_t n = MIN(t->p->labels.n, (t->width - left) / cell);

	(void)plot_term_head(t);
	n = MIN(n, (size_t)PLOT_MATRIX_MAX);
	if (!t->p->n)
		plot_term_put(t, "no data");
	else
		put_axes(t);
	if (!t->p->n)
		plot_term_end(t);
	for (size_t i = 0; i < t->p->n; i++) {
		if (t->p->n > 1) {
			plot_term_name(t, t->p->v[i].name, t->width);
			plot_term_end(t);
		}
		put_table(t, &t->p->v[i], n, left, cell);
	}
	if (n < t->p->labels.n) {
		plot_count(t->out, n);
		buf_addstr(t->out, " of ");
		plot_count(t->out, t->p->labels.n);
		buf_addstr(t->out, " labels\n");
	}
}
