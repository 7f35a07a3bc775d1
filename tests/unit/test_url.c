/* url: cut, escaped, shown. */
#include "tests/harness.h"

#include "base/buf.h"
#include "net/url.h"

static void is_part(const struct url_part *p, const char *want)
{
	AUTO_FREE char *got = url_part_dup(p);

	assert_string_equal(got, want);
}

static void urls_are_cut(void **state)
{
	struct url u;

	(void)state;
	assert_int_equal(url_cut(&u, "https://me:p@ss@h.org:81/a/b?x=/@#f",
				 NULL), 0);
	is_part(&u.scheme, "https");
	is_part(&u.userinfo, "me:p@ss");
	is_part(&u.host, "h.org");
	is_part(&u.port, "81");
	is_part(&u.path, "/a/b");
	is_part(&u.query, "x=/@");
	is_part(&u.fragment, "f");
	assert_int_equal(url_cut(&u, "http://[::1]:8080", NULL), 0);
	is_part(&u.host, "[::1]");
	is_part(&u.port, "8080");
	is_part(&u.path, "");
	assert_int_equal(url_cut(&u, "http://[::1]?q", NULL), 0);
	is_part(&u.host, "[::1]");
	is_part(&u.port, "");
	is_part(&u.query, "q");
}

static void what_is_no_url_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "a", "/a", "://h", "http://", "http:///p", "http://:80/",
		"http://h:8o/", "http://h:123456/", "ht tp://h", "http://h/\n",
		"http://h/a b", "http://u@/", "ht/tp://h",
	};
	struct dver_err err;
	struct url u;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (url_cut(&u, bad[i], &err) != DVER_EINVAL)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(url_cut(&u, "http://me:secret@h:x/", &err),
			 DVER_EINVAL);
	assert_null(strstr(err.msg, "secret"));
}

static bool same_origin(const char *a, const char *b)
{
	struct url ua, ub;

	assert_int_equal(url_cut(&ua, a, NULL), 0);
	assert_int_equal(url_cut(&ub, b, NULL), 0);
	return url_same_origin(&ua, &ub);
}

static void origins_are_told_apart(void **state)
{
	(void)state;
	assert_true(same_origin("http://h/a", "HTTP://H:80/b"));
	assert_true(same_origin("https://h", "https://me@h:443/b"));
	assert_false(same_origin("http://h/a", "https://h/a"));
	assert_false(same_origin("http://h/a", "http://h:81/a"));
	assert_false(same_origin("http://h/a", "http://h.org/a"));
	assert_false(same_origin("http://h/a", "http://x@g/a"));
}

static void escapes(const char *s, const char *keep, const char *want)
{
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf back = BUF_BIG;

	url_escape(&b, s, keep);
	assert_string_equal(b.data, want);
	assert_int_equal(url_unescape(&back, b.data, b.len, NULL), 0);
	assert_string_equal(back.data, s);
}

static void bytes_are_escaped(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_err err;

	(void)state;
	escapes("a/b c~_-.9Z", "/", "a/b%20c~_-.9Z");
	escapes("a/\303\251%?#&+\x01\x7f", "",
		"a%2F%C3%A9%25%3F%23%26%2B%01%7F");
	assert_int_equal(url_unescape(&b, "%c3%A9", 6, NULL), 0);
	assert_string_equal(b.data, "\303\251");
	assert_int_equal(url_unescape(&b, "a%4", 3, &err), DVER_EFORMAT);
	assert_int_equal(url_unescape(&b, "a%", 2, &err), DVER_EFORMAT);
	assert_int_equal(url_unescape(&b, "a%4x", 4, &err), DVER_EFORMAT);
	assert_int_equal(url_unescape(&b, "a%00", 4, &err), DVER_EFORMAT);
	assert_int_equal(url_unescape(&b, "%412", 3, NULL), 0);
}

static void shows(const char *url, const char *want)
{
	AUTO_BUF struct buf b = BUF_BIG;

	url_show(&b, url);
	assert_string_equal(b.data, want);
}

static void secrets_are_not_shown(void **state)
{
	(void)state;
	shows("https://h/a/b", "https://h/a/b");
	shows("https://me:pw@h:8/a?sig=abc&x=&uploads#frag",
	      "https://h:8/a?sig=...&x=&uploads");
	shows("https://h?0123456789012345678901234567", "https://h?...");
	shows("https://me:p@w@h", "https://h");
	shows("no url", "no url");
	shows("http://h/p@q?a=b=c", "http://h/p@q?a=...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(urls_are_cut),
		T(what_is_no_url_is_refused),
		T(origins_are_told_apart),
		T(bytes_are_escaped),
		T(secrets_are_not_shown),
	};

	return RUN(tests);
}
