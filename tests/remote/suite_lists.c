/* suite_lists - listings by prefix, of many keys, and stopped ones. */
#include "tests/remote/suite.h"

#include <stdatomic.h>
#include <stdio.h>

#define MANY 2500	/* three pages of S3, and more than one anywhere */
#define WRITERS 16

static bool by_prefix(struct suite *s)
{
	static const char *const keys[] = { "index/0-a", "index/0-b",
		"indexes", "packs/ab/1", "packs/ab/2", "packs/ac/1" };
	static const char *const all[] = {
		"prefix/index/0-a=1", "prefix/index/0-b=2",
		"prefix/indexes=3", "prefix/packs/ab/1=4",
		"prefix/packs/ab/2=5", "prefix/packs/ac/1=6" };
	static const struct { const char *prefix; size_t from, n; } want[] = {
		{ "prefix/", 0, 6 }, { "prefix/index/", 0, 2 },
		{ "prefix/index", 0, 3 }, { "prefix/index/0-b", 1, 1 },
		{ "prefix/packs/", 3, 3 }, { "prefix/packs/a", 3, 3 },
		{ "prefix/packs/ab/", 3, 2 }, { "prefix/p", 3, 3 },
		{ "prefix/gc/", 0, 0 }, { "prefix/index/0-a/", 0, 0 },
		{ "prefix/packs/ab/1/x", 0, 0 }, { "prefix/indexes/", 0, 0 },
		{ "pre", 0, 6 } };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		AUTO_FREE char *key = suite_key(s, "%s", keys[i]);

		CHECK(s, suite_put(s, key, i + 1, i) == 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		CHECK(s, suite_lists(s, want[i].prefix, want[i].n,
				     all + want[i].from));
	return true;
}

/* The listing of nothing: all keys of the store, this test's among them. */
static bool everything(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	AUTO_STRVEC struct strvec got = STRVEC_INIT;

	CHECK(s, suite_put(s, key, 3, 1) == 0);
	CHECK(s, suite_list(s, "", &got) == 0);
	CHECK(s, strvec_has(&got, "everything/key=3"));
	for (size_t i = 1; i < got.n; i++)
		CHECK(s, !streq(got.v[i - 1], got.v[i]));
	return true;
}

struct many {
	struct suite *s;
	_Atomic int next;
	struct dver_err err;	/* of any one */
};

static bool write_many(void *data, int i)
{
	struct many *m = data;
	int k;

	(void)i;
	while ((k = atomic_fetch_add(&m->next, 1)) < MANY) {
		AUTO_FREE char *key = suite_key(m->s, "%02x/%05d", k % 50, k);
		struct transport_src src = { .data = "abcdefghij",
					     .len = (size_t)k % 10 };
		struct dver_err err;

		if (transport_put(m->s->t, key, &src, &err) < 0) {
			m->err = err;
			return false;
		}
	}
	return true;
}

struct stopper {
	int left;
	int seen;
};

static int stop_later(void *data, const struct transport_key *k,
		      struct dver_err *err)
{
	struct stopper *x = data;

	x->seen++;
	if (x->left-- > 0)
		return 0;
	return err_set(err, DVER_ECONFLICT, "stopped at %s", k->key);
}

static int stop_with_one(void *data, const struct transport_key *k,
			 struct dver_err *err)
{
	(void)data;
	(void)k;
	(void)err;
	return 1;
}

static bool stop_at(struct suite *s, int n)
{
	struct stopper x = { .left = n };

	CHECK(s, transport_list(s->t, s->prefix, stop_later, &x, &s->err) ==
		 DVER_ECONFLICT);
	CHECK(s, x.seen == n + 1);
	CHECK(s, str_starts(s->err.msg, "stopped at many/"));
	return true;
}

static bool delete_many(void *data, int i)
{
	struct many *m = data;
	int k;

	(void)i;
	while ((k = atomic_fetch_add(&m->next, 1)) < MANY) {
		AUTO_FREE char *key = suite_key(m->s, "%02x/%05d", k % 50, k);

		if (transport_del(m->s->t, key, &m->err) < 0)
			return false;
	}
	return true;
}

static bool many(struct suite *s)
{
	AUTO_STRVEC struct strvec got = STRVEC_INIT;
	AUTO_STRVEC struct strvec some = STRVEC_INIT;
	struct many m = { .s = s };
	bool ok = suite_threads(write_many, &m, WRITERS);

	s->err = m.err;
	CHECK(s, ok);
	CHECK(s, suite_list(s, s->prefix, &got) == 0);
	(void)err_set(&s->err, DVER_EREMOTE, "%zu keys are listed", got.n);
	CHECK(s, got.n == MANY);
	for (int k = 0; k < MANY; k++) {
		char line[40];

		(void)snprintf(line, sizeof(line), "many/%02x/%05d=%d", k % 50,
			       k, k % 10);
		CHECK(s, strvec_has(&got, line));
	}
	CHECK(s, suite_list(s, "many/1", &some) == 0);
	CHECK(s, some.n == 16 * MANY / 50);
	CHECK(s, stop_at(s, 0) && stop_at(s, 1) && stop_at(s, 1500));
	CHECK(s, transport_list(s->t, s->prefix, stop_with_one, NULL,
				&s->err) == 1);
	m.next = 0;
	ok = suite_threads(delete_many, &m, WRITERS);
	s->err = m.err;
	CHECK(s, ok);
	CHECK(s, suite_lists(s, s->prefix, 0, NULL));
	return true;
}

const struct suite_test suite_lists_tests[] = {
	{ "prefix", "listings by prefix", by_prefix, false },
	{ "everything", "the listing of everything", everything, false },
	{ "many", "2,500 keys, listed, and stopped on every page", many,
	  false },
	{ 0 }
};
