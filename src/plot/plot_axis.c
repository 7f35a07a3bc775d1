#include "plot/plot_axis.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plot/plot_text.h"

#define FAR 1e300	/* beyond it differences would overflow */
#define NEAR 1e-300

/* A step of `digit` times 10 to the power of `exponent`. */
struct step { int digit, exponent; };

static double scaled(double x, int exponent)
{
	return exponent < 0 ? x / pow(10, -exponent) : x * pow(10, exponent);
}

/* How many steps from 0, rounded; what is all but whole counts as whole. */
static int64_t steps(double x, struct step s, double (*rounded)(double),
		     int towards)
{
	double n = x / scaled(s.digit, s.exponent);

	return (int64_t)rounded(n + towards * fmax(1e-9, fabs(n) * 1e-15));
}

static struct step step_of(double span, size_t want, bool whole)
{
	double raw = span / (double)want;
	struct step s = { 1, (int)floor(log10(raw)) };
	double times = raw / scaled(1, s.exponent) * (1 - 1e-9);

	s.digit = times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10;
	if (s.digit == 10)
		s = (struct step){ 1, s.exponent + 1 };
	if (whole && s.exponent < 0)
		s = (struct step){ 1, 0 };
	return s;
}

/* A range that is not too narrow, nor too far out, to be divided. */
static struct plot_range usable(struct plot_range r, bool whole)
{
	double most, pad;

	r.lo = fmax(-FAR, fmin(r.lo, FAR));
	r.hi = fmax(-FAR, fmin(r.hi, FAR));
	most = fmax(fabs(r.lo), fabs(r.hi));
	if (r.hi - r.lo > most * 1e-12 && r.hi - r.lo > NEAR)
		return r;
	pad = whole || most < NEAR ? 1 : most / 10;
	pad = fmax(pad, most * 1e-12);
	return (struct plot_range){ r.lo - pad, r.hi + pad };
}

/* Digits of a number without the zeros at its end, and where they stand. */
static void scientific(char *out, int64_t k, int exponent)
{
	char digits[24];
	int n;

	while (k % 10 == 0) {
		k /= 10;
		exponent++;
	}
	n = snprintf(digits, sizeof(digits), "%lld", llabs((long long)k));
	(void)snprintf(out, PLOT_TICK_TEXT, "%s%c%s%se%d", k < 0 ? "-" : "",
		       digits[0], n > 1 ? "." : "", digits + 1,
		       exponent + n - 1);
}

/* k times 10 to the power of `shift`, and a unit. */
static void decimal(char *out, int64_t k, int shift, const char *unit)
{
	char digits[48];
	int n, point;

	n = snprintf(digits, sizeof(digits), "%0*lld",
		     shift < 0 ? 1 - shift : 1, llabs((long long)k));
	point = shift < 0 ? n + shift : n;
	(void)snprintf(out, PLOT_TICK_TEXT, "%s%.*s%.*s%s%s%s",
		       k < 0 ? "-" : "", point, digits, shift > 0 ? shift : 0,
		       "000000000000000", shift < 0 ? "." : "",
		       digits + point, unit);
}

static void write_tick(char *out, int64_t k, int exponent, double most)
{
	static const struct { double from; int exponent; const char *name; }
	units[] = {
		{ 1e12, 12, "T" }, { 1e9, 9, "G" }, { 1e6, 6, "M" },
		{ 1e4, 3, "k" },
	};

	if (k == 0) {
		decimal(out, 0, most < 1e4 && most >= 1e-4
			? MIN(exponent, 0) : 0, "");
		return;
	}
	if (most >= 1e15 || most < 1e-4) {
		scientific(out, k, exponent);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		int shift = exponent - units[i].exponent;

		if (most < units[i].from)
			continue;
		/* Not "1.00002M": that many decimals hide what differs. */
		if (shift < -3)
			break;
		decimal(out, k, shift, units[i].name);
		return;
	}
	decimal(out, k, exponent, "");
}

