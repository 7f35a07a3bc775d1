/*
 * plot_tree - lists of maps in JSON and YAML into series.
 */
#include "base/err.h"
#include "base/mem.h"
#include "format/values.h"
#include "plot/plot_data_internal.h"

#define LISTS_MAX 1000	/* in a document */
#define LISTED 300

struct lists { const struct value **v; size_t n, cap; };

static bool of_maps(const struct value *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].type != VALUE_MAP)
			return false;
	return list->n > 0;
}

/* All lists of maps that are in maps. */
static int collect(struct lists *l, const struct value *v,
		   struct dver_err *err)
{
	int r = 0;

	if (v->type == VALUE_SEQ && of_maps(v)) {
		if (l->n == LISTS_MAX)
			return err_set(err, DVER_EFORMAT, "more than %d lists",
				       LISTS_MAX);
		if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
			return err_nomem(err);
		l->v[l->n++] = v;
	}
	for (size_t i = 0; v->type == VALUE_MAP && r == 0 && i < v->n; i++)
		r = collect(l, value_at(v, i), err);
	return r;
}

/*
 * A row is one map of each list that is so long; of a key that comes twice the
 * last one counts.
 */
static const struct value *field(const struct lists *l, size_t row,
				 const char *key)
{
	const struct value *found = NULL;

	for (size_t i = l->n; !found && i > 0; i--)
		if (row < l->v[i - 1]->n)
			found = value_get(&l->v[i - 1]->items[row], key);
	return found;
}

static bool has(const struct value *list, const char *key)
{
	for (size_t i = 0; key && i < list->n; i++)
		if (value_get(&list->items[i], key))
			return true;
	return false;
}

/* Lists without a column that is wanted are as if they were not there. */
static void choose(const struct plot_data *d, struct lists *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		bool any = has(l->v[i], plot_x_column(d));

		for (size_t k = 0; !any && k < d->n; k++)
			any = has(l->v[i], d->v[k].column);
		if (any)
			l->v[kept++] = l->v[i];
	}
	/* Else all of them: who tells that there is none tells what is. */
	if (kept)
		l->n = kept;
}

/* Of the first list that does not end with x. */
static int last_key(struct plot_data *d, const struct lists *l,
		    struct dver_err *err)
{
	const struct value *map = &l->v[0]->items[0];
	const char *x = plot_x_column(d);

	for (size_t i = 0; x && i < l->n; i++) {
		const struct value *m = &l->v[i]->items[0];

		if (m->n && !streq(value_key(m, m->n - 1)->text, x)) {
			map = m;
			break;
		}
	}
	if (map->n == 0)
		return err_set(err, DVER_EFORMAT, "%s:%u: an empty map was "
			       "found where a row was expected", d->path,
			       map->line);
	return plot_sink_add(d, value_key(map, map->n - 1)->text, 0, err);
}

static uint64_t line_of(const struct lists *l, size_t row)
{
	size_t i = 0;

	while (i + 1 < l->n && row >= l->v[i]->n)
		i++;
	return l->v[i]->items[row].line;
}

static int row(struct plot_data *d, const struct lists *l, size_t i,
	       bool *x_seen, struct dver_err *err)
{
	const char *column = plot_x_column(d);
	const struct value *xv = column ? field(l, i, column) : NULL;
	uint64_t line = line_of(l, i);
	struct plot_cell x = plot_cell_value(xv), y;
	double at = 0;
	int r = 0, has_x;

	*x_seen |= xv || !column;
	has_x = plot_row_x(d, column ? &x : NULL, xv ? xv->line : line,
			   &at, err);
	if (has_x < 0)
		return has_x;
	for (size_t k = 0; r == 0 && k < d->n; k++) {
		const struct value *v = field(l, i, d->v[k].column);

		d->v[k].seen |= v != NULL;
		y = plot_cell_value(v);
		r = plot_row_y(d, &d->v[k], has_x, at, &y,
			       v ? v->line : line, err);
	}
	return r;
}

static int missing(const struct plot_data *d, const struct lists *l,
		   const char *column, struct dver_err *err)
{
	AUTO_BUF struct buf list = BUF_BIG;

	for (size_t i = 0; i < l->n; i++) {
		const struct value *map = &l->v[i]->items[0];

		for (size_t k = 0; k < map->n && list.len < LISTED; k++)
			buf_addf(&list, ", %.60s", value_key(map, k)->text);
	}
	return buf_ok(&list) ? plot_no_column(d, column, &list, err)
			     : err_nomem(err);
}

static int rows(struct plot_data *d, struct lists *l, struct dver_err *err)
{
	bool x_seen = false;
	size_t n = 0;
	int r = 0;

	if (l->n == 0)
		return err_set(err, DVER_EFORMAT, "%s: a list of maps was "
			       "expected, found none", d->path);
	if (d->n == 0 && !d->want->collect)
		r = last_key(d, l, err);
	choose(d, l);
	for (size_t i = 0; i < l->n; i++)
		n = MAX(n, l->v[i]->n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = row(d, l, i, &x_seen, err);
	if (r == 0 && !x_seen)
		r = missing(d, l, d->want->x, err);
	for (size_t i = 0; r == 0 && i < d->n; i++)
		if (!d->v[i].seen)
			r = missing(d, l, d->v[i].column, err);
	return r;
}

int plot_tree(struct plot_data *d, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	struct lists l = { NULL, 0, 0 };
	int r = values_parse(&doc, d->path, d->text.data, d->text.len, err);

	if (r == 0 && doc.root) {
		r = collect(&l, doc.root, err);
		if (r == DVER_EFORMAT)
			(void)err_wrap(err, "%s", d->path);
	}
	if (r == 0)
		r = rows(d, &l, err);
	free(l.v);
	return r;
}
