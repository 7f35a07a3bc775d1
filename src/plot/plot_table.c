/*
 * plot_table - CSV and TSV into series.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_data_internal.h"

#define LISTED 300	/* bytes of names that a message has room for */

/* A name of which a list would not show where it begins or ends. */
static bool is_odd(const char *name)
{
	return !*name || *name == ' ' || str_ends(name, " ") ||
	       strpbrk(name, ",;'");
}

static int find(const struct plot_data *d, const struct csv_row *row,
		const char *column, size_t *out, struct dver_err *err)
{
	AUTO_BUF struct buf list = BUF_BIG;
	bool found = false;

	/* Of two that are called the same the last counts. */
	for (size_t i = 0; i < row->n; i++) {
		char number[24];
		const char *name = row->v[i].text;

		(void)snprintf(number, sizeof(number), "%zu", i);
		if (d->want->no_header)
			name = number;
		if (streq(name, column)) {
			*out = i;
			found = true;
		}
		if (list.len < LISTED)
			buf_addf(&list, is_odd(name) ? ", '%.60s'" : ", %.60s",
				 name);
	}
	if (row->n == 1 && strchr(row->v[0].text, ';'))
		buf_addstr(&list, ": separate the fields by ',' instead of "
			   "';'");
	if (found)
		return 0;
	return buf_ok(&list) ? plot_no_column(d, column, &list, err)
			     : err_nomem(err);
}

static int header(struct plot_data *d, const struct csv_row *row,
		  struct dver_err *err)
{
	size_t last = row->n - 1;
	char number[24];
	int r = 0;

	d->header = true;
	d->columns = row->n;
	(void)snprintf(number, sizeof(number), "%zu", last);
	if (d->n == 0 && !d->want->collect)
		return plot_sink_add(d, d->want->no_header ? number
				     : row->v[last].text, last, err);
	for (size_t i = 0; r == 0 && i < d->n; i++)
		r = find(d, row, d->v[i].column, &d->v[i].index, err);
	return r;
}

/* A row of another length: it counts, but nothing is drawn for it. */
static int ragged(struct plot_data *d, const struct csv_row *row,
		  struct dver_err *err)
{
	struct plot_cell gap = { .kind = PLOT_GAP };
	struct dver_err why;
	double at;
	int r;

	(void)err_set(&why, DVER_EFORMAT, "%s:%llu: %zu field%s, but %zu in "
		      "the first row", d->path, (unsigned long long)row->line,
		      row->n, row->n == 1 ? "" : "s", d->columns);
	r = plot_note(&d->ragged, &why, err);
	return r < 0 ? r : plot_row_x(d, &gap, row->line, &at, err);
}

static int values(struct plot_data *d, const struct csv_row *row,
		  const char *column, struct dver_err *err)
{
	struct plot_cell x, y;
	double at = 0;
	int r = 0, has_x;

	if (column)
		x = plot_cell_text(row->v[d->x_index].text,
				   row->v[d->x_index].len);
	has_x = plot_row_x(d, column ? &x : NULL, row->line, &at, err);
	if (has_x < 0)
		return has_x;
	for (size_t i = 0; r == 0 && i < d->n; i++) {
		struct plot_sink *s = &d->v[i];

		y = plot_cell_text(row->v[s->index].text,
				   row->v[s->index].len);
		r = plot_row_y(d, s, has_x, at, &y, row->line, err);
	}
	return r;
}

int plot_table_row(void *data, const struct csv_row *row,
		   struct dver_err *err)
{
	struct plot_data *d = data;
	const char *column = plot_x_column(d);
	bool first = !d->header;
	int r = 0;

	if (first)
		r = header(d, row, err);
	if (r == 0 && first && column)
		r = find(d, row, column, &d->x_index, err);
	if (r < 0 || (first && !d->want->no_header))
		return r;
	if (row->n == d->columns)
		return values(d, row, column, err);
	return MIN(ragged(d, row, err), 0);
}