void plot_axis_numbers(struct plot_axis *a, struct plot_range r, size_t want,
		       unsigned flags)
{
	bool whole = flags & PLOT_AXIS_WHOLE;
	struct step s;
	int64_t from, to;
	double most;

	assert(want >= 1 && want <= 24);
	r = usable(r, whole);
	s = step_of(r.hi - r.lo, want, whole);
	if (flags & PLOT_AXIS_GROW) {
		from = steps(r.lo, s, floor, 1);
		to = steps(r.hi, s, ceil, -1);
		r.lo = scaled((double)(from * s.digit), s.exponent);
		r.hi = scaled((double)(to * s.digit), s.exponent);
	} else {
		from = steps(r.lo, s, ceil, -1);
		to = steps(r.hi, s, floor, 1);
	}
	a->lo = r.lo;
	a->hi = r.hi;
	a->n = 0;
	*a->zone = '\0';
	most = fmax(fabs(scaled((double)(from * s.digit), s.exponent)),
		    fabs(scaled((double)(to * s.digit), s.exponent)));
	for (; from <= to && a->n < PLOT_TICKS_MAX; from++) {
		double at = scaled((double)(from * s.digit), s.exponent);

		a->at[a->n] = fmax(a->lo, fmin(at, a->hi));
		write_tick(a->text[a->n++], from * s.digit, s.exponent, most);
	}
}

void plot_axis_words(struct plot_axis *a, const struct strvec *labels,
		     size_t want, size_t columns, bool ascii)
{
	size_t every = (labels->n + want - 1) / MAX(want, (size_t)1);

	a->lo = labels->n > 1 ? 0 : -1;
	a->hi = labels->n > 1 ? (double)(labels->n - 1) : 1;
	a->n = 0;
	*a->zone = '\0';
	for (size_t i = 0; i < labels->n && a->n < PLOT_TICKS_MAX;
	     i += MAX(every, (size_t)1)) {
		AUTO_BUF struct buf text = BUF_BIG;

		plot_text_ends(&text, labels->v[i], columns, ascii);
		/* A cut inside a character would be no UTF-8. */
		if (text.len >= PLOT_TICK_TEXT)
			buf_setstr(&text, ascii ? "~" : "\xe2\x80\xa6");
		memcpy(a->text[a->n], text.data, text.len + 1);
		a->at[a->n++] = (double)i;
	}
}

void plot_axis_x(struct plot_axis *a, const struct plot *p,
		 struct plot_range r, size_t want, size_t columns, bool ascii)
{
	unsigned flags = p->kind == PLOT_SCATTER ? PLOT_AXIS_GROW : 0;

	if (p->x_kind == PLOT_X_LABELS)
		plot_axis_words(a, &p->labels, want, columns, ascii);
	else if (p->x_kind == PLOT_X_TIMES)
		plot_axis_times(a, r, want, flags);
	else
		plot_axis_numbers(a, r, want,
				  flags | (plot_axis_whole(p) ? PLOT_AXIS_WHOLE
							      : 0u));
}

void plot_axis_name(struct buf *out, const struct plot_axis *a,
		    const struct plot *p, size_t columns, bool ascii)
{
	size_t zone = strlen(a->zone);
	bool name = p->x_label && (!zone || columns > zone + 4);

	if (name)
		plot_text(out, p->x_label, zone ? columns - zone - 3 : columns,
			  ascii);
	if (zone && zone <= columns)
		buf_addf(out, name ? " (%s)" : "%s", a->zone);
}

double plot_axis_place(const struct plot_axis *a, double at)
{
	double p = (fmax(-FAR, fmin(at, FAR)) - a->lo) / (a->hi - a->lo);

	return fmax(0, fmin(p, 1));
}

bool plot_axis_whole(const struct plot *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->v[i].n; k++)
			if (p->v[i].v[k].x != floor(p->v[i].v[k].x))
				return false;
	return true;
}

size_t plot_axis_columns(const struct plot_axis *a)
{
	size_t most = 0;

	for (size_t i = 0; i < a->n; i++)
		most = MAX(most, utf8_width(a->text[i], strlen(a->text[i])));
	return most;
}
