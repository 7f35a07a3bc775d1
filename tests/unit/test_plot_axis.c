/* plot_axis, plot_text: round numbers, and names of any bytes. */
#include "tests/harness.h"

#include <float.h>
#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "plot/plot_axis.h"
#include "plot/plot_text.h"

static const struct axis {
	double lo, hi;
	size_t want;
	unsigned flags;
	const char *ticks;
} axes[] = {
#define WHOLE PLOT_AXIS_WHOLE
#define GROW PLOT_AXIS_GROW
	{ 0, 1, 5, 0, "0.0 0.2 0.4 0.6 0.8 1.0" },
	{ 0, 1, 4, 0, "0.0 0.5 1.0" },
	{ 0.13, 0.92, 5, 0, "0.2 0.4 0.6 0.8" },
	{ 0.13, 0.92, 5, GROW, "0.0 0.2 0.4 0.6 0.8 1.0" },
	{ 0.05, 2.35, 6, GROW, "0.0 0.5 1.0 1.5 2.0 2.5" },
	{ -0.3, 0.3, 6, 0, "-0.3 -0.2 -0.1 0.0 0.1 0.2 0.3" },
	{ 0, 3, 10, WHOLE, "0 1 2 3" },
	{ 0, 3, 10, 0, "0.0 0.5 1.0 1.5 2.0 2.5 3.0" },
	{ 1, 199, 8, WHOLE, "50 100 150" },
	{ 0, 9999, 5, 0, "0 2000 4000 6000 8000" },
	{ 0, 20000, 4, 0, "0 5k 10k 15k 20k" },
	{ 0, 2e6, 4, 0, "0 0.5M 1.0M 1.5M 2.0M" },
	{ -1e6, 2e6, 3, 0, "-1M 0 1M 2M" },
	{ 1e9, 1.03e9, 6, 0,
	  "1.000G 1.005G 1.010G 1.015G 1.020G 1.025G 1.030G" },
	{ 3e12, 5e12, 2, 0, "3T 4T 5T" },
	{ 1700000000, 1700001000, 2, 0,
	  "1700000000 1700000500 1700001000" },
	{ 1000000, 1000000.2, 4, 0,
	  "1000000.00 1000000.05 1000000.10 1000000.15 1000000.20" },
	{ 0, 2e16, 4, 0, "0 5e15 1e16 1.5e16 2e16" },
	{ -4e-6, 4e-6, 4, 0, "-4e-6 -2e-6 0 2e-6 4e-6" },
	{ 0.0001, 0.0005, 4, 0, "0.0001 0.0002 0.0003 0.0004 0.0005" },
	{ 42, 42, 6, GROW, "36 38 40 42 44 46 48" },
	{ 5, 5, 6, WHOLE, "4 5 6" },
	{ 0, 0, 4, GROW, "-1.0 -0.5 0.0 0.5 1.0" },
	{ -DBL_MAX, DBL_MAX, 2, 0, "-1e300 0 1e300" },
	{ 0, DBL_MIN / 16, 2, 0, "-1 0 1" },
	{ 1e15, 1e15 + 1e-3, 2, GROW, "9e14 1e15 1.1e15" },
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(axes); i++) {
		struct plot_range r = { axes[i].lo, axes[i].hi };
		AUTO_BUF struct buf out = BUF_BIG;
		struct plot_axis a;

		plot_axis_numbers(&a, r, axes[i].want, axes[i].flags);
		for (size_t k = 0; k < a.n; k++)
			buf_addf(&out, "%s%s", k ? " " : "", a.text[k]);
		assert_string_equal(out.data, axes[i].ticks);
	}
}

