/* The run cache: entries, and bundles of them as remotes keep them. */
#include "tests/harness.h"

#include "base/os.h"
#include "repo/runfile.h"
#include "store/store.h"
#include "transfer/bundle.h"

#define ID "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* A stage that ran, as a lock file has it. */
static void stage_of(struct locked_stage *out, const char *text)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	struct dver_err err;

	if (lockfile_parse(&l, "dver.lock", "x", text, strlen(text), &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(l.n, 1);
	*out = l.v[0];
	l.v[0] = (struct locked_stage){ .name = NULL };
}

static const char *const stages[] = {
	"  a: {cmd: x, deps: [{path: i, sha256: " ID "}], outs: [{path: o, "
	"tree: " ID ", size: 12, nfiles: 2}]}\n",
	"  a: {cmd: [\"one\\ntwo\", 'it''s', \"\\u00e9\"], params: {p.yaml: "
	"{a: 1e-05, b: \"1e-05\", c: [1, {d: null}], e: true, f: 'true', "
	"\"g.h i\": 1.0, j: \"\", k: 0.1, l: [], m: {}}}, outs: [{path: o, "
	"sha256: " ID ", cache: false}]}\n",
	"  a: {cmd: x, params: {\"odd name.yaml\": {a: -0.0, b: .inf, c: "
	"12345678901234567890, d: \"a: b # c\", e: 2020-01-01}}, outs: "
	"[{path: b/c, sha256: " ID ", isexec: true, push: false}, {path: a, "
	"sha256: " ID "}]}\n",
	"  a: {cmd: x, deps: [{path: !bytes \"i%ff\", sha256: " ID "}], "
	"outs: [{path: !bytes \"o%0a\", sha256: " ID "}]}\n",
};

static void an_entry_is_found_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		AUTO_LOCKED_STAGE struct locked_stage s = { .name = NULL };
		AUTO_LOCKED_STAGE struct locked_stage got = { .name = NULL };
		AUTO_FREE char *full = str_printf("schema: 1\nstages:\n%s",
						  stages[i]);
		AUTO_BUF struct buf text = BUF_BIG;
		AUTO_FREE char *read = NULL;
		struct dver_err err;
		struct run_id id;
		size_t len;

		stage_of(&s, full);
		assert_int_equal(runfile_format(&text, &id, &s, &err), 0);
		assert_int_equal(runfile_write("store", &id, text.data,
					       text.len, &err), 0);
		assert_int_equal(runfile_read(&got, &read, &len, "store", &id,
					      &err), 1);
		assert_int_equal(len, text.len);
		assert_string_equal(got.outs[0].p.out, s.outs[0].p.out);
		assert_int_equal(got.nouts, s.nouts);
	}
}

static int count_run(void *data, const struct run_id *id,
		     struct dver_err *err)
{
	(void)id;
	(void)err;
	(*(size_t *)data)++;
	return 0;
}

