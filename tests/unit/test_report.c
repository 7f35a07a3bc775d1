/* report: files as flat lists of values, tables, and differences. */
#include "tests/harness.h"

#include "base/buf.h"
#include "base/cancel.h"
#include "base/crc32c.h"
#include "report/compare.h"
#include "report/flat.h"
#include "tests/unit/tfevents_files.h"

static const char kinds[] = { [DVER_VALUE_NONE] = '-', [DVER_VALUE_NULL] = 'n',
			      [DVER_VALUE_BOOL] = 'b', [DVER_VALUE_INT] = 'i',
			      [DVER_VALUE_FLOAT] = 'f',
			      [DVER_VALUE_TEXT] = 't' };

/* "name=kind:text;" of each, or "!problem". */
static void flatten(struct buf *out, enum dver_values what, const char *path,
		    const struct strvec *keys, const char *text, size_t len)
{
	AUTO_FLAT struct flat *f = NULL;
	struct dver_err err = { 0 };

	buf_clear(out);
	assert_int_equal(flat_read(&f, what, path, keys, text, len, NULL,
				   &err), 0);
	if (f->problem)
		buf_addf(out, "!%s", f->problem);
	for (size_t i = 0; i < f->n; i++)
		buf_addf(out, "%s=%c:%s;", f->v[i].name,
			 kinds[f->v[i].value.kind], f->v[i].value.text);
	for (size_t i = 1; i < f->n; i++)
		assert_true(strcmp(f->v[f->sorted[i - 1]].name,
				   f->v[f->sorted[i]].name) < 0);
	assert_true(buf_ok(out));
}

static void documents_become_flat(void **state)
{
	static const struct {
		enum dver_values what;
		const char *path, *text, *want;
	} cases[] = {
		{ DVER_METRICS, "m.json",
		  "{\"a\": {\"b\": 1, \"c\": {\"d\": 0.5}}, \"l\": [1],"
		  "\"s\": \"x\", \"t\": true, \"z\": null, \"o\": {}}",
		  "a.b=i:1;a.c.d=f:0.5;s=t:x;t=b:true;z=n:null;" },
		{ DVER_PARAMS, "p.yaml", "l: [1, {q: 2}]\nm: {}\nn: 1e-3\n",
		  "l=t:[1, {q: 2}];m=t:{};n=f:0.001;" },
		{ DVER_METRICS, "m.json",
		  "{\"n\": NaN, \"i\": -Infinity, \"h\": 1e300}",
		  "n=f:.nan;i=f:-.inf;h=f:1e+300;" },
		{ DVER_METRICS, "m.yaml", "n: .nan\ni: -.inf\nq: \"1\"\n",
		  "n=f:.nan;i=f:-.inf;q=t:1;" },
		{ DVER_METRICS, "m.toml", "[a]\nx = 0x10\n", "a.x=i:16;" },
		{ DVER_METRICS, "m.py", "X = 3\ny = f()\n", "X=i:3;" },
		{ DVER_METRICS, "m.json",
		  "{\"big\": 123456789012345678901234567890}",
		  "big=i:123456789012345678901234567890;" },
		/* Two ways to one name: the later one counts. */
		{ DVER_METRICS, "m.yaml", "a.b: 1\nc: 0\na: {b: 2}\n",
		  "c=i:0;a.b=i:2;" },
		{ DVER_METRICS, "d/acc.yaml", "0.5", "acc=f:0.5;" },
		/* What names are not cut at. */
		{ DVER_PARAMS, "p.json", "{\"s\": \"a\\u0000b\"}",
		  "!p.json:1:7: a NUL in a text" },
		{ DVER_PARAMS, "p.json", "{\n\"a\\u0000b\": 1}",
		  "!p.json:2:1: a NUL in a name" },
		{ DVER_PARAMS, "p.yaml", "k: {\"a\\0b\": 1}\n",
		  "!p.yaml:1:5: a NUL in a name" },
		{ DVER_PARAMS, "p.json", "{\"l\": [\"a\\u0000b\"]}",
		  "l=t:[\"a\\x00b\"];" },
		{ DVER_METRICS, "m.json", "", NULL },
		{ DVER_METRICS, "m.yaml", "", "" },
		{ DVER_METRICS, "m.yaml", "null\n", "" },
		{ DVER_METRICS, "m.yaml", "[1, 2]", "!m.yaml:1:1: names with "
		  "values were expected, found a list" },
		{ DVER_PARAMS, "p.yaml", "word", "!p.yaml:1:1: names with "
		  "values were expected, found a value" },
		{ DVER_METRICS, "m.yaml", "{a: [", NULL },
		{ DVER_METRICS, "m.json", "\x89PNG\r\n\x1a\n", NULL },
	};
	AUTO_BUF struct buf got = BUF_BIG;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		flatten(&got, cases[i].what, cases[i].path, NULL,
			cases[i].text, strlen(cases[i].text));
		if (cases[i].want)
			assert_string_equal(got.data, cases[i].want);
		else
			assert_int_equal(*got.data, '!');
	}
}

