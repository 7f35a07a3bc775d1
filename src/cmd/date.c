#include "cmd/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"

/* Digits, at most 12 of them, from *p on; false: there are none. */
static bool number(const char **p, int64_t *out)
{
	const char *start = *p;

	*out = 0;
	for (; isdigit((unsigned char)**p) && *p - start < 12; (*p)++)
		*out = *out * 10 + (**p - '0');
	return *p > start;
}

/* "3 days ago", "3d", "2 weeks". */
static bool parse_ago(const char *p, int64_t *out)
{
	static const struct { const char *word; int64_t seconds; } units[] = {
		{ "second", 1 }, { "minute", 60 }, { "hour", 3600 },
		{ "day", 86400 }, { "week", 7 * 86400 },
		{ "month", 30 * 86400 }, { "year", 365 * 86400 },
		{ "h", 3600 }, { "d", 86400 }, { "w", 7 * 86400 },
	};
	int64_t n;

	if (!number(&p, &n) || n > 1000000)
		return false;
	p += *p == ' ';
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].word);
		const char *rest = p + len;

		if (strncmp(p, units[i].word, len) != 0)
			continue;
		rest += len > 1 && *rest == 's';
		if (*rest && !streq(rest, " ago"))
			continue;
		*out = (int64_t)time(NULL) - n * units[i].seconds;
		return true;
	}
	return false;
}

static bool parse_clock(const char *p, struct tm *tm, bool *utc)
{
	int64_t hour, minute, second = 0;

	if (!number(&p, &hour) || *p++ != ':' || !number(&p, &minute))
		return false;
	if (*p == ':' && (p++, !number(&p, &second)))
		return false;
	*utc = *p == 'Z';
	p += *utc;
	tm->tm_hour = (int)hour;
	tm->tm_min = (int)minute;
	tm->tm_sec = (int)second;
	return !*p && hour < 24 && minute < 60 && second < 61;
}

static bool parse_day(const char *p, bool end, int64_t *out)
{
	struct tm tm = { .tm_isdst = -1 };
	int64_t year, month, day;
	bool utc = false;

	if (!number(&p, &year) || *p++ != '-' || !number(&p, &month) ||
	    *p++ != '-' || !number(&p, &day) || year < 1970 || year > 9999 ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = (int)month - 1;
	tm.tm_mday = (int)day;
	if (!*p && end) {
		tm.tm_hour = 23;
		tm.tm_min = tm.tm_sec = 59;
	} else if (*p && ((*p != ' ' && *p != 'T') ||
			  !parse_clock(p + 1, &tm, &utc))) {
		return false;
	}
	*out = (int64_t)(utc ? timegm(&tm) : mktime(&tm));
	return true;
}

int date_parse(int64_t *out, const char *text, bool end, struct dver_err *err)
{
	const char *p = text + 1;

	if (*text == '@' && number(&p, out) && !*p)
		return 0;
	if (parse_day(text, end, out) || parse_ago(text, out))
		return 0;
	return err_set(err, DVER_EINVAL, "'%s' is no time: 2026-03-01, "
		       "'2026-03-01 14:30' or '3 days ago' is one", text);
}
