/*
 * values_diff - values before and after, a line each.
 */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/values_pick.h"
#include "format/scalar.h"

struct diffing {
	const struct cmd_ctx *ctx;
	enum dver_values what;
	const struct values_args *a;
	struct json j;
	struct table t;
	enum table_style style;
	long digits;
	/* What may have been meant as a revision; NULL: nothing. */
	const char *word;
	bool typo;		/* and it is no file either */
	struct picks picks;
	struct values_trouble trouble;
};

static const char *status_of(const struct dver_value_change *c)
{
	if (!c->name || c->old_problem || c->new_problem)
		return "error";
	if (c->same)
		return "same";
	return c->old.kind == DVER_VALUE_NONE ? "new"
	       : c->now.kind == DVER_VALUE_NONE ? "deleted" : "modified";
}

void values_change_json(struct json *j, const struct dver_value_change *c)
{
	json_object(j, NULL);
	json_string(j, "path", c->path);
	if (c->name)
		json_string(j, "name", c->name);
	values_change_fields(j, c);
	json_end_object(j);
}

void values_change_fields(struct json *j, const struct dver_value_change *c)
{
	json_string(j, "status", status_of(c));
	values_json(j, "old", &c->old);
	values_json(j, "new", &c->now);
	if (c->has_difference)
		values_json(j, "diff", &c->difference);
	if (c->has_percent) {
		AUTO_BUF struct buf b = BUF_BIG;

		scalar_put_float(&b, c->percent);
		if (isfinite(c->percent))
			json_token(j, "percent", b.data);
	}
	if (c->better)
		json_bool(j, "better", c->better > 0);
	if (c->old_problem)
		json_string(j, "old_error", c->old_problem);
	if (c->new_problem)
		json_string(j, "new_error", c->new_problem);
}

static void add(struct diffing *d, const char *text, int better)
{
	if (better)
		table_add_coloured(&d->t, text,
				   better > 0 ? OUT_GREEN : OUT_RED);
	else
		table_add(&d->t, text);
}

static void add_value(struct diffing *d, const struct dver_value *v,
		      long digits, const char *problem)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (d->style == TABLE_CSV)
		values_text(&b, v, digits);
	else
		values_shown(&b, v, digits);
	d->t.failed |= !buf_ok(&b);
	table_add(&d->t, problem ? "?" : v->kind == DVER_VALUE_NONE ? NULL
					 : b.data);
}

void values_change(struct buf *out, const struct dver_value_change *c,
		   long digits)
{
	if (c->has_difference)
		values_signed(out, &c->difference, digits);
	else if (c->better)
		buf_addstr(out, "nan");
	else if (c->name && !c->same && c->old.kind == DVER_VALUE_NONE)
		buf_addstr(out, "new");
	else if (c->name && !c->same && c->now.kind == DVER_VALUE_NONE)
		buf_addstr(out, "deleted");
}

void values_percent(struct buf *out, const struct dver_value_change *c)
{
	double size = fabs(c->percent);

	if (!c->has_percent)
		return;
	/* What is not nothing is not told as 0.0. */
	buf_addf(out, size > 0 && size < 0.05 ? "%+.1g%%"
		      : size < 100 ? "%+.1f%%" : "%+.4g%%", c->percent);
}

static void add_change(struct diffing *d, const struct dver_value_change *c)
{
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf percent = BUF_BIG;

	values_change(&b, c, d->digits);
	values_percent(&percent, c);
	d->t.failed |= !buf_ok(&b) || !buf_ok(&percent);
	add(d, b.data, c->better);
	add(d, percent.data, c->better);
}

/* Is this what the word says, seen from a folder perhaps? */
static bool is_path_of(const char *path, const char *word)
{
	size_t n = strlen(path), len = strlen(word);

	return n >= len && strcmp(path + n - len, word) == 0 &&
	       (n == len || path[n - len - 1] == '/');
}

static void note_problems(struct diffing *d, const struct dver_value_change *c)
{
	if (c->nowhere && d->word && is_path_of(c->path, d->word))
		d->typo = true;
	if (c->old_problem && !c->nowhere)
		values_note(&d->trouble, c->old_problem);
	if (c->new_problem)
		values_note(&d->trouble, c->new_problem);
	/* A file that one side cannot read is compared with nothing. */
	d->trouble.shown += c->name != NULL;
}

