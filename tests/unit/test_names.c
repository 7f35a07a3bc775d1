/* path, rand's hex digits, utf8: what a name may be and what it becomes. */
#include "tests/harness.h"

#include "base/buf.h"
#include "base/path.h"
#include "base/rand.h"
#include "base/utf8.h"

static void paths_are_cleaned(void **state)
{
	static const char *const cases[][2] = {
		{ "a//b/./c/", "a/b/c" },   { "", "." },
		{ "/", "/" },		    { "/..", "/" },
		{ "/a/../../b", "/b" },	    { "a/..", "." },
		{ "a/../..", ".." },	    { "../../x", "../../x" },
		{ "./.", "." },		    { "/a/b/..", "/a" },
		{ "a/b/../../c", "c" },	    { "..a/...", "..a/..." },
	};
	AUTO_BUF struct buf b = BUF_PATH;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(path_clean(&b, cases[i][0], NULL), 0);
		assert_string_equal(b.data, cases[i][1]);
	}
}

static void paths_are_seen_from_elsewhere(void **state)
{
	static const char *const cases[][3] = {
		{ "/a/b", "/a/b/c", "c" },  { "/a/b", "/a", ".." },
		{ "/a/b", "/a/bc", "../bc" }, { "/a", "/a", "." },
		{ "/", "/x/y", "x/y" },	    { "/x/y", "/", "../.." },
		{ "/a/b/c", "/a/d/e", "../../d/e" },
	};
	AUTO_BUF struct buf b = BUF_PATH;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(path_relative(&b, cases[i][0], cases[i][1],
					       NULL), 0);
		assert_string_equal(b.data, cases[i][2]);
	}
	assert_true(path_inside("a/b", "a"));
	assert_true(path_inside("a", "a"));
	assert_true(path_inside("x", ""));
	assert_false(path_inside("ab", "a"));
	assert_false(path_inside("a", "a/b"));
}

static void nothing_escapes_the_workspace(void **state)
{
	static const char *const bad[] = {
		"", "/", "/etc/passwd", "..", "a/../b", "./a", "a//b", "a/",
		".git", "a/.GIT/config", ".dver/config", "sub/.Dver", ".",
	};
	static const char *const good[] = {
		"a", "a/b", "...", ".gitignore", "a/.gitx", "..a", "\xff\n",
	};
	char longest[300];
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(path_check_workspace(bad[i], &err),
				 DVER_EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(path_check_workspace(good[i], &err), 0);
	memset(longest, 'x', sizeof(longest));
	longest[255] = '\0';
	assert_int_equal(path_check_workspace(longest, &err), 0);
	longest[255] = 'x';
	longest[256] = '\0';
	assert_int_equal(path_check_workspace(longest, &err), DVER_EINVAL);
}

static void paths_split_and_join(void **state)
{
	static const char *const cases[][2] = {
		{ "a/b", "a" }, { "a", "." }, { "/a", "/" }, { "/", "/" },
	};
	AUTO_BUF struct buf b = BUF_PATH;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_FREE char *dir = path_dir(cases[i][0]);

		assert_string_equal(dir, cases[i][1]);
	}
	assert_string_equal(path_base("a/b"), "b");
	assert_string_equal(path_base("b"), "b");
	path_quote(&b, "a\nb\"\\\x01");
	assert_string_equal(b.data, "a\\nb\\\"\\\\\\001");
	/* Not what turns the rest of the line round, nor C1 controls. */
	buf_clear(&b);
	path_quote(&b, "\xe2\x80\xae" "txt\xc2\x9b\xc3\xa9\xff\xe2\x80");
	assert_string_equal(b.data, "\\342\\200\\256txt\\302\\233"
			    "\xc3\xa9\xff\xe2\x80");
}

static void what_nobody_sees(void **state)
{
	static const struct { const char *first, *last; } ranges[] = {
		{ "\x01", "\x1f" }, { "\x7f", "\x7f" },
		{ "\xc2\x80", "\xc2\x9f" }, { "\xd8\x9c", "\xd8\x9c" },
		{ "\xe2\x80\x8b", "\xe2\x80\x8f" },
		{ "\xe2\x80\xa8", "\xe2\x80\xae" },
		{ "\xe2\x81\xa0", "\xe2\x81\xaf" },
		{ "\xef\xbb\xbf", "\xef\xbb\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		size_t n = utf8_step(ranges[i].first);
		char c[5] = "";

		assert_int_equal(strlen(ranges[i].first), n);
		memcpy(c, ranges[i].first, n);
		c[n - 1]--;	/* U+0000 has no bytes here */
		assert_true(i == 0 || !utf8_unseen(c, n) ||
			    !utf8_valid(c, n));
		while (strcmp(c, ranges[i].last) < 0) {
			c[n - 1]++;
			assert_true(utf8_unseen(c, n));
		}
		c[n - 1]++;
		if (utf8_valid(c, n))
			assert_false(utf8_unseen(c, n));
	}
	assert_false(utf8_unseen("\xff", 1));
	assert_false(utf8_unseen("\xe4\xb8\xad", 3));
	assert_int_equal(utf8_step("\xe4\xb8\xad"), 3);
	assert_int_equal(utf8_step("\xe4\xb8"), 1);
	assert_int_equal(utf8_step("\xf0\x9f\x98\x80"), 4);
	assert_int_equal(utf8_step(""), 1);
}

static void hex_digits_are_exact(void **state)
{
	uint8_t bytes[2] = { 0xa0, 0x0f }, back[2];
	char hex[5], one[RAND_NAME_HEX], two[RAND_NAME_HEX];

	(void)state;
	hex_encode(hex, bytes, 2);
	assert_string_equal(hex, "a00f");
	assert_int_equal(hex_decode(back, 2, hex), 0);
	assert_memory_equal(back, bytes, 2);
	assert_int_equal(hex_decode(back, 2, "A00F"), -1);
	assert_int_equal(hex_decode(back, 2, "a00"), -1);
	assert_int_equal(hex_decode(back, 2, ""), -1);
	assert_int_equal(rand_name(one, NULL), 0);
	assert_int_equal(rand_name(two, NULL), 0);
	assert_string_not_equal(one, two);
}

static void names_that_clash_fold_to_one(void **state)
{
	AUTO_BUF struct buf a = BUF_PATH;
	AUTO_BUF struct buf b = BUF_PATH;

	(void)state;
	assert_int_equal(utf8_fold(&a, "\xc3\x89t\xc3\xa9", 5, NULL), 0);
	assert_int_equal(utf8_fold(&b, "e\xcc\x81te\xcc\x81", 7, NULL), 0);
	assert_string_equal(a.data, b.data);
	buf_clear(&a);
	assert_int_equal(utf8_fold(&a, "\xff" "A", 2, NULL), 0);
	assert_string_equal(a.data, "\xff" "A");
	assert_false(utf8_valid("\xff", 1));
	assert_false(utf8_valid("\xed\xa0\x80", 3));
	assert_int_equal(utf8_width("a\xe4\xb8\xad\xff", 5), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(paths_are_cleaned),
		T(paths_are_seen_from_elsewhere),
		T(nothing_escapes_the_workspace),
		T(paths_split_and_join),
		T(what_nobody_sees),
		T(hex_digits_are_exact),
		T(names_that_clash_fold_to_one),
	};

	return RUN(tests);
}
