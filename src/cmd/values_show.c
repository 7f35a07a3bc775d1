/*
 * values_show - files of revisions as rows, values as columns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/date.h"
#include "cmd/values.h"

#define CELLS_MAX 20000000u	/* of a table: more is for programs */

struct cell {
	size_t column;
	struct dver_value value;	/* text owned */
};
struct row {
	char *rev, *path, *problem;	/* owned */
	struct cell *v;			/* owned; by column once sorted */
	size_t n, nth;
};
struct showing {
	const struct cmd_ctx *ctx;
	enum dver_values what;
	const struct values_args *a;
	struct json j;
	char *rev;			/* that is being told as JSON; owned */
	struct row *rows;		/* owned */
	size_t nrows, rows_cap;
	struct strvec names;		/* of columns, in the order they came */
	struct keymap columns;		/* name, hashed -> size_t */
	enum dver_better *better;	/* of columns; owned */
	size_t better_cap;
	size_t sort_by;
	bool problems, many;		/* of more than one revision */
	struct values_trouble trouble;
};

static void release(struct showing *s)
{
	for (size_t i = 0; i < s->nrows; i++) {
		struct row *r = &s->rows[i];

		for (size_t k = 0; k < r->n; k++)
			free((char *)(uintptr_t)r->v[k].value.text);
		free(r->v);
		free(r->rev);
		free(r->path);
		free(r->problem);
	}
	free(s->rows);
	free(s->rev);
	free(s->better);
	strvec_release(&s->names);
	keymap_release(&s->columns);
}

/* The column of a name; SIZE_MAX: out of memory. */
static size_t column_of(struct showing *s, const struct dver_named_value *v)
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

static int keep(struct showing *s, const struct dver_values_file *f)
{
	struct row r = { .rev = strdup(f->rev), .path = strdup(f->path),
			 .problem = f->problem ? strdup(f->problem) : NULL,
			 .v = mem_array(f->n + 1, sizeof(*r.v)) };
	bool ok = r.rev && r.path && r.v && (r.problem || !f->problem);

	for (size_t i = 0; ok && i < f->n; i++) {
		struct cell *c = &r.v[r.n];

		c->column = column_of(s, &f->values[i]);
		c->value = f->values[i].value;
		c->value.text = strdup(c->value.text);
		r.n += c->value.text != NULL;
		ok = c->value.text && c->column != SIZE_MAX;
	}
	ok = ok && mem_grow(&s->rows, &s->rows_cap, s->nrows + 1, sizeof(r));
	if (!ok) {
		for (size_t i = 0; i < r.n; i++)
			free((char *)(uintptr_t)r.v[i].value.text);
		free(r.v);
		free(r.rev);
		free(r.path);
		free(r.problem);
		return DVER_ENOMEM;
	}
	if (r.n)
		qsort(r.v, r.n, sizeof(*r.v), by_column);
	s->many |= s->nrows && !streq(s->rows[0].rev, r.rev);
	s->problems |= r.problem != NULL;
	r.nth = s->nrows;
	s->rows[s->nrows++] = r;
	return 0;
}

static void end_rev(struct showing *s)
{
	if (!s->rev)
		return;
	json_end_array(&s->j);
	json_end_object(&s->j);
	free(TAKE(s->rev));
}

static int as_json(struct showing *s, const struct dver_values_file *f)
{
	struct json *j = &s->j;

	/* Ids tell revisions apart that are called the same. */
	const char *id = f->commit ? f->commit : "";

	if (!s->rev || !streq(s->rev, id)) {
		end_rev(s);
		s->rev = strdup(id);
		if (!s->rev)
			return DVER_ENOMEM;
		json_object(j, NULL);
		json_string(j, "rev", f->rev);
		json_string(j, "commit", f->commit);
		if (f->commit)
			json_number(j, "time",
				    (uint64_t)(f->time > 0 ? f->time : 0));
		json_array(j, "files");
	}
	json_object(j, NULL);
	json_string(j, "path", f->path);
	if (f->problem) {
		json_string(j, "error", f->problem);
		json_bool(j, "missing", f->code == DVER_ENOTFOUND ||
					f->code == DVER_EMISSING);
	} else {
		json_object(j, "values");
		for (size_t i = 0; i < f->n; i++)
			values_json(j, f->values[i].name, &f->values[i].value);
		json_end_object(j);
	}
	json_end_object(j);
	return 0;
}