static void keys_choose(void **state)
{
	AUTO_STRVEC struct strvec keys = STRVEC_INIT;
	AUTO_BUF struct buf got = BUF_BIG;
	static const char text[] = "a: {b: 1, c: 2}\nl: [x, {q: 3}]\nz: 9\n";

	(void)state;
	assert_true(strvec_push(&keys, "a"));
	assert_true(strvec_push(&keys, "l.1.q"));
	assert_true(strvec_push(&keys, "none"));
	flatten(&got, DVER_PARAMS, "p.yaml", &keys, text, strlen(text));
	assert_string_equal(got.data, "a.b=i:1;a.c=i:2;l.1.q=i:3;");
}

static void tables_become_flat(void **state)
{
	static const struct { const char *path, *text, *want; } cases[] = {
		{ "m.csv", "name,value\nacc,0.5\nloss,1\n",
		  "acc=f:0.5;loss=i:1;" },
		{ "m.csv", "acc,0.5\nloss,nan\n", "acc=f:0.5;loss=f:.nan;" },
		{ "m.csv", "acc,0.5\n", "acc=f:0.5;" },
		{ "m.tsv", "step\tloss\r\n1\t2.5\r\n2\t-inf\r\n",
		  "step=i:2;loss=f:-.inf;" },
		{ "m.csv", "a,b,c\n1,x,true\n", "a=i:1;b=t:x;c=b:true;" },
		/* Words that come twice name no metrics. */
		{ "m.csv", "kind,n\na,1\na,2\n", "kind=t:a;n=i:2;" },
		{ "m.csv", "\xef\xbb\xbf\"a,b\",\"c\"\"d\",e\n\n1,\"2\n3\",\n",
		  "a,b=i:1;c\"d=t:2\n3;e=n:null;" },
		{ "m.csv", "a,b,c\n1\n", "a=i:1;" },
		{ "m.csv", "a,b\n1,2,3\n", "!m.csv: its last row has more "
		  "columns than its first" },
		{ "m.csv", "a,b,c\n", "" },
		{ "m.csv", "", "" },
		{ "m.csv", "a,\"b\n",
		  "!m.csv:1: a quote that is never closed" },
		{ "m.csv", "a,\xff\n1,2\n", "!m.csv: not UTF-8" },
	};
	AUTO_BUF struct buf got = BUF_BIG;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		flatten(&got, DVER_METRICS, cases[i].path, NULL,
			cases[i].text, strlen(cases[i].text));
		assert_string_equal(got.data, cases[i].want);
	}
	flatten(&got, DVER_METRICS, "m.csv", NULL, "a,b\n1,\0\n", 8);
	assert_string_equal(got.data, "!m.csv:2: a NUL, so this is "
			    "no table in text (or it is UTF-16)");
}

/* What TensorBoard's own writers made: the last point of each tag. */
static void events_become_flat(void **state)
{
	static const struct {
		const char *path;
		const void *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		{ "d/events.out.tfevents.1.host", file_tensorboardx,
		  sizeof(file_tensorboardx), "loss=f:0.25;eval/acc=f:-2.5;"
		  "big_step=f:7.0;" },
		{ "events.out.tfevents.1.host", "", 0, "" },
		{ "events.out.tfevents.1.host", file_tensorboardx,
		  sizeof(file_tensorboardx) - 300, "loss=f:0.25;"
		  "eval/acc=f:.inf;" },
		{ "events.out.tfevents.1.host", file_restart,
		  sizeof(file_restart), "loss=f:0.25;" },
		{ "events.out.tfevents.1.host", "no event file, but long "
		  "enough for a record", 43, "!events.out.tfevents.1.host: "
		  "no event file of TensorBoard, or damaged: the record at "
		  "byte 0 has a wrong checksum of its length" },
	};
	AUTO_BUF struct buf got = BUF_BIG;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		flatten(&got, DVER_METRICS, cases[i].path, NULL,
			cases[i].bytes, cases[i].len);
		assert_string_equal(got.data, cases[i].want);
	}
}

