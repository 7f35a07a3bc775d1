/* suite_together - many threads and many processes at one place. */
#include "tests/remote/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define THREADS 16
#define ROUNDS 12
#define SHARED_LEN 20000
#define LONG_LEN 60000

struct crowd {
	struct suite *s;
	const char *key;	/* shared by all; NULL: by round */
	_Atomic bool stop;
	_Atomic int reads;
	pthread_mutex_t mutex;
	struct dver_err err;	/* of any one, under mutex */
};

static bool told(struct crowd *c, const struct dver_err *err)
{
	pthread_mutex_lock(&c->mutex);
	c->err = *err;
	pthread_mutex_unlock(&c->mutex);
	return false;
}

/* As suite_put() and suite_has(), but from many threads. */
static bool put(struct crowd *c, const char *key, size_t len, uint64_t seed)
{
	AUTO_FREE struct suite *own = calloc(1, sizeof(*own));

	if (!own)
		return false;
	own->t = c->s->t;
	return suite_put(own, key, len, seed) == 0 || told(c, &own->err);
}

static bool has(struct crowd *c, const char *key, size_t len, uint64_t seed)
{
	AUTO_FREE struct suite *own = calloc(1, sizeof(*own));

	if (!own)
		return false;
	own->t = c->s->t;
	return suite_has(own, key, len, seed) || told(c, &own->err);
}

static bool work(void *data, int i)
{
	struct crowd *c = data;

	for (int k = 0; k < ROUNDS; k++) {
		AUTO_FREE char *own = suite_key(c->s, "own/%d/%d", i, k);
		AUTO_FREE char *ours = suite_key(c->s, "ours/%d", k);
		size_t len = (size_t)(k * 1000 + i);

		if (!put(c, own, len, len) ||
		    !put(c, ours, SHARED_LEN, (uint64_t)k) ||
		    !has(c, own, len, len) ||
		    !has(c, ours, SHARED_LEN, (uint64_t)k))
			return false;
	}
	return true;
}

static bool together(struct suite *s, struct crowd *c,
		     bool (*fn)(void *data, int i), int n)
{
	bool ok;

	pthread_mutex_init(&c->mutex, NULL);
	ok = suite_threads(fn, c, n);
	pthread_mutex_destroy(&c->mutex);
	s->err = c->err;
	CHECK(s, ok);
	return true;
}

static bool threads(struct suite *s)
{
	struct crowd c = { .s = s };
	AUTO_STRVEC struct strvec got = STRVEC_INIT;

	if (!together(s, &c, work, THREADS))
		return false;
	CHECK(s, suite_list(s, s->prefix, &got) == 0);
	CHECK(s, got.n == THREADS * ROUNDS + ROUNDS);
	return true;
}

/* The first thread replaces, the others see all of the one or the other. */
static bool replace_or_read(void *data, int i)
{
	struct crowd *c = data;
	AUTO_FREE char *bytes = malloc(LONG_LEN + 1);
	AUTO_FREE char *want = malloc(LONG_LEN + 1);
	struct dver_err err = { 0 };
	bool ok = bytes && want;

	/* Until somebody read something, and a while longer. */
	for (int k = 0; ok && i == 0 && (k < 40 || !c->reads || k % 2);
	     k++) {
		size_t len = k % 2 ? LONG_LEN : 5;

		suite_fill(bytes, len, len);
		ok = transport_replace(c->s->t, c->key, bytes, len,
					&err) == 0;
	}
	if (i == 0)
		atomic_store(&c->stop, true);
	while (ok && i > 0 && !atomic_load(&c->stop)) {
		size_t n = 0;

		ok = transport_get(c->s->t, c->key, 0, bytes, LONG_LEN, &n,
				   &err) == 0;
		suite_fill(want, n, n);
		ok = ok && (c->s->torn ||
			    ((n == LONG_LEN || n == 5) &&
			     memcmp(bytes, want, n) == 0));
		atomic_fetch_add(&c->reads, ok);
	}
	return ok || told(c, &err);
}

static bool replaced(struct suite *s)
{
	const char *key = "heads";
	struct crowd c = { .s = s, .key = key };
	char first[5];

	suite_fill(first, 5, 5);
	CHECK(s, transport_replace(s->t, key, first, 5, &s->err) == 0);
	if (!together(s, &c, replace_or_read, 4))
		return false;
	CHECK(s, suite_has(s, key, LONG_LEN, LONG_LEN));
	return true;
}

/* Large ones of one key at once: parts of two must not be joined. */
static bool put_large(void *data, int i)
{
	struct crowd *c = data;

	(void)i;
	return put(c, c->key, 18u << 20, 7);
}

static bool large(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	struct crowd c = { .s = s, .key = key };

	if (!together(s, &c, put_large, 4))
		return false;
	CHECK(s, suite_has(s, key, 18u << 20, 7));
	return true;
}

const struct suite_test suite_together[] = {
	{ "threads", "16 threads, and 16 writers of one key", threads,
	  false },
	{ "swap", "who reads while a value is replaced sees one of both",
	  replaced, false },
	{ "flood", "four put 18 MiB under one key", large, false },
	{ 0 }
};
