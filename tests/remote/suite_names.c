/*
 * suite_names - keys of all kinds.  A store's own are plain; layouts that keep
 * files under their names have whatever a file can be called.
 */
#include "tests/remote/suite.h"

static const char *const odd[] = {
	"two words", " leading", "trailing ", "100%", "%41", "A", "a%20b",
	"a b", "a+b", "a%2Bb", "q?x=1&y=2", "hash#tag", "semi;colon",
	"co:lon", "at@sign", "do$llar", "com,ma", "eq=ual", "am&p", "&amp;",
	"quote'", "double\"", "back`tick", "<tag>", "[b]", "{c}", "p|pe",
	"c^ret", "(paren)", "st*r", "!bang", "~tilde", "-dash", "_under",
	".hidden", "..two", "...", "a..b", "x.", "\xc3\xa9",
	"e\xcc\x81" /* the same in two */, "\xe6\x97\xa5\xe6\x9c\xac",
	"\xf0\x9f\x98\x80", "\xd7\xa2\xd7\x91", "\xc2\xa0nbsp", "\xef\xbf\xbd",
	"ABC", "abc", "con", "nul.txt", "index.html", "%", "%%", "%zz", "+",
	"http:", "*", "\xe2\x80\xa8line",
};

static bool is_hidden(const struct suite *s, const char *name)
{
	return s->no_dots && *name == '.';
}

static bool names(struct suite *s)
{
	AUTO_STRVEC struct strvec got = STRVEC_INIT;
	size_t hidden = 0;

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		AUTO_FREE char *key = suite_key(s, "%s", odd[i]);
		AUTO_FREE char *below = suite_key(s, "in %zu/%s/x", i, odd[i]);

		CHECK(s, suite_put(s, key, 50, i) == 0);
		CHECK(s, suite_put(s, below, 60, i) == 0);
		hidden += is_hidden(s, odd[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		AUTO_FREE char *key = suite_key(s, "%s", odd[i]);
		AUTO_FREE char *prefix = suite_key(s, "in %zu/%s/", i, odd[i]);
		AUTO_FREE char *line = str_printf("%sx=60", prefix);
		const char *const want[] = { line };

		CHECK(s, suite_has(s, key, 50, i));
		CHECK(s, suite_lists(s, prefix, 1, want));
	}
	CHECK(s, suite_list(s, s->prefix, &got) == 0);
	CHECK(s, got.n == 2 * (ARRAY_SIZE(odd) - hidden));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		AUTO_FREE char *key = suite_key(s, "%s", odd[i]);
		AUTO_FREE char *line = str_printf("%s=50", key);

		CHECK(s, is_hidden(s, odd[i]) || strvec_has(&got, line));
		CHECK(s, transport_del(s->t, key, &s->err) == 0);
		CHECK(s, suite_lacks(s, key));
	}
	return true;
}

/* Each either comes back as it was or is refused; no other key appears. */
static bool stranger_names(struct suite *s)
{
	static const char *const stranger[] = { "back\\slash", "tab\there",
		"new\nline", "\x01", "\x7f", "cr\rhere" };
	AUTO_STRVEC struct strvec want = STRVEC_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(stranger); i++) {
		AUTO_FREE char *key = suite_key(s, "x%sx", stranger[i]);
		AUTO_FREE char *line = str_printf("%s=50", key);
		int r = suite_put(s, key, 50, i);

		if (r < 0) {
			CHECK(s, r == DVER_EINVAL || r == DVER_EUNSUPPORTED);
			CHECK(s, !strpbrk(s->err.msg, "\n\r\x01"));
			continue;
		}
		CHECK(s, suite_has(s, key, 50, i));
		CHECK(s, strvec_push(&want, line));
	}
	strvec_sort(&want);
	CHECK(s, suite_lists(s, s->prefix, want.n,
			     (const char *const *)want.v));
	return true;
}

/* 24 levels, and a name of 200 bytes. */
static bool deep(struct suite *s)
{
	char path[400], name[201];
	AUTO_FREE char *low = NULL;
	AUTO_FREE char *wide = NULL;
	AUTO_FREE char *line = NULL;
	AUTO_FREE char *line2 = NULL;
	const char *want[2];

	for (size_t i = 0; i < 24; i++)
		memcpy(path + 6 * i, "level/", 6);
	memcpy(path + 24 * 6, "end", 4);
	memset(name, 'n', 200);
	name[200] = '\0';
	low = suite_key(s, "%s", path);
	wide = suite_key(s, "%s", name);
	CHECK(s, suite_put(s, low, 10, 1) == 0);
	CHECK(s, suite_put(s, wide, 20, 2) == 0);
	CHECK(s, suite_has(s, low, 10, 1));
	CHECK(s, suite_has(s, wide, 20, 2));
	want[0] = line = str_printf("%s=10", low);
	want[1] = line2 = str_printf("%s=20", wide);
	CHECK(s, suite_lists(s, s->prefix, 2, want));
	CHECK(s, transport_del(s->t, low, &s->err) == 0);
	CHECK(s, suite_lists(s, s->prefix, 1, want + 1));
	return true;
}

const struct suite_test suite_names[] = {
	{ "names", "spaces, %, +, ?, #, Unicode", names, false },
	{ "stranger", "control characters are kept or refused",
	  stranger_names, false },
	{ "deep", "deep keys and long names", deep, false },
	{ 0 }
};
