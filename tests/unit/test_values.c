/* values: what scalars mean, one text for a value, equality, paths. */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "format/value.h"
#include "format/yaml.h"

static void parse(struct value_doc *doc, const char *text)
{
	struct dver_err err = { 0 };

	if (yaml_parse(doc, "f", text, strlen(text), &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	assert_non_null(doc->root);
}

/* The canonical text of a YAML document. */
static void text_is(const char *yaml, const char *want)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_VALUE_DOC struct value_doc again = { ARENA_INIT, NULL };
	AUTO_BUF struct buf out = BUF_BIG;
	AUTO_BUF struct buf twice = BUF_BIG;

	parse(&doc, yaml);
	value_text(&out, doc.root);
	assert_string_equal(out.data, want);
	parse(&again, out.data);
	assert_true(value_same(doc.root, again.root));
	value_text(&twice, again.root);
	assert_string_equal(twice.data, want);
}

static void words_have_their_meaning(void **state)
{
	static const struct { const char *word; enum scalar is; } cases[] = {
		{ "", SCALAR_NULL },
		{ "~", SCALAR_NULL },
		{ "null", SCALAR_NULL },
		{ "Null", SCALAR_NULL },
		{ "nUll", SCALAR_STRING },
		{ "true", SCALAR_BOOL },
		{ "FALSE", SCALAR_BOOL },
		{ "tRUE", SCALAR_STRING },
		{ "yes", SCALAR_STRING },
		{ "on", SCALAR_STRING },
		{ "y", SCALAR_STRING },
		{ "0", SCALAR_INT },
		{ "-0", SCALAR_INT },
		{ "017", SCALAR_INT },
		{ "089", SCALAR_INT },
		{ "0o17", SCALAR_INT },
		{ "0o18", SCALAR_STRING },
		{ "0o", SCALAR_STRING },
		{ "0xFf", SCALAR_INT },
		{ "0xg", SCALAR_STRING },
		{ "0x_", SCALAR_STRING },
		{ "0b101", SCALAR_INT },
		{ "1_000", SCALAR_INT },
		{ "1_", SCALAR_INT },
		{ "_1", SCALAR_STRING },
		{ "+_1", SCALAR_STRING },
		{ "+5", SCALAR_INT },
		{ "-5", SCALAR_INT },
		{ "--5", SCALAR_STRING },
		{ "+", SCALAR_STRING },
		{ "-", SCALAR_STRING },
		{ ".", SCALAR_STRING },
		{ "._", SCALAR_STRING },
		{ "1.", SCALAR_FLOAT },
		{ ".5", SCALAR_FLOAT },
		{ "-.5", SCALAR_FLOAT },
		{ "1e5", SCALAR_FLOAT },
		{ "1E-5", SCALAR_FLOAT },
		{ "1e", SCALAR_STRING },
		{ "1e+", SCALAR_STRING },
		{ "e5", SCALAR_STRING },
		{ "1.5.2", SCALAR_STRING },
		{ "1_0.5", SCALAR_FLOAT },
		{ ".inf", SCALAR_FLOAT },
		{ "-.INF", SCALAR_FLOAT },
		{ ".nan", SCALAR_FLOAT },
		{ "-.nan", SCALAR_STRING },
		{ "inf", SCALAR_STRING },
		{ "nan", SCALAR_STRING },
		{ "2020-01-01", SCALAR_STRING },
		{ "12:30:45", SCALAR_STRING },
		{ "1 2", SCALAR_STRING },
		{ "=", SCALAR_STRING },
		{ "<<", SCALAR_STRING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *w = cases[i].word;

		if (scalar_of(w, strlen(w)) != cases[i].is)
			fail_msg("'%s' is %d", w,
				 (int)scalar_of(w, strlen(w)));
	}
}

static void tags_and_quotes_count(void **state)
{
	static const struct { const char *yaml; enum scalar is; } cases[] = {
		{ "'1'", SCALAR_STRING },
		{ "\"true\"", SCALAR_STRING },
		{ "!!str 1", SCALAR_STRING },
		{ "! 1", SCALAR_STRING },
		{ "!!float 1", SCALAR_FLOAT },
		{ "!!int '12'", SCALAR_INT },
		{ "!!null ''", SCALAR_NULL },
		{ "!other 1", SCALAR_STRING },
		{ "|\n 1\n", SCALAR_STRING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };

		parse(&doc, cases[i].yaml);
		if (value_scalar(doc.root) != cases[i].is)
			fail_msg("%s", cases[i].yaml);
	}
}

static void one_text_for_a_value(void **state)
{
	(void)state;
	text_is("~", "null");
	text_is("TRUE", "true");
	text_is("017", "17");
	text_is("0o17", "15");
	text_is("0xFF", "255");
	text_is("-0b101", "-5");
	text_is("1_000", "1000");
	text_is("+0007", "7");
	text_is("-0", "0");
	text_is("123456789012345678901234567890",
		"123456789012345678901234567890");
	text_is("0xFFFFFFFFFFFFFFFFFFFFFFFF", "79228162514264337593543950335");
	text_is("0x100000000000000000", "295147905179352825856");
	text_is("yes", "\"yes\"");
	text_is("word", "word");
	text_is("'1_000'", "\"1_000\"");
	text_is("'+0x1F'", "\"+0x1F\"");
	text_is("'2020-01-01'", "\"2020-01-01\"");
	text_is("''", "\"\"");
	text_is("\"a\\tb\\u0085\\u2028\\ufeff\\x07\\\"\\\\\"",
		"\"a\\x09b\\x85\\u2028\\ufeff\\x07\\\"\\\\\"");
	text_is("[1, [], {}, two words]", "[1, [], {}, \"two words\"]");
	text_is("z: 1\na: {c: [x], b: ~}\n2: two\n",
		"{2: two, \"a\": {\"b\": null, \"c\": [x]}, z: 1}");
	text_is("{~: 1, 01: 2, '3': 4}", "{01: 2, \"3\": 4, ~: 1}");
	text_is("?\n: 1\nab: 2\n", "{? : 1, \"ab\": 2}");
	text_is("? !\n: 1\n", "{\"\": 1}");
}

static void floats_are_as_short_as_can_be(void **state)
{
	static const struct { double x; const char *want; } cases[] = {
		{ 0.1, "0.1" },
		{ 0.0, "0.0" },
		{ -0.0, "-0.0" },
		{ 1.0, "1.0" },
		{ 100.0, "100.0" },
		{ 1234.5678, "1234.5678" },
		{ 1e-4, "0.0001" },
		{ 1.25e-4, "0.000125" },
		{ 1e-5, "1e-05" },
		{ 1.5e-7, "1.5e-07" },
		{ 1e10, "10000000000.0" },
		{ 1e15, "1000000000000000.0" },
		{ 1234567890123456.0, "1234567890123456.0" },
		{ 1e16, "1e+16" },
		{ 12345678901234567.0, "1.2345678901234568e+16" },
		{ 1e100, "1e+100" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 2.0 / 3, "0.6666666666666666" },
		{ 0x1p-44, "5.684341886080802e-14" },
		{ 0x1p-1074, "5e-324" },
		{ 0x1p-1022, "2.2250738585072014e-308" },
		{ 0x1.fffffffffffffp1023, "1.7976931348623157e+308" },
		{ HUGE_VAL, ".inf" },
		{ -HUGE_VAL, "-.inf" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_BUF struct buf out = BUF_BIG;

		scalar_put_float(&out, cases[i].x);
		assert_string_equal(out.data, cases[i].want);
		assert_true(scalar_double(out.data, out.len) == cases[i].x);
	}
	text_is(".NaN", ".nan");
	text_is("5.", "5.0");
	text_is("1_0.5", "10.5");
	text_is("!!float 3", "3.0");
}

/* The figures of a number alone, without zeros before and behind them. */
static void figures(char *text)
{
	size_t n = 0;

	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9' && (n || *p != '0'))
			text[n++] = *p;
	while (n > 0 && text[n - 1] == '0')
		n--;
	text[n] = '\0';
}

/* Against the C library: fewer digits do not read as the same number. */
static void floats_have_the_fewest_digits(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		AUTO_BUF struct buf out = BUF_BIG;
		double x, tens = 1;
		char text[40];
		int n = 0;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		for (uint64_t k = seed % 19; k > 0; k--)
			tens *= 10;
		x = (double)(seed >> (8 + seed % 48)) / tens;
		if (i % 4 == 0)
			x = nextafter(x, i % 8 ? 0 : HUGE_VAL);
		do
			(void)snprintf(text, sizeof(text), "%.*e", n++, x);
		while (strtod(text, NULL) != x);
		scalar_put_float(&out, x);
		assert_true(scalar_double(out.data, out.len) == x);
		figures(out.data);
		figures(text);
		assert_string_equal(out.data, text);
	}
}

static void long_keys_and_numbers(void **state)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_VALUE_DOC struct value_doc again = { ARENA_INIT, NULL };
	AUTO_BUF struct buf yaml = BUF_BIG;
	AUTO_BUF struct buf out = BUF_BIG;

	(void)state;
	buf_addstr(&yaml, "? '");
	for (int i = 0; i < 3000; i++)
		buf_addc(&yaml, i % 7 ? '/' : ' ');
	buf_addstr(&yaml, "x'\n: 0x1");
	for (int i = 0; i < 3000; i++)
		buf_addc(&yaml, 'F');
	buf_addstr(&yaml, "\n");
	parse(&doc, yaml.data);
	value_text(&out, doc.root);
	parse(&again, out.data);
	assert_true(value_same(doc.root, again.root));
	assert_string_equal(out.data + out.len - 5, "ffff}");
	assert_true(isinf(scalar_double(value_at(again.root, 0)->text, 3001)));
}

static void same_or_not(void **state)
{
	static const struct { const char *a, *b; bool same; } cases[] = {
		{ "1", "1", true },
		{ "1", "1.0", true },
		{ "1", "true", true },
		{ "0.0", "false", true },
		{ "2", "true", false },
		{ "1", "'1'", false },
		{ "-0.0", "0", true },
		{ "0x10", "16", true },
		{ "1e2", "100", true },
		{ "1.5", "1", false },
		{ "9007199254740993", "9007199254740992.0", false },
		{ "9007199254740992", "9007199254740992.0", true },
		{ "1e22", "10000000000000000000000", true },
		{ "1e400", ".inf", true },
		{ ".inf", "-.inf", false },
		{ ".nan", ".nan", true },
		{ ".nan", "1", false },
		{ "null", "~", true },
		{ "null", "'null'", false },
		{ "null", "false", false },
		{ "a", "b", false },
		{ "[1, 2]", "[1, 2.0]", true },
		{ "[1, 2]", "[2, 1]", false },
		{ "[1]", "[1, 2]", false },
		{ "[]", "{}", false },
		{ "{a: 1, b: [x]}", "{b: [x], a: 1.0}", true },
		{ "{a: 1}", "{a: 1, b: 2}", false },
		{ "{a: 1}", "{b: 1}", false },
		{ "{1: x}", "{'1': x}", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_VALUE_DOC struct value_doc a = { ARENA_INIT, NULL };
		AUTO_VALUE_DOC struct value_doc b = { ARENA_INIT, NULL };

		parse(&a, cases[i].a);
		parse(&b, cases[i].b);
		if (value_same(a.root, b.root) != cases[i].same ||
		    value_same(b.root, a.root) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void paths_lead_to_values(void **state)
{
	static const struct { const char *path, *want; } cases[] = {
		{ "train.lr", "0.1" },
		{ "train", "{lr: 0.1}" },
		{ "l.0.q", "7" },
		{ "l[0].q", "7" },
		{ "l[1][0]", "x" },
		{ "l.1.0", "x" },
		{ "odd[0]", "key" },
		{ "5", "five" },
		{ "l.2", NULL },
		{ "l[2]", NULL },
		{ "l[0", NULL },
		{ "l[]", NULL },
		{ "l[0]x", NULL },
		{ "l.-1", NULL },
		{ "l.99999999999999999999", NULL },
		{ "train.lr.x", NULL },
		{ "train.", NULL },
		{ "none", NULL },
		{ "", NULL },
		{ ".", NULL },
		{ "dot.ted", NULL },
	};
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };

	(void)state;
	parse(&doc, "train: {lr: 0.1}\nl: [{q: 7}, [x]]\n'odd[0]': key\n"
		    "5: five\ndot.ted: 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct value *v = value_path(doc.root, cases[i].path);
		AUTO_BUF struct buf out = BUF_BIG;

		if (!v != !cases[i].want)
			fail_msg("'%s'", cases[i].path);
		if (!v)
			continue;
		value_text(&out, v);
		if (streq(cases[i].path, "train"))
			assert_string_equal(out.data, "{lr: 0.1}");
		else
			assert_string_equal(out.data, cases[i].want);
	}
}

/* Strings as they stand in a line of block style. */
static void lines_read_as_the_same_string(void **state)
{
	static const struct { const char *s; bool plain; } cases[] = {
		{ "python train.py --lr 0.1 >log", true },
		{ "a/b.csv", true },
		{ "it's \"fine\"", true },
		{ "a:b,c [d] {e} a#b", true },
		{ "", false },
		{ " x", false },
		{ "x ", false },
		{ "x:", false },
		{ "x: y", false },
		{ "x #y", false },
		{ "- x", false },
		{ "'x'", false },
		{ "{x}", false },
		{ "*x", false },
		{ "%x", false },
		{ "yes", false },
		{ "null", false },
		{ "1e5", false },
		{ "2020-01-01", false },
		{ "a\nb", false },
		{ "a\tb", false },
		{ "\xc3\xa9 x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
		AUTO_BUF struct buf b = BUF_BIG;
		const struct value *v;

		buf_addstr(&b, "k: ");
		yaml_put_line(&b, cases[i].s, strlen(cases[i].s));
		parse(&doc, b.data);
		v = value_at(doc.root, 0);
		assert_true(value_is(v, cases[i].s));
		assert_int_equal(value_scalar(v), SCALAR_STRING);
		if (v->quoted == cases[i].plain)
			fail_msg("%s", b.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(words_have_their_meaning),
		T(tags_and_quotes_count),
		T(one_text_for_a_value),
		T(floats_are_as_short_as_can_be),
		T(floats_have_the_fewest_digits),
		T(long_keys_and_numbers),
		T(same_or_not),
		T(paths_lead_to_values),
		T(lines_read_as_the_same_string),
	};

	return RUN(tests);
}
