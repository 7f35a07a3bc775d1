/* suite_values - what is put comes back, whole or in part. */
#include "tests/remote/suite.h"

#include <stdio.h>
#include <unistd.h>

#define LARGE (33u << 20)	/* over what goes in one piece */
#define PIECE (4u << 20)

static bool missing(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "never/put");
	AUTO_STRVEC struct strvec got = STRVEC_INIT;
	char c[10];
	size_t n;
	int r = transport_get(s->t, key, 0, c, 10, &n, &s->err);

	CHECK(s, r == DVER_ENOTFOUND);
	CHECK(s, strstr(s->err.msg, "never/put"));
	r = transport_get(s->t, key, 5, c, 1, &n, &s->err);
	CHECK(s, r == DVER_ENOTFOUND);
	CHECK(s, transport_del(s->t, key, &s->err) == 0);
	CHECK(s, suite_list(s, s->prefix, &got) == 0);
	CHECK(s, got.n == 0);
	/* a folder of keys is none itself */
	key[strlen(key) - 4] = '\0';
	CHECK(s, suite_lacks(s, key));
	return true;
}

static bool small(struct suite *s)
{
	AUTO_FREE char *none = suite_key(s, "empty");
	AUTO_FREE char *one = suite_key(s, "one");
	AUTO_FREE char *file = suite_key(s, "file");
	const char *const want[] = { "small/empty=0", "small/file=0",
				     "small/one=1" };
	struct transport_src src = { .path = "empty" };
	char c;
	size_t n = 9;

	CHECK(s, suite_put(s, none, 0, 0) == 0);
	CHECK(s, suite_put(s, one, 1, 1) == 0);
	CHECK(s, suite_file("empty", 0, 0));
	CHECK(s, transport_put(s->t, file, &src, &s->err) == 0);
	CHECK(s, transport_flush(s->t, &s->err) == 0);
	CHECK(s, suite_has(s, none, 0, 0));
	CHECK(s, suite_has(s, one, 1, 1));
	CHECK(s, suite_has(s, file, 0, 0));
	CHECK(s, transport_get(s->t, none, 3, &c, 1, &n, &s->err) == 0);
	CHECK(s, n == 0);
	CHECK(s, suite_lists(s, s->prefix, 3, want));
	return true;
}

/* Bytes [off, off + len) of a value of `size` bytes. */
static bool range_is(struct suite *s, const char *key, const char *all,
		     size_t size, uint64_t off, size_t len)
{
	AUTO_FREE char *out = malloc(len + 1);
	size_t want = off < size ? MIN(len, size - (size_t)off) : 0;
	size_t n = 99;

	CHECK(s, out);
	CHECK(s, transport_get(s->t, key, off, out, len, &n, &s->err) == 0);
	(void)err_set(&s->err, DVER_EREMOTE, "%zu bytes at %llu of %zu: %zu",
		      len, (unsigned long long)off, size, n);
	CHECK(s, n == want);
	CHECK(s, want == 0 || memcmp(out, all + off, want) == 0);
	s->err.code = 0;
	return true;
}

static bool ranges(struct suite *s)
{
	static const struct { uint64_t off; size_t len; } r[] = {
		{ 0, 1 }, { 0, 100 }, { 1, 1 }, { 777, 65536 }, { 99999, 1 },
		{ 99990, 10 }, { 0, 100000 }, { 99990, 11 }, { 50000, 90000 },
		{ 0, 5000000 }, { 100000, 1 }, { 100001, 5 },
		{ 5000000000u, 7 }, { 1ull << 42, 7 } };
	AUTO_FREE char *key = suite_key(s, "value");
	size_t size = 100000;
	AUTO_FREE char *all = malloc(size);

	CHECK(s, all);
	suite_fill(all, size, 5);
	CHECK(s, suite_put(s, key, size, 5) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(r); i++)
		if (!range_is(s, key, all, size, r[i].off, r[i].len))
			return false;
	return true;
}

