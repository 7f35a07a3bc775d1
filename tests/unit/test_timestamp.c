/* timestamp: what programs write as days and moments, and what is none. */
#include "tests/harness.h"

#include <math.h>
#include <time.h>

#include "format/timestamp.h"

#define NONE NAN

static void texts(void **state)
{
	static const struct { const char *text; double want; } cases[] = {
		{ "1970-01-01", 0 },
		{ "2026-11-25", 1795564800 },
		{ "2026/11/25", 1795564800 },
		{ "2026-11", 1793491200 },
		{ "2026-11-25 14:03", 1795615380 },
		{ "2026-11-25 14:03:22", 1795615402 },
		{ "2026-11-25T14:03:22", 1795615402 },
		{ "2026-11-25t14:03:22z", 1795615402 },
		{ "2026-11-25 14:03:22Z", 1795615402 },
		{ "2026-11-25 14:03:22 UTC", 1795615402 },
		{ "2026-11-25 14:03:22 GMT", 1795615402 },
		{ "2026-11-25 14:03:22.5", 1795615402.5 },
		{ "2026-11-25T14:03:22,250Z", 1795615402.25 },
		{ "2026-11-25 14:03:22.000000000000000000000000001",
		  1795615402 },
		{ "2026-11-25 14:03:22+01:00", 1795611802 },
		{ "2026-11-25 14:03:22 +0100", 1795611802 },
		{ "2026-11-25T14:03-05", 1795633380 },
		{ "2026-11-25T14:03:22.5-05:30", 1795635202.5 },
		{ "20261125T140322Z", 1795615402 },
		{ "20261125T1403", 1795615380 },
		{ "2024-02-29", 1709164800 },
		{ "2016-12-31 23:59:60", 1483228800 },
		{ "1969-12-31 23:59:59", -1 },
		{ "0001-01-01", TIMESTAMP_MIN },
		{ "9999-12-31T23:59:59Z", TIMESTAMP_MAX },

		{ "", NONE }, { "2026", NONE }, { "20261125", NONE },
		{ "202611", NONE }, { "2026/11", NONE }, { "2026-", NONE },
		{ "2026-11-", NONE }, { "2026-1-2", NONE },
		{ "2026-11/25", NONE }, { "2026-13-01", NONE },
		{ "2026-00-01", NONE }, { "2026-02-29", NONE },
		{ "2026-11-31", NONE }, { "2026-11-00", NONE },
		{ "0000-01-01", NONE }, { "25/11/2026", NONE },
		{ "2026-11-25 ", NONE }, { "2026-11-25T", NONE },
		{ "2026-11-25x", NONE }, { "2026-11-25 14", NONE },
		{ "2026-11-25 24:00", NONE }, { "2026-11-25 14:60", NONE },
		{ "2026-11-25 14:03:61", NONE },
		{ "2026-11-25 14:03 ", NONE },
		{ "2026-11-25 14:03+", NONE },
		{ "2026-11-25 14:03+1", NONE },
		{ "2026-11-25 14:03+24", NONE },
		{ "2026-11-25 14:03+01:60", NONE },
		{ "2026-11-25 14:03Zx", NONE },
		{ "2026-11-25 14:03 CET", NONE },
		{ "2026-11-25 1403", NONE }, { "20261125 1403", NONE },
		{ "0001-01-01 00:00+01", NONE }, { "-2026-11-25", NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double got = NAN;

		if (!timestamp_parse(&got, cases[i].text,
				     strlen(cases[i].text)))
			got = NAN;
		if (isnan(cases[i].want) ? !isnan(got)
					 : fabs(got - cases[i].want) > 1e-6 ||
					   isnan(got))
			fail_msg("'%s' is %.7f", cases[i].text, got);
	}
}

/* Bytes behind the text are none of it: it has no NUL at its end. */
static void ends_where_it_ends(void **state)
{
	double got;

	(void)state;
	assert_true(timestamp_parse(&got, "2026-11-25 14:03:22", 10));
	assert_true(got > 1795564799 && got < 1795564801);
	assert_false(timestamp_parse(&got, "2026-11-25", 9));
}

/* The C library's calendar, from the year 1 to 9999, says the same. */
static void as_the_system(void **state)
{
	(void)state;
	for (int64_t day = -719162; day <= 2932896; day += 13) {
		time_t t = (time_t)day * 86400;
		struct timestamp_day d = timestamp_day(day);
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(timestamp_days(d), day);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(texts), T(ends_where_it_ends), T(as_the_system),
	};

	return RUN(tests);
}
