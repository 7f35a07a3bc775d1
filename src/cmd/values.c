#include "cmd/values.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "cmd/say.h"
#include "format/scalar.h"

/* Digits before the point are never rounded away: 123456.7 is 123457. */
static void put_float(struct buf *out, double x, long digits)
{
	char text[400];
	double size = fabs(x);

	if (digits <= 0 || !isfinite(x)) {
		scalar_put_float(out, x);
		return;
	}
	if (digits > 17)
		digits = 17;
	if (size >= pow(10, (double)digits) && size < 1e15)
		(void)snprintf(text, sizeof(text), "%.0f", x);
	else
		(void)snprintf(text, sizeof(text), "%.*g", (int)digits, x);
	buf_addstr(out, text);
}

void values_text(struct buf *out, const struct dver_value *v, long digits)
{
	if (v->kind != DVER_VALUE_FLOAT)
		buf_addstr(out, v->text);
	else if (isnan(v->number))
		buf_addstr(out, "nan");
	else if (isinf(v->number))
		buf_addstr(out, v->number < 0 ? "-inf" : "inf");
	else
		put_float(out, v->number, digits);
}

/* Would people take this text for something else, or not see it? */
static bool is_odd_text(const char *text)
{
	size_t n = strlen(text);

	return n == 0 || text[0] == ' ' || text[n - 1] == ' ' ||
	       strcmp(text, "-") == 0 ||
	       scalar_of(text, n) != SCALAR_STRING;
}

void values_shown(struct buf *out, const struct dver_value *v, long digits)
{
	bool quote = v->kind == DVER_VALUE_TEXT && is_odd_text(v->text);

	buf_addstr(out, quote ? "\"" : "");
	values_text(out, v, digits);
	buf_addstr(out, quote ? "\"" : "");
}

long values_digits(const struct dver_value *a, const struct dver_value *b,
		   long digits)
{
	AUTO_BUF struct buf x = BUF_BIG;
	AUTO_BUF struct buf y = BUF_BIG;

	if (a->kind != DVER_VALUE_FLOAT || b->kind != DVER_VALUE_FLOAT ||
	    !isfinite(a->number) || !isfinite(b->number) || digits <= 0 ||
	    (a->number >= b->number && a->number <= b->number))
		return digits;
	for (; digits < 17; digits++) {
		buf_clear(&x);
		buf_clear(&y);
		values_text(&x, a, digits);
		values_text(&y, b, digits);
		if (strcmp(x.data, y.data) != 0)
			break;
	}
	return digits;
}

void values_signed(struct buf *out, const struct dver_value *v, long digits)
{
	if (v->number >= 0)
		buf_addc(out, '+');
	values_text(out, v, digits);
}

/* Does JSON take this for a number? */
static bool is_json_int(const char *text)
{
	text += *text == '-';
	return *text && text[strspn(text, "0123456789")] == '\0';
}

void values_json(struct json *j, const char *key, const struct dver_value *v)
{
	AUTO_BUF struct buf b = BUF_BIG;

	switch (v->kind) {
	case DVER_VALUE_NONE:
		break;
	case DVER_VALUE_NULL:
		json_null(j, key);
		break;
	case DVER_VALUE_BOOL:
		json_bool(j, key, *v->text == 't');
		break;
	case DVER_VALUE_INT:
		if (is_json_int(v->text))
			json_token(j, key, v->text);
		else
			json_string(j, key, v->text);
		break;
	case DVER_VALUE_FLOAT:
		if (isfinite(v->number)) {
			json_token(j, key, v->text);
			break;
		}
		values_text(&b, v, 0);
		json_object(j, key);
		json_string(j, "float", b.data);
		json_end_object(j);
		break;
	case DVER_VALUE_TEXT:
		json_string(j, key, v->text);
		break;
	}
}

int values_style(const struct cmd_ctx *ctx, const struct values_args *a,
		 enum table_style *out, struct dver_err *err)
{
	*out = a->md ? TABLE_MD : a->csv ? TABLE_CSV : TABLE_TEXT;
	if (a->md + a->csv + ctx->json > 1)
		return cmd_usage(err, "--md, --csv and --json: one at a time");
	return 0;
}

void values_note(struct values_trouble *t, const char *problem)
{
	if (t->n++ == 0)
		(void)snprintf(t->first, sizeof(t->first), "%s", problem);
}

int values_end(const struct cmd_ctx *ctx, const struct values_trouble *t)
{
	if (t->n && !ctx->quiet) {
		(void)fflush(stdout);
		if (t->n > 1)
			say_warning("%s (and %llu more could not be read)",
				    t->first, t->n - 1);
		else
			say_warning("%s", t->first);
	}
	return t->n && !t->shown ? 1 : 0;
}

int values_run(struct cmd_ctx *ctx, enum dver_values what,
	       const struct values_args *a, char **words, int n,
	       struct dver_err *err)
{
	struct cmd_ctx inner = *ctx;

	/*
	 * "dver metrics -- m.json": there is no verb before the dashes.  A
	 * word that is no verb is what show is to show.
	 */
	if (n == 0 || ctx->dashes == 0)
		return values_show(ctx, what, a, words, n, err);
	if (inner.dashes > 0)
		inner.dashes--;
	if (strcmp(words[0], "show") == 0)
		return values_show(&inner, what, a, words + 1, n - 1, err);
	if (strcmp(words[0], "diff") == 0)
		return values_diff(&inner, what, a, words + 1, n - 1, err);
	return values_show(ctx, what, a, words, n, err);
}