static void what_a_killed_writer_left_goes(void **state)
{
	struct run_id id = { .key.id[0] = 0xab };
	AUTO_FREE char *dir = runfile_folder("store", &id.key);
	AUTO_FREE char *left = str_printf("%s/.x.1234", dir);
	size_t n = 0;

	(void)state;
	assert_int_equal(runfile_tidy("store", NULL), 0);
	assert_int_equal(runfile_write("store", &id, "x", 1, NULL), 0);
	spit(left, "half of");
	assert_int_equal(runfile_each("store", count_run, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(runfile_tidy("store", NULL), 0);
	assert_int_equal(dir_entries(dir), 1);
	assert_int_equal(runfile_each("store", count_run, &n, NULL), 0);
	assert_int_equal(n, 2);
}

/* One that does not belong where it lies, or is no entry. */
static void an_entry_elsewhere_is_refused(void **state)
{
	AUTO_LOCKED_STAGE struct locked_stage s = { .name = NULL };
	AUTO_FREE char *full = str_printf("schema: 1\nstages:\n%s", stages[0]);
	AUTO_BUF struct buf text = BUF_BIG;
	static const char *const bad[] = {
		"", "schema: 1\n", "schema: 1\nstages: {run: {}}\n",
		"schema: 1\nstages: {run: {cmd: x, outs: []}}\n",
		"schema: 1\nstages: {run: {cmd: x, outs: [{path: ../../o, "
		"sha256: " ID "}]}}\n",
		"schema: 1\nstages: {run: {cmd: x, outs: [{path: /etc/o, "
		"sha256: " ID "}]}}\n",
		"schema: 1\nstages: {other: {cmd: x, outs: [{path: o, "
		"sha256: " ID "}]}}\n",
		"schema: 1\nstages: {run: {cmd: x, outs: [{path: o, sha256: "
		ID "}]}, run2: {cmd: x}}\n",
		"\xff\xfe", "{", "- a\n", "a: &a [*a]\n",
	};
	struct run_id id, wrong;
	struct dver_err err;

	(void)state;
	stage_of(&s, full);
	assert_int_equal(runfile_format(&text, &id, &s, &err), 0);
	wrong = id;
	wrong.key.id[0] ^= 1;
	assert_int_equal(runfile_parse(&s, "x", &wrong, text.data, text.len,
				       &err), DVER_ECORRUPT);
	wrong = id;
	wrong.value.id[31] ^= 1;
	assert_int_equal(runfile_parse(&s, "x", &wrong, text.data, text.len,
				       &err), DVER_ECORRUPT);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct locked_stage none = { .name = NULL };
		size_t len = strlen(bad[i]);

		/* Its own value does not help it. */
		assert_int_equal(hash_bytes(id.value.id, bad[i], len, &err),
				 0);
		assert_true(runfile_parse(&none, "x", &id, bad[i], len, &err)
			    < 0);
		assert_null(none.name);
	}
}

static void make_entries(struct bundle_entry *v, char **texts, size_t n,
			 size_t len)
{
	for (size_t i = 0; i < n; i++) {
		texts[i] = malloc(len + 1);
		assert_non_null(texts[i]);
		for (size_t j = 0; j < len; j++)
			texts[i][j] = (char)('a' + (i * 7 + j * j / 3) % 26);
		v[i] = (struct bundle_entry){ .text = texts[i], .len = len };
		v[i].key.id[0] = (uint8_t)i;
		assert_int_equal(hash_bytes(v[i].value.id, texts[i], len,
					    NULL), 0);
	}
}

static void a_bundle_has_what_was_put_in(void **state)
{
	static const struct { size_t n, len; } cases[] = {
		{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 5, 300 },
		{ 1, BUNDLE_ENTRY_MAX }, { 5, BUNDLE_ENTRY_MAX - 1 },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		AUTO_BUNDLE struct bundle b = BUNDLE_INIT;
		AUTO_BUF struct buf bytes = BUF_BIG;
		struct bundle_entry v[5];
		char *texts[5] = { NULL };
		struct dver_err err;

		make_entries(v, texts, cases[c].n, cases[c].len);
		assert_int_equal(bundle_format(&bytes, v, cases[c].n, &err),
				 0);
		if (bundle_parse(&b, "x", bytes.data, bytes.len, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(b.n, cases[c].n);
		for (size_t i = 0; i < b.n; i++) {
			assert_memory_equal(&b.v[i].key, &v[i].key, 32);
			assert_memory_equal(&b.v[i].value, &v[i].value, 32);
			assert_int_equal(b.v[i].len, v[i].len);
			assert_memory_equal(b.v[i].text, v[i].text, v[i].len);
			free(texts[i]);
		}
	}
}

/* With a sum that is right all the same. */
static int parse_with_sum(uint8_t *p, size_t len)
{
	AUTO_BUNDLE struct bundle b = BUNDLE_INIT;
	struct dver_err err;

	assert_int_equal(hash_bytes(p + len - HASH_SIZE, p, len - HASH_SIZE,
				    NULL), 0);
	return bundle_parse(&b, "x", p, len, &err);
}

static void a_damaged_bundle_is_refused(void **state)
{
	AUTO_BUNDLE struct bundle b = BUNDLE_INIT;
	AUTO_BUF struct buf bytes = BUF_BIG;
	struct bundle_entry v[3];
	char *texts[3] = { NULL };
	struct dver_err err;

	(void)state;
	make_entries(v, texts, 3, 200);
	assert_int_equal(bundle_format(&bytes, v, 3, &err), 0);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(bundle_parse(&b, "x", bytes.data, len, &err),
				 DVER_ECORRUPT);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 0x40;
		assert_int_equal(bundle_parse(&b, "x", bytes.data, bytes.len,
					      &err), DVER_ECORRUPT);
		bytes.data[i] ^= 0x40;
	}
	/* Numbers that are no numbers: of entries, of bytes, of a frame. */
	for (size_t at = 8; at < 16 + 3 * 68 + 4; at++) {
		AUTO_FREE uint8_t *p = malloc(bytes.len);
		bool number = at < 16 || at >= 16 + 3 * 68 ||
			      (at - 16) % 68 >= 64;

		assert_non_null(p);
		memcpy(p, bytes.data, bytes.len);
		p[at] ^= 0xff;
		if (number)
			assert_int_equal(parse_with_sum(p, bytes.len),
					 DVER_ECORRUPT);
	}
	for (size_t len = HASH_SIZE; len < bytes.len; len++) {
		AUTO_FREE uint8_t *p = malloc(len);

		assert_non_null(p);
		memcpy(p, bytes.data, len);
		assert_int_equal(parse_with_sum(p, len), DVER_ECORRUPT);
	}
	for (size_t i = 0; i < 3; i++)
		free(texts[i]);
}

static struct store *open_remote(void)
{
	struct store_opts opts = { .create = true };
	struct transport *t = NULL;
	struct store *s = NULL;

	assert_int_equal(transport_directory_open(&t, "remote",
						  TRANSPORT_CREATE, 0, NULL),
			 0);
	assert_int_equal(store_open(&s, &t, &opts, NULL), 0);
	return s;
}

struct seen {
	struct keymap values;
	size_t bad;
};

static int on_entry(void *data, const struct bundle_entry *e,
		    struct dver_err *err)
{
	struct seen *seen = data;

	(void)err;
	assert_non_null(keymap_put(&seen->values, e->value.id, NULL));
	return 0;
}

static void on_bad(void *data, const char *why)
{
	assert_non_null(strstr(why, "is damaged"));
	((struct seen *)data)->bad++;
}

static size_t values_of(struct store *s, const char *folder, size_t *bad)
{
	struct seen seen = { .bad = 0 };
	struct dver_err err;
	size_t n;

	keymap_init(&seen.values, HASH_SIZE, 0);
	if (bundles_each(s, folder, on_entry, on_bad, &seen, &err) < 0)
		fail_msg("%s", err.msg);
	n = seen.values.n;
	*bad = seen.bad;
	keymap_release(&seen.values);
	return n;
}

static int count_value(void *data, const struct oid *value,
		       struct dver_err *err)
{
	(void)value;
	(void)err;
	(*(size_t *)data)++;
	return 0;
}

/* However many pushes: few files, nothing lost, each read once. */
static void many_pushes_make_few_bundles(void **state)
{
	enum { PUSHES = 300 };
	AUTO_STORE struct store *s = open_remote();
	struct transport *t = store_transport(s);
	size_t bad, known = 0;
	uint64_t before;

	(void)state;
	for (size_t i = 0; i < PUSHES; i++) {
		AUTO_FREE char *text = str_printf("run %zu", i);
		struct bundle_entry e = { .text = text, .len = strlen(text) };
		struct dver_err err;

		assert_int_equal(hash_bytes(e.value.id, text, e.len, NULL), 0);
		if (bundles_put(s, "cache/remotes/a", &e, 1, &err) < 0)
			fail_msg("%s", err.msg);
	}
	assert_true(dir_entries("remote/runs") < 40);
	before = t->requests;
	assert_int_equal(values_of(s, "cache/remotes/b", &bad), PUSHES);
	assert_true(t->requests - before < 42);
	before = t->requests;
	assert_int_equal(values_of(s, "cache/remotes/b", &bad), PUSHES);
	assert_int_equal(t->requests - before, 1);
	assert_int_equal(dir_entries("cache/remotes/b/runs"),
			 dir_entries("remote/runs"));
	assert_int_equal(dir_remove_all(AT_FDCWD, "cache/remotes/a", NULL), 0);
	assert_int_equal(bundles_known("cache", count_value, &known, NULL), 0);
	assert_int_equal(known, PUSHES);
}

static void damage_all(const char *folder)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	assert_int_equal(dir_open(&d, AT_FDCWD, folder, NULL), 0);
	while (dir_next(d, &e, NULL) > 0) {
		AUTO_FREE char *path = str_printf("%s/%s", folder, e.name);

		spit(path, "x");
	}
}

static void what_is_no_bundle_is_left_out(void **state)
{
	static const char good[] = "0-00112233445566778899aabbccddeeff";
	AUTO_STORE struct store *s = open_remote();
	struct bundle_entry e = { .text = "x", .len = 1 };
	AUTO_FREE char *bad_path = str_printf("remote/runs/%s", good);
	size_t bad;

	(void)state;
	assert_int_equal(bundles_put(s, "f", &e, 1, NULL), 0);
	spit("remote/runs/README", "hello");
	spit("remote/runs/0-xx", "hello");
	spit(bad_path, "hello");
	assert_int_equal(values_of(s, "f", &bad), 1);
	assert_int_equal(bad, 1);
	assert_int_equal(values_of(s, "g", &bad), 1);
	assert_int_equal(bad, 1);
	assert_int_equal(dir_entries("g/runs"), 1);
	/* One of ours that is damaged is fetched again. */
	assert_int_equal(dir_remove_all(AT_FDCWD, "remote/runs", NULL), 0);
	assert_int_equal(bundles_put(s, "f", &e, 1, NULL), 0);
	spit("g/runs/.left", "half of");
	assert_int_equal(values_of(s, "g", &bad), 1);
	assert_int_equal(bad, 0);
	assert_int_equal(dir_entries("g/runs"), 1);
	damage_all("g/runs");
	assert_int_equal(values_of(s, "g", &bad), 1);
	assert_int_equal(bad, 0);
}

static void push_runs(struct store *s, const char *folder, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *text = str_printf("run %zu", i);
		struct bundle_entry e = { .text = text, .len = strlen(text) };
		struct dver_err err;

		assert_int_equal(hash_bytes(e.value.id, text, e.len, NULL), 0);
		if (bundles_put(s, folder, &e, 1, &err) < 0)
			fail_msg("%s", err.msg);
	}
}