static int tell(void *data, const struct dver_values_file *f)
{
	struct showing *s = data;

	if (f->problem)
		values_note(&s->trouble, f->problem);
	else
		s->trouble.shown++;
	return s->ctx->json ? as_json(s, f) : keep(s, f);
}

static const struct dver_value *value_in(const struct row *r, size_t column)
{
	struct cell key = { .column = column };
	const struct cell *c = r->n ? bsearch(&key, r->v, r->n, sizeof(key),
					      by_column) : NULL;

	return c ? &c->value : NULL;
}

/* Numbers come first, then texts, then what is not there: 0, 1, 2. */
static int sort_class(const struct dver_value *v)
{
	if (!v)
		return 2;
	return (v->kind == DVER_VALUE_INT || v->kind == DVER_VALUE_FLOAT) &&
	       !isnan(v->number) ? 0 : 1;
}

/* The best first: the highest, unless lower is better. */
static int by_value(const void *a, const void *b, void *data)
{
	const struct showing *s = data;
	const struct row *x = a, *y = b;
	const struct dver_value *v = value_in(x, s->sort_by);
	const struct dver_value *w = value_in(y, s->sort_by);
	int c = sort_class(v) - sort_class(w);

	if (c == 0 && v && w && sort_class(v) == 0) {
		c = (v->number < w->number) - (v->number > w->number);
		if (s->better[s->sort_by] == DVER_BETTER_LOWER)
			c = -c;
	} else if (c == 0 && v && w) {
		c = strcmp(v->text, w->text);
	}
	return c ? c : (x->nth > y->nth) - (x->nth < y->nth);
}

static int sort(struct showing *s, struct dver_err *err)
{
	const char *by = s->a->sort_by;

	if (!by || !s->nrows)
		return 0;
	for (s->sort_by = 0; s->sort_by < s->names.n; s->sort_by++)
		if (streq(s->names.v[s->sort_by], by))
			break;
	if (s->sort_by == s->names.n)
		return err_set(err, DVER_ENOTFOUND, "there is no '%s' to sort "
			       "by", by);
	qsort_r(s->rows, s->nrows, sizeof(*s->rows), by_value, s);
	return 0;
}

static long digits(const struct showing *s, enum table_style style)
{
	/* What goes to a program is not rounded, unless it is wanted. */
	return s->a->precision ? s->a->precision
	       : style == TABLE_CSV ? 0 : 5;
}

static void add_value(struct table *t, const struct dver_value *v, long n)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (v)
		values_text(&b, v, n);
	table_add(t, v ? b.data : NULL);
}

/* A row a value: for one revision of many parameters. */
static int put_list(const struct showing *s, enum table_style style)
{
	bool paths = !s->a->no_path;
	struct table t;
	int r;

	table_init(&t, 2 + (size_t)paths + (size_t)s->problems);
	if (paths)
		table_add(&t, "Path");
	table_add(&t, "Param");
	table_add(&t, "Value");
	if (s->problems)
		table_add(&t, "Problem");
	for (size_t i = 0; i < s->nrows; i++) {
		const struct row *x = &s->rows[i];

		/* One that cannot be read has a row all the same. */
		for (size_t k = 0; k < x->n + (x->problem != NULL); k++) {
			if (paths)
				table_add(&t, x->path);
			table_add(&t, k < x->n ? s->names.v[x->v[k].column]
					       : NULL);
			add_value(&t, k < x->n ? &x->v[k].value : NULL,
				  digits(s, style));
			if (s->problems)
				table_add(&t, x->problem ? x->problem : "");
		}
	}
	r = table_put(&t, style);
	table_release(&t);
	return r;
}

static int put_table(const struct showing *s, bool revs,
		     enum table_style style)
{
	bool paths = !s->a->no_path;
	struct table t;
	int r;

