/*
 * http_date - by hand, because strptime(3) reads names in the language of the
 * locale and takes more than the grammar allows.  The day of the week is not
 * looked at.
 */
#include "net/http_date.h"

#include <stdio.h>

#include "base/mem.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "ThuFriSatSunMonTueWed";	/* 1970 began so */

struct date { int year, month, day, hour, minute, second; };

/* Days from 1970-01-01 to a day of the Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day)
{
	/* Years that begin in March: the leap day is their last. */
	int64_t y = year - (month <= 2);
	int64_t m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 +
	       day - 1 - 719468;
}

static int month_of(const char *name)
{
	for (int i = 0; i < 12; i++)
		if (strncmp(name, months + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

/*
 * Match text against a pattern: 'd' is a digit, '_' a digit or a blank, 'a' a
 * letter, all else itself.
 */
static bool matches(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++) {
		bool digit = *text >= '0' && *text <= '9';
		bool letter = (*text | 0x20) >= 'a' && (*text | 0x20) <= 'z';

		if (*pattern == 'd' ? !digit
		    : *pattern == '_' ? !digit && *text != ' '
		    : *pattern == 'a' ? !letter : *text != *pattern)
			return false;
	}
	return *text == '\0';
}

static int number(const char *at, int digits)
{
	int v = 0;

	for (int i = 0; i < digits; i++)
		v = v * 10 + (at[i] == ' ' ? 0 : at[i] - '0');
	return v;
}

static void take_time(struct date *d, const char *at)
{
	d->hour = number(at, 2);
	d->minute = number(at + 3, 2);
	d->second = number(at + 6, 2);
}

/* What stands behind "Sun, " or "Sunday, ". */
static bool after_comma(struct date *d, const char *p)
{
	d->day = number(p, 2);
	d->month = month_of(p + 3);
	if (matches(p, "dd aaa dddd dd:dd:dd GMT")) {
		d->year = number(p + 7, 4);
		take_time(d, p + 12);
		return true;
	}
	if (!matches(p, "dd-aaa-dd dd:dd:dd GMT"))
		return false;
	/* Two digits: nobody speaks like this of years after 2069. */
	d->year = number(p + 7, 2);
	d->year += d->year < 70 ? 2000 : 1900;
	take_time(d, p + 10);
	return true;
}

static bool asctime_form(struct date *d, const char *p)
{
	if (!matches(p, "aaa aaa _d dd:dd:dd dddd"))
		return false;
	d->month = month_of(p + 4);
	d->day = number(p + 8, 2);
	take_time(d, p + 11);
	d->year = number(p + 20, 4);
	return true;
}

bool http_date_parse(int64_t *out, const char *text)
{
	const char *comma = strchr(text, ',');
	struct date d;
	bool ok;

	if (comma)
		ok = strlen(comma) > 10 && comma[1] == ' ' &&
		     after_comma(&d, comma + 2);
	else
		ok = asctime_form(&d, text);
	if (!ok || d.year < 1600 || d.month == 0 || d.day < 1 || d.day > 31 ||
	    d.hour > 23 || d.minute > 59 || d.second > 60)
		return false;
	*out = days_of(d.year, d.month, d.day) * 86400 + d.hour * 3600 +
	       d.minute * 60 + d.second;
	return true;
}

void http_date_format(char out[HTTP_DATE_SIZE], int64_t when)
{
	int64_t day = when / 86400 - (when % 86400 < 0);
	int second = (int)(when - day * 86400);
	int year = 1970 + (int)(day / 366), month = 1;
	int weekday = (int)(((day % 7) + 7) % 7);

	while (days_of(year + 1, 1, 1) <= day)
		year++;
	while (days_of(year, 1, 1) > day)
		year--;
	while (month < 12 && days_of(year, month + 1, 1) <= day)
		month++;
	(void)snprintf(out, HTTP_DATE_SIZE, "%.3s, %02u %.3s %04u "
		       "%02u:%02u:%02u GMT", days + 3 * weekday,
		       (unsigned)(day - days_of(year, month, 1) + 1) % 100,
		       months + 3 * (month - 1), (unsigned)year % 10000,
		       (unsigned)second / 3600 % 100,
		       (unsigned)second / 60 % 60, (unsigned)second % 60);
}
