/*
 * compare - two sorted lists of files, and of values in these, side by side.
 */
#include "report/compare.h"

#include <math.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"

static bool is_number(const struct dver_value *v)
{
	return v->kind == DVER_VALUE_INT || v->kind == DVER_VALUE_FLOAT;
}

bool compare_equal(const struct dver_value *a, const struct dver_value *b)
{
	if (a->kind == b->kind && streq(a->text, b->text))
		return true;
	if (!is_number(a) || !is_number(b))
		return false;
	/* Of integers doubles do not know all digits. */
	if (a->kind == DVER_VALUE_INT && b->kind == DVER_VALUE_INT)
		return false;
	return a->number >= b->number && a->number <= b->number;
}

/* Of 37 digits and a difference of two of them there is room for. */
#define DIGITS_MAX 37
__extension__ typedef __int128 wide;

static bool wide_int(const struct dver_value *v, wide *out)
{
	const char *p = v->text + (*v->text == '-');

	if (v->kind != DVER_VALUE_INT || strlen(p) > DIGITS_MAX)
		return false;
	*out = 0;
	for (; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*out = *out * 10 + (*p - '0');
	}
	if (*v->text == '-')
		*out = -*out;
	return true;
}

static void put_wide(struct buf *text, wide x)
{
	char digits[DIGITS_MAX + 3], *p = digits + sizeof(digits);
	bool negative = x < 0;

	*--p = '\0';
	do {
		int digit = (int)(x % 10);

		*--p = (char)('0' + (digit < 0 ? -digit : digit));
		x /= 10;
	} while (x != 0);
	buf_addstr(text, negative ? "-" : "");
	buf_addstr(text, p);
}

bool compare_difference(const struct dver_value *old,
			const struct dver_value *now, struct buf *text,
			struct dver_value *out)
{
	wide a, b;

	*out = (struct dver_value){ .kind = DVER_VALUE_NONE, .text = "" };
	if (!is_number(old) || !is_number(now))
		return false;
	buf_clear(text);
	if (wide_int(old, &a) && wide_int(now, &b)) {
		put_wide(text, b - a);
		out->kind = DVER_VALUE_INT;
		out->number = (double)(b - a);
	} else {
		out->kind = DVER_VALUE_FLOAT;
		out->number = now->number - old->number;
		scalar_put_float(text, out->number);
	}
	out->text = text->data;
	/* Integers of yet more digits differ by more than doubles can tell. */
	return !isnan(out->number) &&
	       (fpclassify(out->number) != FP_ZERO ||
		compare_equal(old, now));
}

struct comparing {
	struct view *a, *b;
	bool all;
	change_fn fn;
	void *data;
	struct buf text;	/* of a difference */
};

static const struct dver_value nothing = { .kind = DVER_VALUE_NONE,
					   .text = "" };

/* 1: from NaN to a number, -1: the reverse. */
static int mended(const struct dver_value *old, const struct dver_value *now)
{
	if (!is_number(old) || !is_number(now))
		return 0;
	return !!isnan(old->number) - !!isnan(now->number);
}

void compare_change(struct dver_value_change *x, const char *path,
		    const char *name, enum dver_better way,
		    const struct dver_value *old, const struct dver_value *now,
		    struct buf *text)
{
	*x = (struct dver_value_change){ .path = path, .name = name,
					 .old = *old, .now = *now };
	x->same = compare_equal(old, now);
	x->has_difference = compare_difference(old, now, text,
					       &x->difference);
	x->has_percent = x->has_difference &&
			 isfinite(x->difference.number) &&
			 fpclassify(old->number) != FP_ZERO;
	if (x->has_percent)
		x->percent = x->difference.number / fabs(old->number) * 100;
	if (!x->has_difference)
		x->difference = nothing;
	if (x->has_difference && way != DVER_BETTER_UNKNOWN && !x->same)
		x->better = (x->difference.number > 0) ==
			    (way == DVER_BETTER_HIGHER) ? 1 : -1;
	/* A run that diverged has become worse, whichever way is better. */
	if (way != DVER_BETTER_UNKNOWN && mended(old, now))
		x->better = mended(old, now);
}

