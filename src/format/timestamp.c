#include "format/timestamp.h"

#include <string.h>

#define DAY 86400

/*
 * Years are counted from March: the day that comes and goes is the last one
 * of a year, and each month's first is a round of 153 days in five months.
 */
int64_t timestamp_days(struct timestamp_day d)
{
	int64_t months = (int64_t)d.year * 12 + d.month - 3;
	int64_t year = (months >= 0 ? months : months - 11) / 12;
	int64_t month = months - year * 12;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       (153 * month + 2) / 5 + d.day - 1 - 719468;
}

struct timestamp_day timestamp_day(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day = z - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (struct timestamp_day){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1) };
}

/* Text that is left. */
struct left { const char *p, *end; };

/* Exactly so many digits. */
static bool digits(struct left *t, int n, int *out)
{
	if (t->end - t->p < n)
		return false;
	for (*out = 0; n > 0; n--, t->p++) {
		if (*t->p < '0' || *t->p > '9')
			return false;
		*out = *out * 10 + (*t->p - '0');
	}
	return true;
}

static bool skip(struct left *t, char c)
{
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

/* `compact`: there is nothing between the parts. */
static bool date(struct left *t, int64_t *days, bool *compact)
{
	struct timestamp_day d = { .day = 1 }, is;
	char between;

	if (!digits(t, 4, &d.year) || t->p == t->end)
		return false;
	between = *t->p;
	*compact = between != '-' && between != '/';
	t->p += !*compact;
	if (!digits(t, 2, &d.month))
		return false;
	if (t->p == t->end && between == '-')
		;	/* a month: its first day */
	else if ((!*compact && !skip(t, between)) || !digits(t, 2, &d.day))
		return false;
	*days = timestamp_days(d);
	is = timestamp_day(*days);
	return d.year >= 1 && is.month == d.month && is.day == d.day;
}

static double fraction(struct left *t)
{
	double unit = 1, part = 0;

	for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++) {
		if (unit > 1e15)	/* more says nothing */
			continue;
		unit *= 10;
		part = part * 10 + (*t->p - '0');
	}
	return part / unit;
}

static bool time_of_day(struct left *t, bool compact, double *seconds)
{
	int hour, minute, second = 0;

	if (!digits(t, 2, &hour) || (!compact && !skip(t, ':')) ||
	    !digits(t, 2, &minute))
		return false;
	*seconds = 0;
	if (compact ? t->p < t->end && *t->p >= '0' && *t->p <= '9'
		    : skip(t, ':')) {
		if (!digits(t, 2, &second))
			return false;
		if (skip(t, '.') || skip(t, ','))
			*seconds = fraction(t);
	}
	*seconds += hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* How far east it is, in seconds; nothing at all is UTC. */
static bool zone(struct left *t, int *east)
{
	int hour, minute = 0, sign;

	*east = 0;
	(void)skip(t, ' ');
	if (t->p == t->end)
		return t->p[-1] != ' ';
	if (skip(t, 'Z') || skip(t, 'z'))
		return t->p == t->end;
	if (t->end - t->p == 3 && (memcmp(t->p, "UTC", 3) == 0 ||
				   memcmp(t->p, "GMT", 3) == 0))
		return true;
	sign = *t->p == '-' ? -1 : 1;
	if (!skip(t, '+') && !skip(t, '-'))
		return false;
	if (!digits(t, 2, &hour))
		return false;
	(void)skip(t, ':');
	if (t->p < t->end && !digits(t, 2, &minute))
		return false;
	*east = sign * (hour * 3600 + minute * 60);
	return t->p == t->end && hour < 24 && minute < 60;
}

bool timestamp_parse(double *out, const char *text, size_t len)
{
	struct left t = { text, text + len };
	double seconds = 0;
	bool compact;
	int64_t days;
	int east = 0;

	if (!date(&t, &days, &compact))
		return false;
	if (t.p == t.end) {
		*out = (double)(days * DAY);
		return !compact;	/* that is a number */
	}
	if ((!skip(&t, 'T') && !skip(&t, 't') &&
	     (compact || !skip(&t, ' '))) ||
	    !time_of_day(&t, compact, &seconds) || !zone(&t, &east))
		return false;
	*out = (double)(days * DAY - east) + seconds;
	return *out >= TIMESTAMP_MIN && *out <= TIMESTAMP_MAX;
}
