/* literals: JSON, TOML and Python modules as values, and what is refused. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/scan.h"
#include "format/values.h"

struct good { const char *text, *want; };
struct bad { const char *text, *message; };

static void reads(const char *name, const struct good *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
		AUTO_BUF struct buf out = BUF_BIG;
		struct dver_err err = { 0 };

		if (values_parse(&doc, name, cases[i].text,
				 strlen(cases[i].text), &err) < 0)
			fail_msg("%s\n%s", cases[i].text, err.msg);
		value_text(&out, doc.root);
		if (!streq(out.data, cases[i].want))
			fail_msg("%s\n%s\n%s", cases[i].text, out.data,
				 cases[i].want);
	}
}

static void refuses(const char *name, const struct bad *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
		struct dver_err err = { 0 };
		int r = values_parse(&doc, name, cases[i].text,
				     strlen(cases[i].text), &err);

		if (r != DVER_EFORMAT)
			fail_msg("%s", cases[i].text);
		assert_null(doc.root);
		assert_string_equal(err.msg, cases[i].message);
	}
}

#define READS(name, cases) reads(name, cases, ARRAY_SIZE(cases))
#define REFUSES(name, cases) refuses(name, cases, ARRAY_SIZE(cases))

static void json(void **state)
{
	static const struct good cases[] = {
		{ "{\"nn\": 1, \"m\": [1.0, 2e2, -0.5], \"o\": {}}",
		  "{m: [1.0, 200.0, -0.5], nn: 1, o: {}}" },
		{ " [ ] ", "[]" },
		{ "\"nn\"", "nn" },
		{ "[true, false, null]", "[true, false, null]" },
		{ "[NaN, Infinity, -Infinity]", "[.nan, .inf, -.inf]" },
		{ "18446744073709551617", "18446744073709551617" },
		{ "0.1", "0.1" },
		{ "1E400", ".inf" },
		{ "\"true\"", "\"true\"" },
		{ "\"1\"", "\"1\"" },
		{ "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
		  "\"\xc3\xa9\xf0\x9f\x98\x80\\x0a/\"" },
		{ "\xef\xbb\xbf{}", "{}" },
		{ "\"\\u0000x\"", "\"\\x00x\"" },
	};

	(void)state;
	READS("m.json", cases);
}

static void json_refused(void **state)
{
	static const struct bad cases[] = {
		{ "", "m.json:1:1: a value was expected, found the end" },
		{ "{\"k\": 1,\n \"m\" 2}",
		  "m.json:2:6: ':' was expected, found '2}'" },
		{ "{\"k\": 1,\n \"k\": 2}",
		  "m.json:2:2: this key was there already" },
		{ "{\"k\": 1,}", "m.json:1:9: a key in double quotes was "
				 "expected, found '}'" },
		{ "[1,]", "m.json:1:4: a value was expected, found ']'" },
		{ "[1 2]", "m.json:1:4: ',' or ']' was expected, found '2]'" },
		{ "{k: 1}", "m.json:1:2: a key in double quotes was expected, "
			    "found 'k:'" },
		{ "01", "m.json:1:1: a value was expected, found '01'" },
		{ "1.", "m.json:1:1: a value was expected, found '1.'" },
		{ "-", "m.json:1:1: a value was expected, found '-'" },
		{ "1 x", "m.json:1:3: the end was expected, found 'x'" },
		{ "[\"a", "m.json:1:4: '\"' was expected, found the end" },
		{ "\"a\nb\"", "m.json:1:3: a line's end or control character "
			      "in a string" },
		{ "\"\\q\"", "m.json:1:3: an escape such as \\n was expected, "
			     "found 'q\"'" },
		{ "\"\\ud800\"", "m.json:1:2: half a character" },
		{ "\"\\u12\"", "m.json:1:4: four hexadecimal digits was "
			       "expected, found '12\"'" },
		{ "// c\n1", "m.json:1:1: a value was expected, found '//'" },
		{ "\"\xff\"", "m.json:1:2: not UTF-8" },
		{ "tru", "m.json:1:1: a value was expected, found 'tru'" },
	};

	(void)state;
	REFUSES("m.json", cases);
}

static void toml(void **state)
{
	static const struct good cases[] = {
		{ "", "{}" },
		{ "nn = 1 # c\r\nm = \"x\"\n", "{m: x, nn: 1}" },
		{ "nn = [0xDEAD_beef, 0o17, 0b11, +9, -0, 1_000]",
		  "{nn: [3735928559, 15, 3, 9, 0, 1000]}" },
		{ "nn = [1.0, +1.5, -0.01, 5e+22, 1e06, 6.62e-34, 2_2.4_4]",
		  "{nn: [1.0, 1.5, -0.01, 5e+22, 1000000.0, 6.62e-34, "
		  "22.44]}" },
		{ "nn = [inf, -inf, +nan, true, false]",
		  "{nn: [.inf, -.inf, .nan, true, false]}" },
		{ "nn = 1979-05-27T07:32:00.9-07:00",
		  "{nn: \"1979-05-27T07:32:00.9-07:00\"}" },
		{ "nn = 1979-05-27 07:32:00Z # c",
		  "{nn: \"1979-05-27 07:32:00Z\"}" },
		{ "nn = [1979-05-27, 07:32:00]",
		  "{nn: [\"1979-05-27\", \"07:32:00\"]}" },
		{ "k.l.m = 1\nk.l.nn = 2\n'q nn'.\"o\" = 3\n3.14 = 4",
		  "{\"3\": {\"14\": 4}, k: {l: {m: 1, nn: 2}}, "
		  "\"q nn\": {o: 3}}" },
		{ "k . l = 1\n-_ = 2", "{\"-_\": 2, k: {l: 1}}" },
		{ "[k]\n[k.l]\nm = 1\n[nn]\n", "{k: {l: {m: 1}}, nn: {}}" },
		{ "[k.l]\nm = 1\n[k]\nnn = 2\n", "{k: {l: {m: 1}, nn: 2}}" },
		{ "[[k]]\nm = 1\n[[k]]\n[k.x]\nnn = 2\n[[k.y]]\n[[k.y]]\n",
		  "{k: [{m: 1}, {x: {nn: 2}, \"y\": [{}, {}]}]}" },
		{ "[k]\nl.m = 1\nl.nn.o = 1\n[k.l.p]\nq = 1\n",
		  "{k: {l: {m: 1, nn: {o: 1}, p: {q: 1}}}}" },
		{ "k = { l = 1, m.nn = 2, m.o = [ {} ] }\n",
		  "{k: {l: 1, m: {nn: 2, o: [{}]}}}" },
		{ "k = [ # c\n 1,\n\n 2 # d\n , ]\n", "{k: [1, 2]}" },
		{ "k = [ [ 1 ], [ 'x', {l = 1} ] ]",
		  "{k: [[1], [x, {l: 1}]]}" },
		{ "k = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00E9\\U0001F600\"",
		  "{k: \"\\x08\\x09\\x0a\\x0c\\x0d\\\"\\\\\xc3\xa9"
		  "\xf0\x9f\x98\x80\"}" },
		{ "k = '\\n'", "{k: \"\\\\n\"}" },
		{ "k = \"\"\"\nx\\\n   \n  y\"\"\"", "{k: xy}" },
		{ "k = \"\"\"x\r\ny\"\"\"", "{k: \"x\\x0ay\"}" },
		{ "k = \"\"\"\"x\"\"\"\"\"", "{k: \"\\\"x\\\"\\\"\"}" },
		{ "k = '''\n'x'\\'''", "{k: \"'x'\\\\\"}" },
		{ "k = ''", "{k: \"\"}" },
		{ "[k.l.m]\n[k]\nl.o = 1\n",
		  "{k: {l: {m: {}, o: 1}}}" },
		{ "'' = 1", "{\"\": 1}" },
	};

	(void)state;
	READS("p.toml", cases);
}

static void toml_refused(void **state)
{
	static const struct bad cases[] = {
		{ "w = ", "p.toml:1:5: a value was expected, found the end" },
		{ "w", "p.toml:1:2: '=' was expected, found the end" },
		{ "= 1", "p.toml:1:1: a key was expected, found '='" },
		{ "w = 1 m = 2", "p.toml:1:7: the line's end was expected, "
				 "found 'm'" },
		{ "w = 1\nw = 2", "p.toml:2:1: this key was there already" },
		{ "w = 01", "p.toml:1:5: a value was expected, found '01'" },
		{ "w = 1__0",
		  "p.toml:1:5: a value was expected, found '1__0'" },
		{ "w = _1", "p.toml:1:5: a value was expected, found '_1'" },
		{ "w = 1_", "p.toml:1:5: a value was expected, found '1_'" },
		{ "w = +0x1", "p.toml:1:5: a value was expected, found "
			      "'+0x1'" },
		{ "w = 1.", "p.toml:1:5: a value was expected, found '1.'" },
		{ "w = .5", "p.toml:1:5: a value was expected, found '.5'" },
		{ "w = 1.e2", "p.toml:1:5: a value was expected, found "
			      "'1.e2'" },
		{ "w = True", "p.toml:1:5: a value was expected, found "
			      "'True'" },
		{ "w = 2020-13-01", "p.toml:1:5: a value was expected, found "
				    "'2020-13-01'" },
		{ "w = 2020-01-01x", "p.toml:1:5: a value was expected, found "
				     "'2020-01-01x'" },
		{ "w = 25:00:00", "p.toml:1:5: a value was expected, found "
				  "'25:00:00'" },
		{ "[k]\n[k]", "p.toml:2:2: this key was there already" },
		{ "k = 1\n[k]", "p.toml:2:2: this key was there already" },
		{ "k = 1\n[k.l]", "p.toml:2:2: this key was there already" },
		{ "k = [{}]\n[[k]]",
		  "p.toml:2:3: this key was there already" },
		{ "k = {}\n[k.l]", "p.toml:2:2: this key was there already" },
		{ "[[k]]\n[k]", "p.toml:2:2: this key was there already" },
		{ "[k]\n[[k]]", "p.toml:2:3: this key was there already" },
		{ "k.l = 1\nk = 2", "p.toml:2:1: this key was there already" },
		{ "k.l = 1\n[k]", "p.toml:2:2: this key was there already" },
		{ "k.l = 1\nk.l.m = 2",
		  "p.toml:2:3: this key was there already" },
		{ "[k.l]\n[k]\nl.m = 1",
		  "p.toml:3:1: this key was there already" },
		{ "k = {l = 1}\nk.m = 2",
		  "p.toml:2:1: this key was there already" },
		{ "k = {l = 1,}", "p.toml:1:12: a key was expected, found "
				  "'}'" },
		{ "k = {l = 1\n}", "p.toml:1:11: ',' or '}' was expected, "
				   "found the line's end" },
		{ "k = [1 2]", "p.toml:1:8: ',' or ']' was expected, found "
			       "'2]'" },
		{ "k = [,]", "p.toml:1:6: a value was expected, found ',]'" },
		{ "k = [1", "p.toml:1:7: ',' or ']' was expected, found the "
			    "end" },
		{ "[k", "p.toml:1:3: ']' was expected, found the end" },
		{ "[k] x", "p.toml:1:5: the line's end was expected, found "
			   "'x'" },
		{ "[[k] ]", "p.toml:1:4: ']]' was expected, found ']'" },
		{ "[]", "p.toml:1:2: a key was expected, found ']'" },
		{ "k = \"x", "p.toml:1:7: the string that began before does "
			     "not end" },
		{ "k = \"\"\"\"\"\"\"\"\"", "p.toml:1:13: the line's end was "
					  "expected, found '\"'" },
		{ "[k.l.m]\n[k]\nl.o = 1\n[k.l]\n",
		  "p.toml:4:4: this key was there already" },
		{ "k = \"x\ny\"", "p.toml:1:7: a line's end or control "
				  "character in a string" },
		{ "k = \"\\x41\"", "p.toml:1:7: an escape such as \\n was "
				   "expected, found 'x41\"'" },
		{ "k = \"\\ud800\"",
		  "p.toml:1:6: no character has this number" },
		{ "\"\"\"k\"\"\" = 1", "p.toml:1:1: a key on one line was "
				       "expected, found '\"\"\"k\"\"\"'" },
		{ "k = 1 # \x01",
		  "p.toml:1:9: a control character in a comment" },
		{ "k = 1\rl = 2", "p.toml:1:6: the line's end was expected, "
				  "found the line's end" },
		{ "k = '\xc3\xa9' \xff", "p.toml:1:9: not UTF-8" },
	};

	(void)state;
	REFUSES("p.toml", cases);
}

static void python(void **state)
{
	static const struct good cases[] = {
		{ "", "{}" },
		{ "W = 1\nM: float = .5\nW = 2\n", "{M: 0.5, W: 2}" },
		{ "nn = [0xFF, 0o17, 0b1_1, 1_000, -5, +5, - 1, 00]",
		  "{nn: [255, 15, 3, 1000, -5, 5, -1, 0]}" },
		{ "nn = [1., .5, 1e5, 1E-5, 1_0.5, -1.0]",
		  "{nn: [1.0, 0.5, 100000.0, 1e-05, 10.5, -1.0]}" },
		{ "nn = True; m = None;k=False",
		  "{k: false, m: null, nn: true}" },
		{ "nn = 'x' \"y\" # c\nm = ('a'\n  'b')\n",
		  "{m: \"ab\", nn: xy}" },
		{ "nn = r'\\n' '\\x41\\101\\u00e9\\q'",
		  "{nn: \"\\\\nAA\xc3\xa9\\\\q\"}" },
		{ "nn = b'x'\nm = u'y'\n", "{m: \"y\", nn: x}" },
		{ "nn = '''x\n#\ny'''\nm = 1",
		  "{m: 1, nn: \"x\\x0a#\\x0ay\"}" },
		{ "nn = (1, 2)\nm = 1, 2\nk = (1,)\nl = (1)\no = ()\np = 1,\n",
		  "{k: [1], l: 1, m: [1, 2], nn: [1, 2], o: [], p: [1]}" },
		{ "nn = {1, 2}\nm = {}\nk = {'x': 1, 2: [3], None: {'y': ()}}",
		  "{k: {2: [3], null: {\"y\": []}, x: 1}, m: {}, nn: [1, 2]}" },
		{ "nn = {'k': 1, 'k': 2,}", "{nn: {k: 2}}" },
		{ "nn = [\n  1, # one\n  2,\n]\nm = \\\n  3\n",
		  "{m: 3, nn: [1, 2]}" },
		/* What is no literal is passed over. */
		{ "nn = 1 + 2\nm = f(1)\nk = nn\nl = f'x'\no = [nn]\np = -nn\n"
		  "q = 1j\nr = 1 if 2 else 3\ns = [1][0]\nt = not 1\nu = 5",
		  "{u: 5}" },
		{ "nn = m = 1\nk, l = 1, 2\nnn += 1\nx.y = 1\nx[0] = 1\n"
		  "nn == 1\nnn: int\n", "{}" },
		{ "import os\nif True:\n    nn = 1\nelse:\n\tnn = 2\n"
		  "def f():\n    nn = 3\n    return nn\n@d\n"
		  "class Net: pass\nm = 4",
		  "{Net: {}, m: 4}" },
		{ "x = '\\N{BULLET}'\ny = '\\ud800'\nz = 1", "{z: 1}" },
		{ "class Net(B, metaclass=M):\n  '''d'''\n  nn = 1\n"
		  "  def f(self):\n    self.q = 1\n"
		  "  class Sub:\n    m: int = 2\n"
		  "  k = 3\n"
		  "  def __init__(self, x=\":\") -> None:\n"
		  "    self.l = 4\n    self.o: int = 5\n    p = 6\n"
		  "    if x:\n      self.r = 7\n"
		  "    self.s = x\n"
		  "t = 8\n",
		  "{Net: {Sub: {m: 2}, k: 3, l: 4, nn: 1, o: 5}, t: 8}" },
		{ "def __init__(self):\n  self.x = 1\n", "{}" },
		{ "class Net: nn = 1; m = 2\nclass Net:\n\n  # c\n  k = 3\n",
		  "{Net: {k: 3}}" },
		{ "class_ = 1\nself = 2\n", "{class_: 1, self: 2}" },
		{ "nn: Dict[str, 'int'] = {'k': 1}\nm: Lit['='] = 2\n",
		  "{m: 2, nn: {k: 1}}" },
		{ "d = dict(\n  nn=1,\n)\nnn = 2\r\nm = 3\r\n",
		  "{m: 3, nn: 2}" },
		{ "\xc3\xa9 = 1", "{\"\xc3\xa9\": 1}" },
	};

	(void)state;
	READS("c.py", cases);
}