/* The others are put together nevertheless, and it stays as it is. */
static void a_damaged_one_keeps_none_apart(void **state)
{
	enum { PUSHES = 100 };
	static const char first[] =
		"remote/runs/0-00000000000000000000000000000000";
	AUTO_STORE struct store *s = open_remote();
	size_t bad;

	(void)state;
	push_runs(s, "f", 1);
	assert_int_equal(dir_remove_all(AT_FDCWD, "remote/runs", NULL), 0);
	assert_int_equal(mkdir("remote/runs", 0777), 0);
	/* First in the order in which they are read, and last. */
	spit(first, "x");
	spit("remote/runs/0-ffffffffffffffffffffffffffffffff", "");
	push_runs(s, "f", PUSHES);
	assert_true(dir_entries("remote/runs") < 40);
	assert_int_equal(values_of(s, "f", &bad), PUSHES);
	assert_int_equal(bad, 2);
	assert_string_equal(slurp(first), "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_entry_is_found_again),
		T(what_a_killed_writer_left_goes),
		T(an_entry_elsewhere_is_refused),
		T(a_bundle_has_what_was_put_in),
		T(a_damaged_bundle_is_refused),
		T(many_pushes_make_few_bundles),
		T(what_is_no_bundle_is_left_out),
		T(a_damaged_one_keeps_none_apart),
	};

	return RUN(tests);
}