static int tell(struct comparing *c, const char *path, const char *name,
		const struct value *better, const struct dver_value *old,
		const struct dver_value *now)
{
	struct dver_value_change x;

	compare_change(&x, path, name, plan_better(better, name), old, now,
		       &c->text);
	return x.same && !c->all ? 0 : c->fn(c->data, &x);
}

static int compare_values(struct comparing *c, const char *path,
			  const struct value *better, const struct flat *a,
			  const struct flat *b)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n || j < b->n)) {
		const struct dver_named_value *x, *y;
		int d;

		x = i < a->n ? &a->v[a->sorted[i]] : NULL;
		y = j < b->n ? &b->v[b->sorted[j]] : NULL;
		d = !x ? 1 : !y ? -1 : strcmp(x->name, y->name);
		r = tell(c, path, d <= 0 ? x->name : y->name, better,
			 d <= 0 ? &x->value : &nothing,
			 d >= 0 ? &y->value : &nothing);
		i += d <= 0;
		j += d >= 0;
	}
	return r;
}

/* What is not there at all is no problem: its values are new, or gone. */
static const char *problem_of(const struct flat *f)
{
	return f && f->code != DVER_ENOTFOUND ? f->problem : NULL;
}

static bool is_nowhere(const struct flat *f)
{
	return f && f->code == DVER_ENOTFOUND;
}

static int compare_files(struct comparing *c, const struct item *x,
			 const struct item *y, struct dver_err *err)
{
	const char *path = x ? x->path : y ? y->path : "";
	static const struct flat empty = { .n = 0 };
	const struct flat *a = NULL, *b = NULL;
	struct dver_value_change broken = { .path = path, .old = nothing,
					    .now = nothing,
					    .difference = nothing };
	int r = 0;

	if (x && y && !c->all && item_same(x, y))
		return 0;
	report_trim(c->a->rep);
	if (x)
		r = view_read(c->a, x, &a, err);
	if (r == 0 && y)
		r = view_read(c->b, y, &b, err);
	if (r < 0)
		return r;
	broken.old_problem = problem_of(a);
	broken.new_problem = problem_of(b);
	/* But what was named is to be somewhere; an old side without a plan
	   is none: there is no commit. */
	if ((is_nowhere(a) || !c->a->plan) && is_nowhere(b) &&
	    c->a->rep->targets.n) {
		broken.old_problem = b->problem;
		broken.new_problem = b->problem;
		broken.nowhere = true;
	}
	if (broken.old_problem || broken.new_problem) {
		broken.same = broken.old_problem && broken.new_problem &&
			      streq(broken.old_problem, broken.new_problem);
		return c->fn(c->data, &broken);
	}
	return compare_values(c, path, y && y->better ? y->better
						      : x ? x->better : NULL,
			      a ? a : &empty, b ? b : &empty);
}

int compare(struct view *a, struct view *b, bool all, change_fn fn,
	    void *data, struct dver_err *err)
{
	struct comparing c = { .a = a, .b = b, .all = all, .fn = fn,
			       .data = data, .text = BUF_BIG };
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n || j < b->n)) {
		const struct item *x = i < a->n ? &a->v[i] : NULL;
		const struct item *y = j < b->n ? &b->v[j] : NULL;
		int d = !x ? 1 : !y ? -1 : strcmp(x->path, y->path);

		r = compare_files(&c, d <= 0 ? x : NULL, d >= 0 ? y : NULL,
				  err);
		i += d <= 0;
		j += d >= 0;
	}
	buf_release(&c.text);
	return r;
}

static int stop(void *data, const struct dver_value_change *c)
{
	(void)data;
	/* Problems are the same where their words are. */
	return c->name || !c->same;
}

int compare_same(struct view *a, struct view *b, struct dver_err *err)
{
	int r;

	if (a->n != b->n)
		return 0;
	r = compare(a, b, false, stop, NULL, err);
	return r < 0 ? r : !r;
}
