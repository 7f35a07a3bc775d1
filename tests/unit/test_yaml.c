/* yaml: anchors, aliases and merges, and what is refused. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/yaml.h"

static void reads(const char *yaml, const char *want)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };

	if (yaml_parse_flags(&doc, "f", yaml, strlen(yaml), YAML_ALIASES,
			     &err) < 0)
		fail_msg("%s", err.msg);
	value_text(&out, doc.root);
	assert_string_equal(out.data, want);
}

static void refuses_as(const char *yaml, unsigned flags, const char *message)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	struct dver_err err = { 0 };

	assert_int_equal(yaml_parse_flags(&doc, "f", yaml, strlen(yaml),
					  flags, &err), DVER_EFORMAT);
	assert_string_equal(err.msg, message);
	assert_null(doc.root);
}

static void aliases_stand_for_values(void **state)
{
	(void)state;
	reads("x: &i 1\ny: *i\n", "{x: 1, \"y\": 1}");
	reads("x: &id001\n- 1\n- {k: v}\ny: *id001\n",
	      "{x: [1, {k: v}], \"y\": [1, {k: v}]}");
	reads("- &k one\n- *k : 2\n", "[one, {one: 2}]");
	reads("[&s 1, &s 2, *s]", "[1, 2, 2]");
	reads("&all {k: 1}", "{k: 1}");
	reads("x: &i\ny: *i\n", "{x: null, \"y\": null}");
	reads("x: &i !!str 1\ny: *i\n", "{x: \"1\", \"y\": \"1\"}");
}

static void merges_bring_keys_in(void **state)
{
	(void)state;
	reads("o: &o {k: 1, m: 2}\np:\n  <<: *o\n  m: 3\n  z: 4\n",
	      "{o: {k: 1, m: 2}, p: {k: 1, m: 3, z: 4}}");
	reads("- &o {k: 1}\n- &p {k: 2, m: 2}\n- <<: [*o, *p]\n  z: 0\n",
	      "[{k: 1}, {k: 2, m: 2}, {k: 1, m: 2, z: 0}]");
	reads("- &o {k: 1}\n- &p {<<: *o, m: 2}\n- {<<: *p}\n",
	      "[{k: 1}, {k: 1, m: 2}, {k: 1, m: 2}]");
	reads("'<<': 1\n", "{\"<<\": 1}");
	reads("<<: []\nk: 1\n", "{k: 1}");
}

/* The order of keys is that in which they first came. */
static void merged_keys_go_first(void **state)
{
	static const char yaml[] = "- &o {k: 1, m: 2}\n- {z: 0, m: 5, <<: *o}";
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *v;

	(void)state;
	assert_int_equal(yaml_parse_flags(&doc, "f", yaml, strlen(yaml),
					  YAML_ALIASES, NULL), 0);
	v = &doc.root->items[1];
	assert_int_equal(v->n, 3);
	assert_true(value_is(value_key(v, 0), "k"));
	assert_true(value_is(value_key(v, 1), "m"));
	assert_true(value_is(value_at(v, 1), "5"));
	assert_true(value_is(value_key(v, 2), "z"));
}

static void refused(void **state)
{
	(void)state;
	refuses_as("x: &i 1\n", 0, "f:1:4: anchors are not allowed");
	refuses_as("x: *i\n", 0, "f:1:4: aliases are not allowed");
	refuses_as("x: *i\n", YAML_ALIASES, "f:1:4: nothing has this name");
	refuses_as("x: &i [1, *i]\n", YAML_ALIASES,
		   "f:1:11: an alias within what it stands for");
	refuses_as("- &s [1]\n- *s : 2\n", YAML_ALIASES,
		   "f:2:3: a key must be a plain word");
	refuses_as("[k]: 2\n", 0, "f:1:1: a key must be a plain word");
	refuses_as("<<: 5\n", YAML_ALIASES,
		   "f:1:5: '<<' takes a mapping or a list of mappings, of at "
		   "most 1000 keys");
	refuses_as("<<: [{k: 1},\n 7]\n", YAML_ALIASES,
		   "f:2:2: '<<' takes a mapping or a list of mappings, of at "
		   "most 1000 keys");
	refuses_as("k: 1\nm: 2\nk: 3\n", 0,
		   "f:3:1: this key was there already");
	refuses_as("k: 1\n---\nm: 2\n", 0, "f:2:1: a second document");
}

static void many_keys_are_told_apart(void **state)
{
	AUTO_BUF struct buf yaml = BUF_BIG;
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addf(&yaml, "k%06d: 1\n", i);
	assert_int_equal(yaml_parse(&doc, "f", yaml.data, yaml.len, NULL), 0);
	assert_int_equal(doc.root->n, 100000);
	buf_addstr(&yaml, "k000500: 1\nk000400: 1\n");
	value_doc_release(&doc);
	refuses_as(yaml.data, 0, "f:100002:1: this key was there already");
}

/* Each line stands for nine of the one before. */
static void bombs_do_not_go_off(void **state)
{
	AUTO_BUF struct buf yaml = BUF_BIG;

	(void)state;
	buf_addstr(&yaml, "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
	for (int i = 1; i < 20; i++) {
		buf_addf(&yaml, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++)
			buf_addf(&yaml, "%s*a%d", k ? ", " : "", i - 1);
		buf_addstr(&yaml, "]\n");
	}
	refuses_as(yaml.data, YAML_ALIASES, "f:7:45: too many values, "
		   "over two million");
}

static void depth_is_bounded_through_aliases(void **state)
{
	AUTO_BUF struct buf yaml = BUF_BIG;

	(void)state;
	buf_addstr(&yaml, "a0: &a0 [1]\n");
	for (int i = 1; i < 70; i++)
		buf_addf(&yaml, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	refuses_as(yaml.data, YAML_ALIASES, "f:64:12: nested too deeply");
	buf_clear(&yaml);
	for (int i = 0; i <= YAML_ANCHORS_MAX; i++)
		buf_addf(&yaml, "- &a%d 1\n", i);
	refuses_as(yaml.data, YAML_ALIASES, "f:1025:3: too many anchors");
}

static void a_byte_order_mark_is_passed_over(void **state)
{
	(void)state;
	reads("\xef\xbb\xbfk: 1\n", "{k: 1}");
	refuses_as("\xef\xbb\xbfk: [\n", 0,
		   "f:2:1: did not find expected node content");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(aliases_stand_for_values),
		T(merges_bring_keys_in),
		T(merged_keys_go_first),
		T(refused),
		T(many_keys_are_told_apart),
		T(bombs_do_not_go_off),
		T(depth_is_bounded_through_aliases),
		T(a_byte_order_mark_is_passed_over),
	};

	return RUN(tests);
}