static const struct {
	double lo, hi;
	size_t want;
	unsigned flags;
	const char *ticks, *zone;
} times[] = {
#define NOW 1795615402.0	/* 2026-11-25 14:03:22 */
#define DAY 86400.0
	{ NOW, NOW + 40, 5, 0, "14:03:30 14:03:40 14:03:50 14:04:00",
	  "2026-11-25 UTC" },
	{ NOW, NOW + 0.01, 3, 0, "14:03:22.000 14:03:22.005 14:03:22.010",
	  "2026-11-25 UTC" },
	{ NOW - 0.3, NOW + 0.5, 4, GROW, "14:03:21.6 14:03:21.8 14:03:22.0 "
	  "14:03:22.2 14:03:22.4 14:03:22.6", "2026-11-25 UTC" },
	{ NOW, NOW + 2.9e-5, 3, 0, "14:03:22.00000 14:03:22.00001 "
	  "14:03:22.00002", "2026-11-25 UTC" },
	{ NOW, NOW + 3600, 4, 0, "14:15 14:30 14:45 15:00",
	  "2026-11-25 UTC" },
	{ NOW, NOW + 20 * 3600, 5, 0, "18:00 2026-11-26 06:00", "UTC" },
	{ NOW, NOW + 5 * DAY, 5, 0,
	  "2026-11-26 2026-11-27 2026-11-28 2026-11-29 2026-11-30", "UTC" },
	/* Mondays. */
	{ NOW, NOW + 28 * DAY, 5, 0, "2026-11-30 2026-12-07 2026-12-14 "
	  "2026-12-21", "UTC" },
	{ NOW, NOW + 200 * DAY, 4, 0, "2027-01 2027-03 2027-05", "UTC" },
	{ NOW, NOW + 700 * DAY, 4, 0, "2027-01 2027-07 2028-01 2028-07",
	  "UTC" },
	{ NOW, NOW + 700 * DAY, 4, GROW, "2026-07 2027-01 2027-07 2028-01 "
	  "2028-07 2029-01", "UTC" },
	{ 0, NOW, 6, 0, "1970 1980 1990 2000 2010 2020", "UTC" },
	{ -2 * DAY, DAY, 4, 0, "1969-12-30 1969-12-31 1970-01-01 1970-01-02",
	  "UTC" },
	{ NOW, NOW, 2, 0, "14:03:21 14:03:22 14:03:23", "2026-11-25 UTC" },
	{ -1e300, 1e300, 5, 0, "2000 4000 6000 8000", "UTC" },
};

static void times_of_all_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct plot_range r = { times[i].lo, times[i].hi };
		AUTO_BUF struct buf out = BUF_BIG;
		struct plot_axis a;

		plot_axis_times(&a, r, times[i].want, times[i].flags);
		for (size_t k = 0; k < a.n; k++)
			buf_addf(&out, "%s%s", k ? " " : "", a.text[k]);
		assert_string_equal(out.data, times[i].ticks);
		assert_string_equal(a.zone, times[i].zone);
	}
}

/* Each span has ticks, not too many, rising, between the ends. */
static void times_have_ticks(void **state)
{
	(void)state;
	for (double span = 2e-5; span < 3e11; span *= 1.37)
		for (size_t want = 1; want <= 24; want++) {
			struct plot_range r = { NOW - span / 2,
						NOW + span / 2 };
			struct plot_axis a;

			plot_axis_times(&a, r, want, want % 2 ? GROW : 0);
			assert_true(a.n <= want + 3 && a.lo < a.hi);
			assert_true(a.n >= (want % 2 ? 2 : want / 4));
			for (size_t k = 0; k < a.n; k++)
				assert_true(a.at[k] >= a.lo &&
					    a.at[k] <= a.hi &&
					    (k == 0 ||
					     a.at[k] > a.at[k - 1]));
		}
}

/* A tick's text is the number where it stands, for ranges of all sizes. */
static void texts_are_exact(void **state)
{
	static const char units[] = "kMGT";

	(void)state;
	for (int e = -30; e < 30; e++)
		for (int i = 1; i < 60; i++) {
			double lo = (i % 7 - 3) * pow(10, e);
			struct plot_range r = { lo, lo + i * pow(10, e - 1) };
			struct plot_axis a;
			size_t want = 1 + (size_t)i % 24;

			plot_axis_numbers(&a, r, want, i % 2 ? GROW : 0);
			assert_true(a.lo < a.hi && a.n <= want + 3);
			assert_true(i % 2 == 0 || a.n >= 2);
			for (size_t k = 0; k < a.n; k++) {
				char *end;
				double x = strtod(a.text[k], &end);
				const char *unit = strchr(units, *end);
				double size = fmax(fabs(a.lo), fabs(a.hi));

				if (*end)
					x *= pow(1000, 1 + (double)
						 (unit - units));
				assert_true(fabs(x - a.at[k]) < size * 1e-12);
				assert_true(a.at[k] >= a.lo &&
					    a.at[k] <= a.hi);
				assert_true(k == 0 || a.at[k] > a.at[k - 1]);
			}
		}
}

static void words(void **state)
{
	AUTO_STRVEC struct strvec labels = STRVEC_INIT;
	struct plot_axis a;

	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "label number %d", i);
		assert_true(strvec_push(&labels, text));
	}
	plot_axis_words(&a, &labels, 10, 8, false);
	assert_int_equal(a.n, 10);
	assert_true(a.at[9] <= 90 && a.at[9] >= 90);
	assert_string_equal(a.text[0], "lab\xe2\x80\xa6" "er 0");
	strvec_clear(&labels);
	plot_axis_words(&a, &labels, 10, 8, false);
	assert_int_equal(a.n, 0);
	assert_true(a.lo < a.hi);
}

