/* http: dates, the limits' arithmetic, a server's words. */
#include "tests/harness.h"

#include "base/buf.h"
#include "net/http.h"
#include "net/http_date.h"
#include "net/http_pace.h"

static void dates_of_all_forms_are_read(void **state)
{
	static const struct { const char *text; int64_t when; } good[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
		{ "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
		{ "Thu, 31 Dec 2099 23:59:60 GMT", 4102444800 },
		{ "Monday, 01-Jan-01 00:00:00 GMT", 978307200 },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
	};
	int64_t when;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(http_date_parse(&when, good[i].text));
		assert_int_equal(when, good[i].when);
	}
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ",", ", ", "Sun", "Sun, ", "Sun, 06 Nov 1994",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nox 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 32 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 0001 08:49:37 GMT",
		"1994-11-06T08:49:37Z",
		"120",
		"Sun,06 Nov 1994 08:49:37 GMT", "Sun Nov 06 08:49:37 94",
	};
	int64_t when;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (http_date_parse(&when, bad[i]))
			fail_msg("'%s' was taken", bad[i]);
}

static void dates_come_back(void **state)
{
	char text[HTTP_DATE_SIZE];
	int64_t when;

	(void)state;
	http_date_format(text, 784111777);
	assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	for (int64_t t = -11600000000; t < 250000000000; t += 12345678901) {
		http_date_format(text, t);
		assert_true(http_date_parse(&when, text));
		assert_int_equal(when, t);
	}
}

static void a_limit_halves_and_grows(void **state)
{
	struct http_limit l;

	(void)state;
	http_limit_init(&l, 64);
	assert_int_equal(http_limit_get(&l), 64);
	http_limit_good(&l);
	assert_int_equal(http_limit_get(&l), 64);
	http_limit_overload(&l, 10, 20);
	assert_int_equal(http_limit_get(&l), 32);
	/* Those that were under way with it count once. */
	http_limit_overload(&l, 15, 21);
	http_limit_overload(&l, 20, 22);
	assert_int_equal(http_limit_get(&l), 32);
	for (int i = 0; i < 32; i++)
		http_limit_good(&l);
	assert_int_equal(http_limit_get(&l), 32);
	http_limit_good(&l);
	assert_int_equal(http_limit_get(&l), 33);
	for (int i = 0; i < 20; i++)
		http_limit_overload(&l, 100 + i, 100 + i);
	assert_int_equal(http_limit_get(&l), 1);
	for (int i = 0; i < 10000; i++)
		http_limit_good(&l);
	assert_int_equal(http_limit_get(&l), 64);
}

static void a_rate_is_kept(void **state)
{
	struct http_rate r = { .per_second = 1000 };
	int64_t now = 5000000000, began = now;

	(void)state;
	for (int i = 0; i < 100; i++)
		now += http_rate_take(&r, 100, now);
	assert_in_range(now - began, 9900000000, 10000000000);
	/* Being idle saves nothing up, but for a moment. */
	now += 60000000000;
	assert_int_equal(http_rate_take(&r, 10, now), 0);
	assert_in_range(http_rate_take(&r, 1000, now), 980000000, 1000000000);
	r.per_second = 0;
	assert_int_equal(http_rate_take(&r, UINT64_MAX, now), 0);
}

static void words(const char *text, size_t len, const char *want)
{
	AUTO_BUF struct buf b = BUF_BIG;

	http_words(&b, text, len);
	assert_string_equal(b.data, want);
}

static void words_are_made_harmless(void **state)
{
	char text[1000];

	(void)state;
	words(" a\r\n\tb\033[1mc\0d ", 14, "a b [1mc d");
	words("\303\251\302\233x\302\240", 7, "\303\251 x\302\240");
	words("caf\351", 4, "caf?");
	words("", 0, "");
	memset(text, 'x', sizeof(text));
	text[199] = '\303';
	text[200] = '\251';
	{
		AUTO_BUF struct buf b = BUF_BIG;

		http_words(&b, text, sizeof(text));
		assert_int_equal(b.len, 204);
		assert_string_equal(b.data + 198, "x\303\251...");
	}
}

static void numbers_and_headers_are_found(void **state)
{
	AUTO_HTTP_REPLY struct http_reply r;

	(void)state;
	http_reply_init(&r);
	assert_true(strvec_push(&r.headers, "content-length: 12"));
	assert_true(strvec_push(&r.headers, "x-empty: "));
	assert_true(strvec_push(&r.headers, "x-neg: -1"));
	assert_true(strvec_push(&r.headers, "x-big: 99999999999999999999"));
	assert_true(strvec_push(&r.headers, "x-tail: 1a"));
	assert_int_equal(http_reply_number(&r, "Content-Length", 7), 12);
	assert_string_equal(http_reply_header(&r, "x-empty"), "");
	assert_null(http_reply_header(&r, "content"));
	assert_int_equal(http_reply_number(&r, "x-empty", 7), 7);
	assert_int_equal(http_reply_number(&r, "x-neg", 7), 7);
	assert_int_equal(http_reply_number(&r, "x-big", 7), 7);
	assert_int_equal(http_reply_number(&r, "x-tail", 7), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(dates_of_all_forms_are_read),
		T(what_is_no_date_is_refused),
		T(dates_come_back),
		T(a_limit_halves_and_grows),
		T(a_rate_is_kept),
		T(words_are_made_harmless),
		T(numbers_and_headers_are_found),
	};

	return RUN(tests);
}
