/* decimal: the doubles of strtod(), and what is no number. */
#include "tests/harness.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "format/decimal.h"

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static void same(const char *text)
{
	double got = 1.25, want = strtod(text, NULL);

	if (!decimal_parse(&got, text, strlen(text)) ||
	    bits_of(got) != bits_of(want))
		fail_msg("'%s' is %a, not %a", text, got, want);
}

static void words(void **state)
{
	static const char *const none[] = {
		"", "+", "-", ".", "-.", "e", "e5", "1e", "1e+", "1e-", "1e5x",
		"1.2.3", "0x10", "inf", "nan", "1 ", " 1", "--1", "+-1", "1,5",
		"1_000", "1e5.0", "12a", "1d5", ".e1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		double x;

		if (decimal_parse(&x, none[i], strlen(none[i])))
			fail_msg("'%s' is %g", none[i], x);
	}
}

static void edges(void **state)
{
	static const char *const texts[] = {
		"0", "-0", "+0", "0.0", "-0.0e5", "00012", ".5", "5.", "-.5e1",
		"1e22", "1e23", "-1e-22", "1e-23", "123456789012345678e5",
		"9007199254740992", "9007199254740993", "9007199254740995",
		"9007199254740993e-1", "18446744073709551615",
		"9999999999999999999", "99999999999999999999",
		"12345678901234567890123", "0.000000000000000000000000001",
		"0.1", "0.30000000000000004", "1e308", "1e309", "-1e999",
		"1e-320", "4.9e-324", "1e-400", "2.2250738585072014e-308",
		"1.7976931348623157e308", "1.7976931348623159e308",
		"1e00000000000000000000001", "1e99999999999999999999",
		"0e99999999999999999999", "1e-99999999999999999999",
		"8.5e-5", "7.2057594037927933e16", "1e27", "3e-27",
		"0.0000000000000000000000000000000000000000000000000000001e55",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		same(texts[i]);
}

static uint64_t rnd(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Of all lengths, and the shortest texts of random doubles. */
static void random_ones(void **state)
{
	(void)state;
	for (int i = 0; i < 300000; i++) {
		char text[64];
		uint64_t digits = rnd() >> rnd() % 64;

		(void)snprintf(text, sizeof(text), "%s%" PRIu64 ".%" PRIu64
			       "e%d", i % 3 ? "" : "-", digits % 100000000,
			       rnd() >> rnd() % 64, (int)(rnd() % 61) - 30);
		same(text);
		(void)snprintf(text, sizeof(text), "%" PRIu64 "e-%d", digits,
			       (int)(rnd() % 30));
		same(text);
		(void)snprintf(text, sizeof(text), "%.17g",
			       (double)digits / (double)(1 + (rnd() >> 20)));
		same(text);
	}
}

/*
 * Halves between two doubles, and their neighbours: 2^53 + 1 and the like, also
 * times and by powers of ten.
 */
static void halves(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++) {
		char text[64];
		uint64_t half = (1ULL << 53 | rnd() >> 11) << (1 + rnd() % 10);

		half += 1ULL << rnd() % 11;
		(void)snprintf(text, sizeof(text), "%" PRIu64 "e%d",
			       half + rnd() % 3 - 1, (int)(rnd() % 55) - 27);
		same(text);
	}
}

/* What stands behind the number is none of it. */
static void ends(void **state)
{
	double x;

	(void)state;
	assert_true(decimal_parse(&x, "12 ", 2) && fabs(x - 12) < 0.1);
	assert_true(decimal_parse(&x, "12345678901234567890123 ", 23) &&
		    fabs(x / 12345678901234567890123. - 1) < 1e-15);
	assert_false(decimal_parse(&x, "12", 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(words), T(edges), T(random_ones), T(halves), T(ends),
	};

	return RUN(tests);
}