	table_init(&t, s->names.n + (size_t)revs + (size_t)paths +
		       (size_t)s->problems);
	if (revs)
		table_add(&t, "Revision");
	if (paths)
		table_add(&t, "Path");
	for (size_t i = 0; i < s->names.n; i++)
		table_add(&t, s->names.v[i]);
	if (s->problems)
		table_add(&t, "Problem");
	for (size_t i = 0; i < s->nrows; i++) {
		const struct row *x = &s->rows[i];

		if (revs)
			table_add(&t, x->rev);
		if (paths)
			table_add(&t, x->path);
		for (size_t k = 0; k < s->names.n; k++)
			add_value(&t, value_in(x, k), digits(s, style));
		if (s->problems)
			table_add(&t, x->problem ? x->problem : "");
	}
	r = table_put(&t, style);
	table_release(&t);
	return r;
}

static int put(struct showing *s, bool revs, enum table_style style,
	       struct dver_err *err)
{
	int r = sort(s, err);

	if (r < 0 || s->ctx->quiet)
		return r;
	if (s->what == DVER_PARAMS && !s->many && !revs)
		r = put_list(s, style);
	else if ((s->names.n + 3) * (s->nrows + 1) > CELLS_MAX)
		return err_set(err, DVER_EINVAL, "%zu rows of %zu values are "
			       "too much for a table: use --json, or name "
			       "files", s->nrows, s->names.n);
	else
		r = put_table(s, revs, style);
	return r < 0 ? err_nomem(err) : 0;
}

/* The revisions that were asked for; *words is what is left of these. */
static int options(const struct cmd_ctx *ctx, const struct values_args *a,
		   char **words, int n, const char **revs,
		   struct dver_values_opts *o, struct dver_err *err)
{
	int used = cmd_revisions(ctx, words, n, n, revs + a->revs.n);
	int r = 0;

	for (size_t i = 0; i < a->revs.n; i++)
		revs[i] = a->revs.v[i];
	o->revs = revs;
	o->nrevs = a->revs.n + (size_t)used;
	o->flags = (a->branches ? DVER_VALUES_BRANCHES : 0u) |
		   (a->tags ? DVER_VALUES_TAGS : 0u) |
		   (a->commits ? DVER_VALUES_COMMITS : 0u) |
		   (a->deps ? DVER_VALUES_DEPS : 0u);
	if (a->since)
		r = date_parse(&o->since, a->since, false, err);
	if (r == 0 && a->until)
		r = date_parse(&o->until, a->until, true, err);
	return r < 0 ? r : used;
}

static int show(struct showing *s, char **words, int n, struct dver_err *err)
{
	AUTO_FREE const char **revs = mem_array((size_t)n + s->a->revs.n + 1,
						sizeof(*revs));
	struct dver_values_opts o = { .flags = 0 };
	enum table_style style;
	int used, r;

	if (!revs)
		return err_nomem(err);
	r = values_style(s->ctx, s->a, &style, err);
	if (r)
		return r;
	used = options(s->ctx, s->a, words, n, revs, &o, err);
	if (used < 0)
		return used;
	r = dver_values_each(s->ctx->repo, s->what,
			     (const char *const *)words + used,
			     (size_t)(n - used), &o, tell, s, err);
	/* Of all that it returns only this comes from tell(). */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	if (r < 0 || s->ctx->json)
		return r;
	return put(s, o.nrevs || o.since || o.until ||
		      (o.flags & ~(unsigned)DVER_VALUES_DEPS), style, err);
}

int values_show(const struct cmd_ctx *ctx, enum dver_values what,
		const struct values_args *a, char **words, int n,
		struct dver_err *err)
{
	struct showing s = { .ctx = ctx, .what = what, .a = a };
	int r;

	keymap_init(&s.columns, 16, sizeof(size_t));
	if (ctx->json) {
		json_begin(&s.j, stdout);
		json_object(&s.j, NULL);
		json_array(&s.j, "revisions");
	}
	r = show(&s, words, n, err);
	if (r == 0 && ctx->json) {
		end_rev(&s);
		json_end_array(&s.j);
		json_end_object(&s.j);
		json_end(&s.j);
	}
	if (r == 0)
		r = values_end(ctx, &s.trouble);
	release(&s);
	return r;
}
