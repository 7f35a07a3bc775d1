#include "cmd/values_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

#define CELLS_MAX 20000000u	/* of a table: more is for programs */

void rows_init(struct rows *s, enum dver_values what)
{
	*s = (struct rows){ .what = what };
	keymap_init(&s->columns, 16, sizeof(size_t));
}

static void release(struct row *r)
{
	for (size_t k = 0; k < r->n; k++)
		free((char *)(uintptr_t)r->v[k].value.text);
	free(r->v);
	free(r->rev);
	strvec_release(&r->names);
	free(r->commit);
	free(r->path);
	free(r->problem);
}

void rows_release(struct rows *s)
{
	for (size_t i = 0; i < s->n; i++)
		release(&s->v[i]);
	free(s->v);
	free(s->better);
	strvec_release(&s->names);
	keymap_release(&s->columns);
}

/* The column of a name; SIZE_MAX: out of memory. */
static size_t column_of(struct rows *s, const struct dver_named_value *v)
{
	uint64_t key[2] = { 14695981039346656037u, 5381 };
	bool added;
	size_t *at;

	for (const char *p = v->name; *p; p++) {
		key[0] = (key[0] ^ (unsigned char)*p) * 1099511628211u;
		key[1] = key[1] * 33 + (unsigned char)*p;
	}
	at = keymap_put(&s->columns, key, &added);
	if (!at)
		return SIZE_MAX;
	if (added) {
		*at = s->names.n;
		if (!strvec_push(&s->names, v->name) ||
		    !mem_grow(&s->better, &s->better_cap, s->names.n,
			      sizeof(*s->better)))
			return SIZE_MAX;
		s->better[*at] = v->better;
	}
	if (v->better != DVER_BETTER_UNKNOWN)
		s->better[*at] = v->better;
	return *at;
}

static int by_column(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return (x->column > y->column) - (x->column < y->column);
}

int rows_add(struct rows *s, const struct dver_values_file *f)
{
	struct row r = { .rev = strdup(f->rev), .path = strdup(f->path),
			 .commit = f->commit ? strdup(f->commit) : NULL,
			 .time = f->time, .code = f->code,
			 .problem = f->problem ? strdup(f->problem) : NULL,
			 .v = mem_array(f->n + 1, sizeof(*r.v)) };
	bool ok = r.rev && r.path && r.v && (r.commit || !f->commit) &&
		  (r.problem || !f->problem);

	for (size_t i = 0; ok && i < f->nnames; i++)
		ok = strvec_push(&r.names, f->names[i]);
	for (size_t i = 0; ok && i < f->n; i++) {
		struct cell *c = &r.v[r.n];

		c->column = column_of(s, &f->values[i]);
		c->value = f->values[i].value;
		c->value.text = strdup(c->value.text);
		r.n += c->value.text != NULL;
		ok = c->value.text && c->column != SIZE_MAX;
	}
	ok = ok && mem_grow(&s->v, &s->cap, s->n + 1, sizeof(r));
	if (!ok) {
		release(&r);
		return DVER_ENOMEM;
	}
	if (r.n)
		qsort(r.v, r.n, sizeof(*r.v), by_column);
	s->many |= s->n && !streq(s->v[0].rev, r.rev);
	r.nth = s->n;
	s->revs += !s->n || !streq(f->commit ? f->commit : "",
				   s->v[s->n - 1].commit
				   ? s->v[s->n - 1].commit : "");
	r.rev_nth = s->revs;
	s->v[s->n++] = r;
	return 0;
}

const struct dver_value *rows_value(const struct row *r, size_t column)
{
	struct cell key = { .column = column };
	const struct cell *c = r->n ? bsearch(&key, r->v, r->n, sizeof(key),
					      by_column) : NULL;

	return c ? &c->value : NULL;
}

static long digits(const struct values_args *a, enum table_style style)
{
	/* What goes to a program is not rounded, unless it is wanted. */
	return a->precision ? a->precision : style == TABLE_CSV ? 0 : 5;
}

static void add_value(struct table *t, const struct dver_value *v, long n,
		      enum table_style style)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (v && style == TABLE_CSV)
		values_text(&b, v, n);
	else if (v)
		values_shown(&b, v, n);
	table_add(t, v ? b.data : NULL);
}

static void add_head(struct table *t, const struct values_args *a, bool revs)
{
	if (revs)
		table_add(t, "Revision");
	if (!a->no_path)
		table_add(t, "Path");
}

static void add_file(struct table *t, const struct row *x,
		     const struct values_args *a, bool revs,
		     enum table_style style)
{
	if (revs)
		table_add(t, style == TABLE_CSV ? x->names.v[0] : x->rev);
	if (!a->no_path)
		table_add(t, x->path);
}

/* A row a value. */
static int put_list(const struct rows *s, const struct values_args *a,
		    bool revs, enum table_style style)
{
	struct table t;
	int r;

	table_init(&t, 3 + (size_t)revs + !a->no_path);
	add_head(&t, a, revs);
	table_add(&t, s->what == DVER_METRICS ? "Metric" : "Param");
	table_add(&t, "Value");
	table_add(&t, "Problem");
	for (size_t i = 0; i < s->n; i++) {
		const struct row *x = &s->v[i];

		/* One that cannot be read has a row all the same. */
		for (size_t k = 0; k < x->n + (x->problem != NULL); k++) {
			add_file(&t, x, a, revs, style);
			table_add(&t, k < x->n ? s->names.v[x->v[k].column]
					       : NULL);
			add_value(&t, k < x->n ? &x->v[k].value : NULL,
				  digits(a, style), style);
			table_add(&t, x->problem ? x->problem : "");
		}
	}
	r = table_put(&t, style);
	table_release(&t);
	return r;
}

/* A row a file; 1: that would be wider than the terminal. */
static int put_table(const struct rows *s, const struct values_args *a,
		     bool revs, enum table_style style)
{
	unsigned max = style == TABLE_TEXT ? out_width() : 0;
	struct table t;
	int r = 1;

	table_init(&t, s->names.n + (size_t)revs + !a->no_path + 1);
	add_head(&t, a, revs);
	for (size_t i = 0; i < s->names.n; i++)
		table_add(&t, s->names.v[i]);
	table_add(&t, "Problem");
	for (size_t i = 0; i < s->n; i++) {
		const struct row *x = &s->v[i];

		add_file(&t, x, a, revs, style);
		for (size_t k = 0; k < s->names.n; k++)
			add_value(&t, rows_value(x, k), digits(a, style),
				  style);
		table_add(&t, x->problem ? x->problem : "");
	}
	if (!max || t.failed || table_width(&t) <= max)
		r = table_put(&t, style);
	table_release(&t);
	return r;
}

int rows_put(const struct rows *s, const struct values_args *a, bool revs,
	     bool list, enum table_style style, struct dver_err *err)
{
	int r = 1;

	if (!list && (s->names.n + 3) * (s->n + 1) > CELLS_MAX)
		return err_set(err, DVER_EINVAL, "%zu rows of %zu values are "
			       "too much for a table: use --json, or name "
			       "files", s->n, s->names.n);
	if (!list)
		r = put_table(s, a, revs, style);
	if (r > 0)
		r = put_list(s, a, revs, style);
	return r < 0 ? err_nomem(err) : 0;
}