struct pieces {
	struct suite *s;
	const char *key;
	char *out;
};

static bool read_pieces(void *data, int i)
{
	struct pieces *p = data;

	for (size_t off = (size_t)i * PIECE; off < LARGE; off += 4 * PIECE) {
		size_t len = MIN(PIECE, LARGE - off);
		size_t n;
		struct dver_err err;

		if (transport_get(p->s->t, p->key, off, p->out + off, len, &n,
				  &err) < 0 || n != len)
			return false;
	}
	return true;
}

static bool large(struct suite *s)
{
	AUTO_FREE char *memory = suite_key(s, "memory");
	AUTO_FREE char *file = suite_key(s, "file");
	AUTO_FREE char *out = malloc(LARGE);
	AUTO_FREE char *want = malloc(LARGE);
	const char *const list[] = { "large/file=34603008",
				     "large/memory=34603008" };
	struct transport_src src = { .path = "f", .len = LARGE };
	struct pieces p = { s, file, out };

	CHECK(s, out && want && suite_file("f", LARGE, 8));
	CHECK(s, transport_put(s->t, file, &src, &s->err) == 0);
	CHECK(s, suite_put(s, memory, LARGE, 9) == 0);
	suite_fill(want, LARGE, 8);
	CHECK(s, suite_threads(read_pieces, &p, 4));
	CHECK(s, memcmp(out, want, LARGE) == 0);
	CHECK(s, suite_has(s, memory, LARGE, 9));
	CHECK(s, suite_lists(s, s->prefix, 2, list));
	return true;
}

/* A repeated put: the answer to the first may have been lost. */
static bool again(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	AUTO_FREE char *file = suite_key(s, "file");
	struct transport_src src = { .path = "f", .len = 70000 };

	for (int i = 0; i < 3; i++) {
		CHECK(s, suite_put(s, key, 1000, 3) == 0);
		CHECK(s, suite_has(s, key, 1000, 3));
		CHECK(s, suite_file("f", 70000, 4));
		src.consume = i == 2;
		CHECK(s, transport_put(s->t, file, &src, &s->err) == 0);
		CHECK(s, suite_has(s, file, 70000, 4));
	}
	return true;
}

/* Never asked by a store; whatever happens, it is the one or the other. */
static bool taken(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	int r;

	CHECK(s, suite_put(s, key, 5000, 1) == 0);
	r = suite_put(s, key, 777, 2);
	CHECK(s, r == 0 ? suite_has(s, key, 777, 2)
			: suite_has(s, key, 5000, 1));
	r = suite_put(s, key, 9999, 3);
	CHECK(s, r == 0 ? suite_has(s, key, 9999, 3) : true);
	return true;
}

static int replace(struct suite *s, const char *key, size_t len, uint64_t seed)
{
	AUTO_FREE char *data = malloc(len + 1);

	if (!data)
		return err_nomem(&s->err);
	suite_fill(data, len, seed);
	return transport_replace(s->t, key, data, len, &s->err);
}

static bool replaced(struct suite *s)
{
	const char *key = "heads";	/* the one that is ever replaced */
	static const size_t lens[] = { 10, 3000, 0, 1, 3000, 200000, 9 };
	char line[40];
	const char *const list[] = { line };

	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		CHECK(s, replace(s, key, lens[i], i) == 0);
		CHECK(s, transport_flush(s->t, &s->err) == 0);
		CHECK(s, suite_has(s, key, lens[i], i));
	}
	(void)snprintf(line, sizeof(line), "heads=9");
	CHECK(s, suite_lists(s, key, 1, list));
	return true;
}