static int tell(void *data, const struct dver_value_change *c)
{
	struct diffing *d = data;
	long digits;

	if (c->name && !picks_has(&d->picks, c->path, c->name))
		return 0;
	note_problems(d, c);
	if (d->ctx->json) {
		values_change_json(&d->j, c);
		return 0;
	}
	if (!d->a->no_path)
		table_add(&d->t, c->path);
	table_add(&d->t, c->name);
	digits = d->a->precision ? d->digits
				 : values_digits(&c->old, &c->now, d->digits);
	add_value(d, &c->old, digits, c->old_problem);
	add_value(d, &c->now, digits, c->new_problem);
	if (d->what == DVER_METRICS)
		add_change(d, c);
	table_add(&d->t, c->new_problem ? c->new_problem
			 : c->old_problem ? c->old_problem : "");
	return d->t.failed ? DVER_ENOMEM : 0;
}

static void begin(struct diffing *d, const char *a, const char *b)
{
	bool metrics = d->what == DVER_METRICS;

	if (d->ctx->json) {
		json_begin(&d->j, stdout);
		json_object(&d->j, NULL);
		json_string(&d->j, "old", a);
		json_string(&d->j, "new", b);
		json_array(&d->j, "changes");
		return;
	}
	table_init(&d->t, (metrics ? 6u : 4u) + !d->a->no_path);
	if (!d->a->no_path)
		table_add(&d->t, "Path");
	table_add(&d->t, metrics ? "Metric" : "Param");
	table_add(&d->t, a);
	table_add(&d->t, b);
	if (metrics) {
		table_add(&d->t, "Change");
		table_add(&d->t, "Percent");
	}
	table_add(&d->t, "Problem");
}

static int end(struct diffing *d, struct dver_err *err)
{
	if (!d->ctx->json)
		return d->ctx->quiet || table_put(&d->t, d->style) == 0
		       ? 0 : err_nomem(err);
	json_end_array(&d->j);
	json_end_object(&d->j);
	json_end(&d->j);
	return 0;
}

static int is_value(void *data, const struct dver_value_change *c)
{
	(void)data;
	return c->name != NULL;
}

/*
 * Compare.  Where there is nothing but trouble, was that because all the rest
 * is the same?
 */
static int compare(struct diffing *d, const char *const rev[2],
		   const char *const *files, size_t n, struct dver_err *err)
{
	unsigned flags = d->a->deps ? DVER_VALUES_DEPS : 0u;
	int r = dver_values_diff(d->ctx->repo, d->what, rev[0], rev[1], files,
				 n, flags | (d->a->all ? DVER_VALUES_ALL : 0u),
				 tell, d, err);

	/* Of all that it returns only this comes from tell(). */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	if (r < 0 || !d->trouble.n || d->trouble.shown)
		return r;
	r = dver_values_diff(d->ctx->repo, d->what, rev[0], rev[1], files, n,
			     flags | DVER_VALUES_ALL, is_value, NULL, err);
	d->trouble.shown += r > 0;
	return MIN(r, 0);
}

int values_diff(const struct cmd_ctx *ctx, enum dver_values what,
		const struct values_args *a, char **words, int n,
		struct dver_err *err)
{
	struct diffing d = { .ctx = ctx, .what = what, .a = a };
	const char *rev[2] = { NULL, NULL };
	int r = values_style(ctx, a, &d.style, err);
	int used = r ? 0 : rev_pair(ctx, words, n, rev, err);

	if (r || used < 0)
		return r ? r : used;
	n = picks_take(&d.picks, ctx, what, words + used, n - used, rev, 2,
		       err);
	if (n < 0) {
		picks_release(&d.picks);
		return n;
	}
	words += used;
	d.digits = a->precision ? a->precision : d.style == TABLE_CSV ? 0 : 5;
	if (ctx->dashes < 0 && n && !rev[1])
		d.word = words[0];
	begin(&d, rev[0] ? rev[0] : "HEAD", rev[1] ? rev[1] : "workspace");
	r = compare(&d, rev, (const char *const *)words, (size_t)n, err);
	/* Programs have the document whole. */
	if (r == 0 && d.typo && !ctx->json)
		r = rev_typo(ctx, d.word, err);
	if (r == 0)
		r = end(&d, err);
	if (r == 0)
		r = values_end(ctx, &d.trouble);
	picks_release(&d.picks);
	table_release(&d.t);
	return r;
}
