/*
 * flat_csv - tables as metrics.
 *
 * A table of two columns whose first one holds words, each once, names a
 * value in each row.  Any other has the names in its first row, and its last
 * row counts: loggers add one an epoch.
 */
#include "report/flat.h"

#include <strings.h>

#include "base/err.h"
#include "base/utf8.h"
#include "format/csv.h"
#include "format/scalar.h"

struct table {
	struct strvec head, last;
	struct strvec names, values;	/* of two columns, the head too */
	size_t rows;
	bool pairs;		/* so far it is one of names and values */
};

static bool keep(struct strvec *to, const struct csv_row *row)
{
	strvec_clear(to);
	for (size_t i = 0; i < row->n; i++)
		if (!strvec_push(to, row->v[i].text))
			return false;
	return true;
}

static bool is_number(const char *text)
{
	enum scalar s = scalar_of(text, strlen(text));

	return s == SCALAR_INT || s == SCALAR_FLOAT;
}

static int on_row(void *data, const struct csv_row *row, struct dver_err *err)
{
	struct table *t = data;

	if (t->rows == 0)
		t->pairs = true;
	t->pairs = t->pairs && row->n == 2 && *row->v[0].text &&
		   !is_number(row->v[0].text);
	if (!keep(t->rows++ ? &t->last : &t->head, row))
		return err_nomem(err);
	if (t->pairs && (!strvec_push(&t->names, row->v[0].text) ||
			 !strvec_push(&t->values, row->v[1].text)))
		return err_nomem(err);
	return 0;
}

/* Words as programs write them where YAML has dots before. */
static int add(struct flat *f, const char *name, const char *cell,
	       struct dver_err *err)
{
	static const char *const words[][2] = {
		{ "nan", ".nan" }, { "inf", ".inf" }, { "+inf", ".inf" },
		{ "-inf", "-.inf" }, { "infinity", ".inf" },
		{ "-infinity", "-.inf" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(cell, words[i][0]) == 0)
			cell = words[i][1];
	return flat_add_word(f, name, cell, strlen(cell), err);
}

static bool has_twins(const struct strvec *names)
{
	struct strvec sorted = STRVEC_INIT;
	bool twins = false;

	for (size_t i = 0; i < names->n; i++)
		if (!strvec_push(&sorted, names->v[i]))
			twins = true;
	strvec_sort(&sorted);
	for (size_t i = 1; i < sorted.n; i++)
		twins |= streq(sorted.v[i - 1], sorted.v[i]);
	strvec_release(&sorted);
	return twins;
}

static int add_pairs(struct flat *f, const struct table *t,
		     struct dver_err *err)
{
	/* A first row without a number is a head: "metric,value". */
	size_t first = t->names.n > 1 && !is_number(t->values.v[0]);
	int r = 0;

	for (size_t i = first; r == 0 && i < t->names.n; i++)
		r = add(f, t->names.v[i], t->values.v[i], err);
	return r;
}

static int add_last(struct flat *f, const char *path, const struct table *t,
		    struct dver_err *err)
{
	int r = 0;

	if (t->rows > 1 && t->last.n > t->head.n)
		return err_set(err, DVER_EFORMAT, "%s: its last row has more "
			       "columns than its first", path);
	for (size_t i = 0; r == 0 && i < t->last.n; i++)
		if (*t->head.v[i])
			r = add(f, t->head.v[i], t->last.v[i], err);
	return r;
}

int flat_read_csv(struct flat *f, const char *path, char separator,
		  const char *text, size_t len, struct dver_err *err)
{
	struct table t = { .rows = 0 };
	struct csv_opts opts = { .delimiter = separator, .ragged = true };
	int r = utf8_valid(text, len)
		? csv_parse(path, text, len, &opts, on_row, &t, err)
		: err_set(err, DVER_EFORMAT, "%s: not UTF-8", path);

	if (r == 0 && t.pairs && !has_twins(&t.names) &&
	    (t.rows > 1 || is_number(t.values.v[0])))
		r = add_pairs(f, &t, err);
	else if (r == 0)
		r = add_last(f, path, &t, err);
	strvec_release(&t.head);
	strvec_release(&t.last);
	strvec_release(&t.names);
	strvec_release(&t.values);
	return r;
}