static const struct text {
	const char *from;
	size_t columns;
	const char *clean, *ascii, *xml;
} texts[] = {
	{ "", 5, "", "", "" },
	{ "loss", 4, "loss", "loss", "loss" },
	{ "losses", 4, "los\xe2\x80\xa6", "los~", "los\xe2\x80\xa6" },
	{ "a\tb\nc", 9, "a b c", "a b c", "a b c" },
	{ "\x1b[31m\x7f", 9, "\xef\xbf\xbd[31m\xef\xbf\xbd", "?[31m?",
	  "\xef\xbf\xbd[31m\xef\xbf\xbd" },
	{ "<a href='x'>&\"", 99, "<a href='x'>&\"", "<a href='x'>&\"",
	  "&#60;a href=&#39;x&#39;&#62;&#38;&#34;" },
	{ "\xff\xc3", 9, "\xef\xbf\xbd\xef\xbf\xbd", "??",
	  "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6,
	  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "???",
	  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5,
	  "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6", "???",
	  "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6" },
	/* CSI in one byte, a change of direction, what XML does not allow. */
	{ "\xc2\x9b" "31m", 9, "\xef\xbf\xbd\xef\xbf\xbd" "31m", "??31m",
	  "\xef\xbf\xbd\xef\xbf\xbd" "31m" },
	{ "\xe2\x80\xae", 9, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "???",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xef\xbf\xbf", 9, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "???",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "abc", 0, "", "", "" },
};

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_BUF struct buf clean = BUF_BIG, ascii = BUF_BIG;
		AUTO_BUF struct buf xml = BUF_BIG;

		plot_text(&clean, texts[i].from, texts[i].columns, false);
		plot_text(&ascii, texts[i].from, texts[i].columns, true);
		plot_text_xml(&xml, texts[i].from, texts[i].columns);
		assert_string_equal(clean.data, texts[i].clean);
		assert_string_equal(ascii.data, texts[i].ascii);
		assert_string_equal(xml.data, texts[i].xml);
		assert_true(utf8_width(clean.data, clean.len) <=
			    texts[i].columns);
	}
}

static void numbers_as_text(void **state)
{
	static const struct {
		double x;
		const char *exact, *brief;
	} cases[] = {
		{ 0, "0", "0" }, { 12, "12", "12" }, { 0.1, "0.1", "0.1" },
		{ 1.0 / 3, "0.3333333333333333", "0.33333" },
		{ -5300.5, "-5300.5", "-5300.5" },
		{ 12000, "12000", "12k" }, { 1234567, "1234567", "1.2346M" },
		{ 2.5e9, "2500000000", "2.5G" }, { 1e13, "10000000000000",
						   "10T" },
		{ 1e-7, "1e-07", "1e-07" }, { 1e20, "1e+20", "1e+20" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_BUF struct buf exact = BUF_BIG, brief = BUF_BIG;

		plot_number(&exact, cases[i].x);
		plot_number_short(&brief, cases[i].x);
		assert_string_equal(exact.data, cases[i].exact);
		assert_string_equal(brief.data, cases[i].brief);
	}
	for (int i = 0; i < 2; i++) {
		AUTO_BUF struct buf out = BUF_BIG;

		plot_count(&out, i ? 1234567 : 999);
		assert_string_equal(out.data, i ? "1,234,567" : "999");
	}
}

/* What is too long keeps both its ends, and is never wider. */
static void both_ends(void **state)
{
	static const struct { const char *from; size_t columns;
			      const char *want; bool ascii; } cases[] = {
		{ "train/accuracy_1", 16, "train/accuracy_1", false },
		{ "train/accuracy_12", 16, "train/a\u2026uracy_12", false },
		{ "train/accuracy_12", 16, "train/a~uracy_12", true },
		{ "train/accuracy_12", 7, "train/\u2026", false },
		{ "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d", 9,
		  "\u4e00\u2026\u4e94\u516d", false },
		{ "a\x1b[31m\xff-and-more-of-it", 12, "a\ufffd[31\u2026-of-it",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_BUF struct buf out = BUF_BIG;

		plot_text_ends(&out, cases[i].from, cases[i].columns,
			       cases[i].ascii);
		assert_string_equal(out.data, cases[i].want);
		assert_true(utf8_width(out.data, out.len) <=
			    cases[i].columns);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(numbers), T(times_of_all_lengths), T(times_have_ticks),
		T(texts_are_exact), T(words), T(names), T(both_ends),
		T(numbers_as_text),
	};

	return RUN(tests);
}