static void add_crc(struct buf *out, const void *bytes, size_t len)
{
	uint32_t crc = crc32c(0, bytes, len);

	buf_add_le32(out, (crc >> 15 | crc << 17) + 0xa282ead8u);
}

/* A point of a tag, or with NULL a new start at this step. */
static void put_event(struct buf *out, const char *tag, unsigned step,
		      unsigned value)
{
	AUTO_BUF struct buf b = BUF_BIG;
	union { float f; uint32_t u; } x = { .f = (float)value };
	size_t at = out->len, n = tag ? strlen(tag) : 0;

	buf_addc(&b, 0x10);
	buf_add_varint(&b, step);
	if (!tag) {
		buf_add(&b, "\x3a\x02\x08\x01", 4);
	} else {
		buf_addc(&b, 0x2a);
		buf_add_varint(&b, n + 9);
		buf_addc(&b, 0x0a);
		buf_add_varint(&b, n + 7);
		buf_addc(&b, 0x0a);
		buf_add_varint(&b, n);
		buf_addstr(&b, tag);
		buf_addc(&b, 0x15);
		buf_add_le32(&b, x.u);
	}
	buf_add_le64(out, b.len);
	add_crc(out, out->data + at, 8);
	buf_add(out, b.data, b.len);
	add_crc(out, b.data, b.len);
}

/* What is told of each tag is what looking at all of them would tell. */
static void runs_that_begin_again(void **state)
{
	enum { TAGS = 4 };
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		unsigned step[TAGS] = { 0 }, value[TAGS] = { 0 };
		bool there[TAGS] = { false };
		size_t order[TAGS], n = 0;
		bool known[TAGS] = { false };
		AUTO_BUF struct buf file = BUF_BIG, got = BUF_BIG,
				    want = BUF_BIG;

		for (unsigned k = 1; k < 20; k++) {
			unsigned tag, at;
			char name[] = "a";

			seed = seed * 1103515245u + 12345u;
			tag = (seed >> 16) % (TAGS + 2);
			at = (seed >> 20) % 8;
			name[0] = (char)('a' + tag);
			put_event(&file, tag < TAGS ? name : NULL, at, k);
			for (size_t t = 0; tag >= TAGS && t < TAGS; t++)
				there[t] &= step[t] < at;
			if (tag >= TAGS)
				continue;
			if (!known[tag])
				order[n++] = tag;
			known[tag] = there[tag] = true;
			step[tag] = at;
			value[tag] = k;
		}
		for (size_t t = 0; t < n; t++)
			if (there[order[t]])
				buf_addf(&want, "%c=f:%u.0;",
					 (char)('a' + order[t]),
					 value[order[t]]);
		flatten(&got, DVER_METRICS, "a.tfevents.1", NULL, file.data,
			file.len);
		assert_string_equal(got.data, want.data);
	}
}

/* In an order that no guess at the next one helps with. */
static void many_tags_take_no_time(void **state)
{
	AUTO_BUF struct buf file = BUF_BIG;
	AUTO_FLAT struct flat *f = NULL;
	struct cancel cancel = { 1 };
	struct dver_err err = { 0 };

	(void)state;
	for (unsigned k = 0; k < 100; k++) {
		put_event(&file, NULL, k, 0);
		for (unsigned i = 0; i < FLAT_TAGS_MAX; i++) {
			char tag[16];

			(void)snprintf(tag, sizeof(tag), "t%u",
				       k ? FLAT_TAGS_MAX - 1 - i : i);
			put_event(&file, tag, k, k);
		}
	}
	assert_true(buf_ok(&file));
	assert_int_equal(flat_read(&f, DVER_METRICS, "a.tfevents.1", NULL,
				   file.data, file.len, &cancel, &err),
			 DVER_ECANCEL);
	assert_null(f);
	assert_int_equal(flat_read(&f, DVER_METRICS, "a.tfevents.1", NULL,
				   file.data, file.len, NULL, &err), 0);
	assert_int_equal(f->n, FLAT_TAGS_MAX);
	assert_string_equal(f->v[0].name, "t0");
	for (size_t i = 0; i < f->n; i++)
		assert_string_equal(f->v[i].value.text, "99.0");
	flat_free(f);
	f = NULL;
	put_event(&file, "one more", 1, 1);
	assert_int_equal(flat_read(&f, DVER_METRICS, "a.tfevents.1", NULL,
				   file.data, file.len, NULL, &err), 0);
	assert_string_equal(f->problem, "a.tfevents.1: over 5000 tags");
}

