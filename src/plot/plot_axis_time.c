/*
 * plot_axis_time - seconds, days, months and years along an axis, in UTC.
 *
 * A tick says what its step changes: "14:03:20", "2026-11-25", "2026-11" or
 * "2026"; of steps within a day midnight says its day.  Where no tick names
 * a day, the name of the axis does.
 */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "format/timestamp.h"
#include "plot/plot_axis.h"

#define DAY 86400
#define NARROW 1e-5	/* seconds; doubles of our days know some 2e-7 */

/* So many months, or else seconds; of a part of a second so many digits. */
struct step { int64_t months; double seconds; int digits; };

static const struct step steps[] = {
	{ 0, 1e-6, 6 }, { 0, 2e-6, 6 }, { 0, 5e-6, 6 },
	{ 0, 1e-5, 5 }, { 0, 2e-5, 5 }, { 0, 5e-5, 5 },
	{ 0, 1e-4, 4 }, { 0, 2e-4, 4 }, { 0, 5e-4, 4 },
	{ 0, 1e-3, 3 }, { 0, 2e-3, 3 }, { 0, 5e-3, 3 },
	{ 0, 1e-2, 2 }, { 0, 2e-2, 2 }, { 0, 5e-2, 2 },
	{ 0, 0.1, 1 }, { 0, 0.2, 1 }, { 0, 0.5, 1 },
	{ 0, 1, 0 }, { 0, 2, 0 }, { 0, 5, 0 }, { 0, 10, 0 }, { 0, 15, 0 },
	{ 0, 30, 0 }, { 0, 60, 0 }, { 0, 120, 0 }, { 0, 300, 0 },
	{ 0, 600, 0 }, { 0, 900, 0 }, { 0, 1800, 0 }, { 0, 3600, 0 },
	{ 0, 7200, 0 }, { 0, 10800, 0 }, { 0, 21600, 0 }, { 0, 43200, 0 },
	{ 0, DAY, 0 }, { 0, 2 * DAY, 0 }, { 0, 7 * DAY, 0 },
	{ 0, 14 * DAY, 0 }, { 1, 0, 0 }, { 2, 0, 0 }, { 3, 0, 0 },
	{ 6, 0, 0 }, { 12, 0, 0 }, { 24, 0, 0 }, { 60, 0, 0 },
	{ 120, 0, 0 }, { 240, 0, 0 }, { 600, 0, 0 }, { 1200, 0, 0 },
	{ 2400, 0, 0 }, { 6000, 0, 0 }, { 12000, 0, 0 }, { 24000, 0, 0 },
	{ 60000, 0, 0 }, { 120000, 0, 0 },
};

static double length(const struct step *s)
{
	return s->months ? (double)s->months * 30.436875 * DAY : s->seconds;
}

static int64_t day_of(double t)
{
	return (int64_t)floor(t / DAY);
}

/* Where ticks are counted from: weeks begin on Mondays. */
static double origin(const struct step *s, double lo)
{
	return s->seconds < 1 ? floor(lo) : s->seconds > 2 * DAY ? 4 * DAY : 0;
}

static double month_start(int64_t month)
{
	int64_t year = (month >= 0 ? month : month - 11) / 12;
	struct timestamp_day d = { (int)year, (int)(month - year * 12) + 1,
				   1 };

	return (double)(timestamp_days(d) * DAY);
}

/* The number of the last step that is not behind t. */
static int64_t step_of(const struct step *s, double from, double t)
{
	struct timestamp_day d = timestamp_day(day_of(t));

	if (s->months)
		return ((int64_t)d.year * 12 + d.month - 1) / s->months;
	return (int64_t)floor((t - from) / s->seconds + 1e-4);
}

static double place_of(const struct step *s, double from, int64_t n)
{
	return s->months ? month_start(n * s->months)
			 : from + (double)n * s->seconds;
}

static void write_day(char *out, double t)
{
	struct timestamp_day d = timestamp_day(day_of(t));

	(void)snprintf(out, PLOT_TICK_TEXT, "%04d-%02d-%02d", d.year, d.month,
		       d.day);
}

static void write_tick(char *out, const struct step *s, double t)
{
	double start = (double)(day_of(t) * DAY), rest = t - start;
	double unit = pow(10, s->digits);
	int64_t parts = llround(rest * unit), whole = parts / (int64_t)unit;

	if (!s->months && s->seconds < DAY && parts > 0) {
		int n = snprintf(out, PLOT_TICK_TEXT, "%02d:%02d",
				 (int)(whole / 3600), (int)(whole / 60 % 60));

		if (s->seconds < 60)
			n += snprintf(out + n, PLOT_TICK_TEXT - (size_t)n,
				      ":%02d", (int)(whole % 60));
		if (s->digits)
			(void)snprintf(out + n, PLOT_TICK_TEXT - (size_t)n,
				       ".%0*d", s->digits,
				       (int)(parts % (int64_t)unit));
		return;
	}
	write_day(out, t);
	/* As much of it as the step changes; years may have five digits. */
	if (s->months)
		*strrchr(out, '-') = '\0';
	if (s->months && s->months % 12 == 0)
		*strrchr(out, '-') = '\0';
}

static struct plot_range usable(struct plot_range r)
{
	r.lo = fmax(TIMESTAMP_MIN, fmin(r.lo, TIMESTAMP_MAX));
	r.hi = fmax(TIMESTAMP_MIN, fmin(r.hi, TIMESTAMP_MAX));
	if (r.hi - r.lo >= NARROW)
		return r;
	return (struct plot_range){ r.lo - 1, r.hi + 1 };
}

/* The name of the axis ends in this. */
static void write_zone(struct plot_axis *a, const struct step *s)
{
	bool days = s->months || s->seconds >= DAY;

	for (size_t i = 0; i < a->n && !days; i++)
		days = !strchr(a->text[i], ':');
	if (days)
		(void)snprintf(a->zone, sizeof(a->zone), "UTC");
	else {
		write_day(a->zone, a->lo);
		(void)snprintf(a->zone + strlen(a->zone), 5, " UTC");
	}
}

void plot_axis_times(struct plot_axis *a, struct plot_range r, size_t want,
		     unsigned flags)
{
	const struct step *s = steps;
	double from, span;
	int64_t n, to;

	r = usable(r);
	span = r.hi - r.lo;
	while (s + 1 < steps + ARRAY_SIZE(steps) &&
	       span / length(s) > (double)want)
		s++;
	from = origin(s, r.lo);
	n = step_of(s, from, r.lo);
	to = step_of(s, from, r.hi);
	if (flags & PLOT_AXIS_GROW) {
		r.lo = fmin(r.lo, place_of(s, from, n));
		to += place_of(s, from, to) < r.hi;
		r.hi = fmax(r.hi, place_of(s, from, to));
	} else {
		n += place_of(s, from, n) < r.lo - s->seconds * 1e-4;
	}
	a->lo = r.lo;
	a->hi = r.hi;
	for (a->n = 0; n <= to && a->n < PLOT_TICKS_MAX; n++) {
		double at = place_of(s, from, n);

		a->at[a->n] = fmax(a->lo, fmin(at, a->hi));
		write_tick(a->text[a->n++], s, at);
	}
	write_zone(a, s);
}
