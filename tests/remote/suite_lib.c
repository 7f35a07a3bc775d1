/* suite_lib - what the tests of the suite share. */
#include "tests/remote/suite.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"

#define THREADS_MAX 32

char *suite_key(const struct suite *s, const char *fmt, ...)
{
	struct buf b = BUF_PATH;
	va_list ap;

	buf_addstr(&b, s->prefix);
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	return buf_detach(&b);
}

/* xorshift: a state for each 8 bytes would do, but it shall be fast. */
void suite_fill(void *out, size_t len, uint64_t seed)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u + 1;
	uint8_t *p = out;

	while (len) {
		size_t n = MIN(len, sizeof(x));

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(p, &x, n);
		p += n;
		len -= n;
	}
}

int suite_put(struct suite *s, const char *key, size_t len, uint64_t seed)
{
	AUTO_FREE char *data = malloc(len + 1);
	struct transport_src src = { .data = data, .len = len };

	if (!data)
		return err_nomem(&s->err);
	suite_fill(data, len, seed);
	return transport_put(s->t, key, &src, &s->err);
}

bool suite_has(struct suite *s, const char *key, size_t len, uint64_t seed)
{
	AUTO_FREE char *want = malloc(len + 1);
	AUTO_FREE char *got = malloc(len + 9);
	size_t n = 0;

	if (!want || !got ||
	    transport_get(s->t, key, 0, got, len + 9, &n, &s->err) < 0)
		return false;
	suite_fill(want, len, seed);
	if (n == len && memcmp(want, got, len) == 0)
		return true;
	(void)err_set(&s->err, DVER_ECORRUPT, "'%s': %zu bytes came, %zu were "
		      "put%s", key, n, len, n == len ? ", others" : "");
	return false;
}

bool suite_lacks(struct suite *s, const char *key)
{
	char c;
	size_t n;
	int r = transport_get(s->t, key, 0, &c, 1, &n, &s->err);

	if (r == 0)
		(void)err_set(&s->err, DVER_EEXISTS, "'%s' is there", key);
	return r == DVER_ENOTFOUND;
}

bool suite_file(const char *path, size_t len, uint64_t seed)
{
	AUTO_FREE char *data = malloc(len + 1);
	FILE *f = fopen(path, "we");
	bool ok;

	if (!data || !f)
		return false;
	suite_fill(data, len, seed);
	ok = fwrite(data, 1, len, f) == len;
	return fclose(f) == 0 && ok;
}

static int note(void *data, const struct transport_key *k,
		struct dver_err *err)
{
	AUTO_FREE char *line = str_printf("%s=%llu", k->key,
					  (unsigned long long)k->size);

	if (!line)
		return err_nomem(err);
	if (k->mtime < time(NULL) - 86400 || k->mtime > time(NULL) + 86400)
		return err_set(err, DVER_EREMOTE, "'%s' is of %lld", k->key,
			       (long long)k->mtime);
	return strvec_push(data, line) ? 0 : err_nomem(err);
}

int suite_list(struct suite *s, const char *prefix, struct strvec *out)
{
	int r = transport_list(s->t, prefix, note, out, &s->err);

	strvec_sort(out);
	return r;
}

bool suite_lists(struct suite *s, const char *prefix, size_t n,
		 const char *const *want)
{
	AUTO_STRVEC struct strvec got = STRVEC_INIT;

	if (suite_list(s, prefix, &got) < 0)
		return false;
	for (size_t i = 0; i < MAX(n, got.n); i++) {
		const char *a = i < n ? want[i] : "nothing";
		const char *b = i < got.n ? got.v[i] : "nothing";

		if (streq(a, b))
			continue;
		(void)err_set(&s->err, DVER_EREMOTE, "listing of '%s': %s, "
			      "not %s", prefix, b, a);
		return false;
	}
	return true;
}

double suite_clock(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

struct runner {
	pthread_t thread;
	bool (*fn)(void *data, int i);
	void *data;
	int i;
	bool ok;
};

static void *run(void *arg)
{
	struct runner *r = arg;

	r->ok = r->fn(r->data, r->i);
	return NULL;
}

bool suite_threads(bool (*fn)(void *data, int i), void *data, int n)
{
	struct runner r[THREADS_MAX];
	bool ok = n <= THREADS_MAX;
	int started = 0;

	while (ok && started < n) {
		struct runner *x = &r[started];

		*x = (struct runner){ .fn = fn, .data = data, .i = started };
		ok = pthread_create(&x->thread, NULL, run, x) == 0;
		started += ok;
	}
	for (int i = 0; i < started; i++) {
		(void)pthread_join(r[i].thread, NULL);
		ok = ok && r[i].ok;
	}
	return ok;
}