static void many_values_are_refused(void **state)
{
	AUTO_BUF struct buf text = BUF_BIG;
	AUTO_BUF struct buf got = BUF_BIG;

	(void)state;
	for (int i = 0; i <= FLAT_VALUES_MAX; i++)
		buf_addf(&text, "k%d: 1\n", i);
	flatten(&got, DVER_METRICS, "m.yaml", NULL, text.data, text.len);
	assert_string_equal(got.data, "!m.yaml: over 100000 values");
}

/* A list of 100 kB and many names for it. */
static void put_aliases(struct buf *text)
{
	buf_addstr(text, "l: &l [");
	for (int i = 0; i < 100; i++)
		buf_addf(text, "\"%01000d\",", i);
	buf_addstr(text, "]\n");
	for (int i = 0; i < 2000; i++)
		buf_addf(text, "k%d: *l\n", i);
	buf_addstr(text, "name: x\n");
	assert_true(buf_ok(text));
}

static void aliases_take_no_end_of_memory(void **state)
{
	AUTO_STRVEC struct strvec keys = STRVEC_INIT;
	AUTO_BUF struct buf text = BUF_BIG;
	AUTO_BUF struct buf got = BUF_BIG;

	(void)state;
	if (getenv("TESTS_SMALL"))	/* 200 MB under valgrind: minutes */
		return;
	put_aliases(&text);
	flatten(&got, DVER_PARAMS, "d/p.yaml", NULL, text.data, text.len);
	assert_string_equal(got.data, "!d/p.yaml: over 64 MiB of names and "
			    "values");
	assert_true(strvec_push(&keys, "name"));
	flatten(&got, DVER_PARAMS, "d/p.yaml", &keys, text.data, text.len);
	assert_string_equal(got.data, "name=t:x;");
	/* One value that is all of them. */
	buf_clear(&text);
	buf_addstr(&text, "a: &l [");
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "\"%01000d\",", i);
	buf_addstr(&text, "]\nall: [");
	for (int i = 0; i < 2000; i++)
		buf_addstr(&text, "*l, ");
	buf_addstr(&text, "]\n");
	flatten(&got, DVER_PARAMS, "d/p.yaml", NULL, text.data, text.len);
	assert_string_equal(got.data, "!d/p.yaml: over 64 MiB of names and "
			    "values");
}

static struct dver_value value(const char *text)
{
	enum scalar s = scalar_of(text, strlen(text));
	struct dver_value v = { DVER_VALUE_TEXT, text, 0 };

	if (s != SCALAR_INT && s != SCALAR_FLOAT)
		return v;
	v.kind = s == SCALAR_INT ? DVER_VALUE_INT : DVER_VALUE_FLOAT;
	v.number = scalar_double(text, strlen(text));
	return v;
}

static void differences(void **state)
{
	static const struct { const char *a, *b, *want; bool same; } cases[] = {
		{ "1", "1.0", "0.0", true },
		{ "0.5", "0.75", "0.25", false },
		{ "10", "3", "-7", false },
		{ "999999999999999999", "-999999999999999999",
		  "-1999999999999999998", false },
		{ "9007199254740993", "9007199254740992", "-1", false },
		{ "1000000000000000000000", "1000000000000000000001", "1",
		  false },
		{ "9999999999999999999999999999999999999",
		  "-9999999999999999999999999999999999999",
		  "-19999999999999999999999999999999999998", false },
		/* More digits than are counted: not that there is none. */
		{ "10000000000000000000000000000000000000",
		  "10000000000000000000000000000000000001", NULL, false },
		{ ".nan", ".nan", NULL, true },
		{ ".nan", "1", NULL, false },
		{ "1", ".inf", ".inf", false },
		{ ".inf", ".inf", NULL, true },
		{ "x", "1", NULL, false },
		{ "x", "x", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dver_value a = value(cases[i].a), b = value(cases[i].b);
		AUTO_BUF struct buf text = BUF_BIG;
		struct dver_value d;
		bool has = compare_difference(&a, &b, &text, &d);

		assert_int_equal(compare_equal(&a, &b), cases[i].same);
		assert_int_equal(has, cases[i].want != NULL);
		if (has)
			assert_string_equal(d.text, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(documents_become_flat),
		T(keys_choose),
		T(tables_become_flat),
		T(events_become_flat),
		T(runs_that_begin_again),
		T(many_tags_take_no_time),
		T(many_values_are_refused),
		T(aliases_take_no_end_of_memory),
		T(differences),
	};

	return RUN(tests);
}