static void python_refused(void **state)
{
	static const struct bad cases[] = {
		{ "w = 'x\ny = 1\n", "c.py:1:5: this string does not end" },
		{ "m = 1\nw = f('''x\n", "c.py:2:7: this string does not end" },
		{ "w = [1,\nm = 2\n",
		  "c.py:1:1: a bracket of this statement does not close" },
	};

	(void)state;
	REFUSES("c.py", cases);
}

static void yaml(void **state)
{
	static const struct good cases[] = {
		{ "lr: 1e-5\nx: &i [1]\ny: *i\nd: 2020-01-01\n",
		  "{\"d\": \"2020-01-01\", lr: 1e-05, x: [1], \"y\": [1]}" },
	};
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };

	(void)state;
	READS("p.yaml", cases);
	READS("p.anything", cases);
	assert_int_equal(values_parse(&doc, "p.yaml", "", 0, NULL), 0);
	assert_null(doc.root);
}

/* Brackets that only open, in each kind. */
static void deep_ones_are_refused(void **state)
{
	static const char *const kinds[][3] = {
		{ "p.json", "", "[" },
		{ "p.toml", "k = ", "[" },
		{ "p.toml", "k = ", "{k=" },
		{ "p.toml", "k", ".k" },
		{ "p.toml", "[k", ".k" },
		{ "p.py", "k = ", "(" },
		{ "p.py", "k = ", "{1:" },
		{ "p.yaml", "", "[" },
		{ "p.yaml", "", "- " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
		AUTO_BUF struct buf b = BUF_BIG;
		struct dver_err err = { 0 };

		buf_addstr(&b, kinds[i][1]);
		for (int k = 0; k < 100000; k++)
			buf_addstr(&b, kinds[i][2]);
		assert_int_equal(values_parse(&doc, kinds[i][0], b.data, b.len,
					      &err), DVER_EFORMAT);
		if (!strstr(err.msg, "nested too deeply"))
			fail_msg("%s: %s", kinds[i][2], err.msg);
	}
}

static void large_ones_are_refused(void **state)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_err err = { 0 };

	(void)state;
	buf_addc(&b, '[');
	for (unsigned i = 0; i < SCAN_NODES_MAX; i++)
		buf_addstr(&b, "0,");
	buf_addstr(&b, "0]");
	assert_int_equal(values_parse(&doc, "m.json", b.data, b.len, &err),
			 DVER_EFORMAT);
	assert_non_null(strstr(err.msg, "too many values"));
	while (b.len <= VALUES_SIZE_MAX)
		buf_addstr(&b, "                                ");
	assert_int_equal(values_parse(&doc, "m.json", b.data, b.len, &err),
			 DVER_EFORMAT);
	assert_string_equal(err.msg, "m.json: larger than 32 MiB");
}

static void positions_are_kept(void **state)
{
	static const char *const docs[][2] = {
		{ "p.json", "{\n  \"k\": {\"\xc3\xa9\": 7}}" },
		{ "p.toml", "#\nk =    {\"\xc3\xa9\"= 7}" },
		{ "p.py", "#\nk =    {\"\xc3\xa9\": 7}" },
		{ "p.yaml", "#\nk:     {\"\xc3\xa9\": 7}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
		AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
		const struct value *v;

		assert_int_equal(values_parse(&doc, docs[i][0], docs[i][1],
					      strlen(docs[i][1]), NULL), 0);
		v = value_path(doc.root, "k.\xc3\xa9");
		assert_non_null(v);
		assert_int_equal(v->line, 2);
		assert_int_equal(v->col, 14);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(json),
		T(json_refused),
		T(toml),
		T(toml_refused),
		T(python),
		T(python_refused),
		T(yaml),
		T(deep_ones_are_refused),
		T(large_ones_are_refused),
		T(positions_are_kept),
	};

	return RUN(tests);
}
