/* ini, json_read: what other tools write down, and what they must not. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/ini.h"
#include "format/json_read.h"

static int parse_ini(struct ini *i, const char *text, struct dver_err *err)
{
	return ini_parse(i, "f", text, strlen(text), err);
}

static void sections_keys_and_blocks(void **state)
{
	AUTO_INI struct ini i = INI_INIT;

	(void)state;
	assert_int_equal(parse_ini(&i,
		"# a comment\n; another\n\n"
		"[default]\r\n"
		"Region = eu-west-1\r\n"
		"aws_secret_access_key=a/b+c=#;\n"
		"empty =\n"
		"odd : x y ; said\n"
		"[profile  \"some  one\"]\n"
		"s3 =\n"
		"  addressing_style = path # so\n"
		"\n"
		"  # more\n"
		"\tMax_Queue_Size = 7\n"
		"region=us-east-1\n"
		"[ sso-session it ]\n"
		"note = one\n"
		"  two = 2\n"
		"[default]\n"
		"region = eu-north-1", NULL), 0);
	assert_string_equal(ini_get(&i, "default", "region", ""),
			    "eu-north-1");
	assert_string_equal(ini_get(&i, "default", "aws_secret_access_key",
				    ""), "a/b+c=#;");
	assert_string_equal(ini_get(&i, "default", "empty", ""), "");
	assert_string_equal(ini_get(&i, "default", "odd", ""), "x y");
	assert_string_equal(ini_get(&i, "profile some  one", "s3",
				    "addressing_style"), "path");
	assert_string_equal(ini_get(&i, "profile some  one", "s3",
				    "max_queue_size"), "7");
	assert_string_equal(ini_get(&i, "profile some  one", "region", ""),
			    "us-east-1");
	assert_string_equal(ini_get(&i, "sso-session it", "note", ""),
			    "one\ntwo = 2");
	assert_true(ini_has(&i, "sso-session it"));
	assert_false(ini_has(&i, "it"));
	assert_null(ini_get(&i, "default", "s3", "addressing_style"));
}

static void an_ini_file_that_is_none_names_its_line(void **state)
{
	static const char *const cases[][2] = {
		{ "[a\n", "f:1: ']' is missing" },
		{ "a = b\n", "f:1: no [section] stands before this" },
		{ "[a]\n\n  b = c\n",
		  "f:3: an indented line belongs to no key" },
		{ "[a]\nb\n", "f:2: expected 'key = value'" },
		{ "[a]\n= c\n", "f:2: expected 'key = value'" },
		{ "[a]\nb =\n  c\n", "f:3: expected 'key = value'" },
	};
	AUTO_INI struct ini i = INI_INIT;
	struct dver_err err;

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		assert_int_equal(parse_ini(&i, cases[k][0], &err),
				 DVER_EFORMAT);
		assert_string_equal(err.msg, cases[k][1]);
	}
	assert_int_equal(ini_parse(&i, "f", "[a]\nb = \0c", 10, &err),
			 DVER_EFORMAT);
	assert_int_equal(parse_ini(&i, "", &err), 0);
	assert_int_equal(parse_ini(&i, "\357\273\277[a]", &err), 0);
	assert_true(ini_has(&i, "a"));
}

static void json_becomes_values(void **state)
{
	static const char text[] =
		"{\"a\": \"x\\u00e9\\/\", \"b\": [1, -2.5, "
		"true, false, null, {}], \"c\": {\"d\": []}}";
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *b;
	uint64_t n;

	(void)state;
	assert_int_equal(json_parse(&doc, "f", text, strlen(text), NULL), 0);
	assert_true(value_is(value_get(doc.root, "a"), "x\303\251/"));
	assert_true(value_get(doc.root, "a")->quoted);
	b = value_get(doc.root, "b");
	assert_int_equal(b->type, VALUE_SEQ);
	assert_int_equal(b->n, 6);
	assert_true(value_u64(&b->items[0], &n) && n == 1);
	assert_true(value_is(&b->items[1], "-2.5"));
	assert_true(value_is(&b->items[2], "true"));
	assert_true(value_is(&b->items[4], "null"));
	assert_int_equal(b->items[5].type, VALUE_MAP);
	assert_int_equal(value_get(value_get(doc.root, "c"), "d")->type,
			 VALUE_SEQ);
	assert_null(value_get(doc.root, "z"));
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "{", "{\"a\": 1, \"a\": 2}", "[1,]", "nul", "\"\\u0000\"",
		"{} x", "\"\377\"", "[99999999999999999999]", "{'a': 1}",
	};
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_BUF struct buf deep = BUF_PATH;
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(json_parse(&doc, "f", cases[i],
					    strlen(cases[i]), &err),
				 DVER_EFORMAT);
		assert_true(str_starts(err.msg, "f:"));
	}
	for (int depth = JSON_DEPTH_MAX + 1; depth <= 3000; depth += 367) {
		buf_clear(&deep);
		for (int i = 0; i < depth; i++)
			buf_addc(&deep, '[');
		for (int i = 0; i < depth; i++)
			buf_addc(&deep, ']');
		assert_int_equal(json_parse(&doc, "f", deep.data, deep.len,
					    &err), DVER_EFORMAT);
	}
	assert_int_equal(json_parse(&doc, "f", "[[1]]", 5, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(sections_keys_and_blocks),
		T(an_ini_file_that_is_none_names_its_line),
		T(json_becomes_values),
		T(what_is_no_json_is_refused),
	};

	return RUN(tests);
}