static bool deleted(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "a/b");
	AUTO_FREE char *other = suite_key(s, "a/c");
	const char *const list[] = { "delete/a/c=2" };

	CHECK(s, suite_put(s, key, 10, 1) == 0);
	CHECK(s, suite_put(s, other, 2, 2) == 0);
	CHECK(s, transport_del(s->t, key, &s->err) == 0);
	CHECK(s, suite_lacks(s, key));
	CHECK(s, transport_del(s->t, key, &s->err) == 0);
	CHECK(s, suite_lists(s, s->prefix, 1, list));
	CHECK(s, suite_has(s, other, 2, 2));
	CHECK(s, transport_del(s->t, other, &s->err) == 0);
	CHECK(s, suite_lists(s, s->prefix, 0, NULL));
	return true;
}

static bool files(struct suite *s)
{
	AUTO_FREE char *kept = suite_key(s, "kept");
	AUTO_FREE char *gone = suite_key(s, "gone");
	AUTO_FREE char *never = suite_key(s, "never");
	struct transport_src src = { .path = "f", .len = 300000 };

	CHECK(s, suite_file("f", 300000, 1));
	CHECK(s, transport_put(s->t, kept, &src, &s->err) == 0);
	CHECK(s, access("f", F_OK) == 0);
	src.consume = true;
	CHECK(s, transport_put(s->t, gone, &src, &s->err) == 0);
	CHECK(s, access("f", F_OK) != 0);
	CHECK(s, suite_has(s, kept, 300000, 1));
	CHECK(s, suite_has(s, gone, 300000, 1));
	CHECK(s, transport_put(s->t, never, &src, &s->err) < 0);
	CHECK(s, strstr(s->err.msg, "'f'"));
	CHECK(s, suite_lacks(s, never));
	return true;
}

static bool counters(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	struct transport *t = s->t;
	uint64_t requests = t->requests, in = t->bytes_in, out = t->bytes_out;

	CHECK(s, suite_put(s, key, 1000, 1) == 0);
	CHECK(s, t->bytes_out == out + 1000);
	CHECK(s, suite_has(s, key, 1000, 1));
	CHECK(s, t->bytes_in == in + 1000);
	CHECK(s, replace(s, "heads", 500, 1) == 0);
	CHECK(s, t->bytes_out == out + 1500);
	CHECK(s, t->requests >= requests + 3);
	requests = t->requests;
	CHECK(s, suite_list(s, "counters/no", &(struct strvec)STRVEC_INIT) ==
		 0);
	CHECK(s, transport_del(s->t, key, &s->err) == 0);
	CHECK(s, suite_lacks(s, key));
	CHECK(s, t->requests >= requests + 3);
	CHECK(s, t->bytes_in == in + 1000 && t->bytes_out == out + 1500);
	return true;
}

/* What one puts the other sees, and it stays when both are closed. */
static bool kept(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	struct transport *first = NULL, *second = NULL, *usual = s->t;
	bool ok;

	CHECK(s, suite_open(s, &first, NULL, &s->err) == 0);
	s->t = first;
	ok = suite_put(s, key, 500, 1) == 0 &&
	     transport_flush(first, &s->err) == 0;
	s->t = usual;
	ok = ok && suite_has(s, key, 500, 1);
	transport_close(first);
	CHECK(s, ok);
	CHECK(s, suite_open(s, &second, NULL, &s->err) == 0);
	s->t = second;
	ok = suite_has(s, key, 500, 1);
	s->t = usual;
	transport_close(second);
	CHECK(s, ok);
	return true;
}

const struct suite_test suite_values[] = {
	{ "missing", "a key that is not there", missing, false },
	{ "small", "nothing and one byte", small, false },
	{ "ranges", "ranges inside, across and beyond the end", ranges,
	  false },
	{ "large", "33 MiB from a file and from memory", large, false },
	{ "again", "a put that is repeated", again, false },
	{ "taken", "a put under a taken key mixes nothing", taken, false },
	{ "replace", "a value is replaced by longer and shorter ones",
	  replaced, false },
	{ "delete", "delete, also twice", deleted, false },
	{ "files", "files are copied or consumed", files, false },
	{ "counters", "requests and bytes are counted", counters, false },
	{ "kept", "other handles see it, and it stays", kept, true },
	{ 0 }
};
