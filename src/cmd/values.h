/*
 * values - what `metrics` and `params` share: options, and values as text.
 */
#ifndef CMD_VALUES_H
#define CMD_VALUES_H

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/rev_args.h"
#include "cmd/table.h"
#include "dver/metrics.h"
#include "format/json.h"

struct values_args {
	struct rev_args at;
	bool all, no_path, md, csv, deps;
	const char *sort_by;
	long precision;
};

/* "show" and "diff", as the words say. */
int values_run(struct cmd_ctx *ctx, enum dver_values what,
	       const struct values_args *a, char **words, int n,
	       struct dver_err *err);

int values_show(const struct cmd_ctx *ctx, enum dver_values what,
		const struct values_args *a, char **words, int n,
		struct dver_err *err);
int values_diff(const struct cmd_ctx *ctx, enum dver_values what,
		const struct values_args *a, char **words, int n,
		struct dver_err *err);

/* How a table is written; < 0: two ways were asked for. */
int values_style(const struct cmd_ctx *ctx, const struct values_args *a,
		 enum table_style *out, struct dver_err *err);
/*
 * Append a value, floats with `digits` significant digits and all of those
 * before the point (0: with all there are).
 */
void values_text(struct buf *out, const struct dver_value *v, long digits);
/*
 * The same for people: a text that is empty, or looks like a number or another
 * value, stands in quotes.
 */
void values_shown(struct buf *out, const struct dver_value *v, long digits);
/* `digits`, or as many more as tell two floats apart that differ. */
long values_digits(const struct dver_value *a, const struct dver_value *b,
		   long digits);
/* As values_text(), with a sign before what is not negative. */
void values_signed(struct buf *out, const struct dver_value *v, long digits);
/*
 * A value in JSON: numbers as they are, but {"float": "nan"} ("inf", "-inf")
 * for what JSON has no numbers for.  One of kind NONE is left out.
 */
void values_json(struct json *j, const char *key, const struct dver_value *v);
/* A change, as an object of a list. */
void values_change_json(struct json *j, const struct dver_value_change *c);
/* What changed, without the names, in an object that is open. */
void values_change_fields(struct json *j, const struct dver_value_change *c);

/*
 * How much more, as a number ("new", "deleted" where one is not there) and in
 * percent ("" where there is no such thing).
 */
void values_change(struct buf *out, const struct dver_value_change *c,
		   long digits);
void values_percent(struct buf *out, const struct dver_value_change *c);

/* What could not be read, for the end. */
struct values_trouble {
	unsigned long long n, shown;
	char first[512];
};
void values_note(struct values_trouble *t, const char *problem);
/* Warn; the exit code: 1 when there was nothing but trouble. */
int values_end(const struct cmd_ctx *ctx, const struct values_trouble *t);

#endif
