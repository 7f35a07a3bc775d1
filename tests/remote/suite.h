/*
 * suite - what every transport must do, whatever lies behind it.
 *
 * One program (suite.c) opens a URL as the tool does and runs all tests on it;
 * each works below a prefix of its own.  A test says why it fails through
 * CHECK() and returns.
 */
#ifndef TESTS_REMOTE_SUITE_H
#define TESTS_REMOTE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "store/transport_config.h"

struct suite {
	struct transport_config cfg;
	struct cancel cancel;
	struct transport *t;	/* what most tests use */
	const char *prefix;	/* of the test that runs: "ranges/" */
	char **argv;		/* to run this program again */
	int argc;
	bool memory;		/* nobody else can open it */
	bool no_dots;		/* ".name" is there, but not listed */
	bool torn;		/* a reader may get a mix while one replaces */
	struct dver_err err;	/* of the last call */
	char why[1200];		/* of the failure */
};

/* Print where and why, and leave the test. */
#define CHECK(s, cond) do { \
	if (!(cond)) \
		return suite_fails(s, __FILE__, __LINE__, #cond); \
} while (0)
bool suite_fails(struct suite *s, const char *file, int line,
		 const char *what);	/* false */

/* Another handle on the same place; *cancel may be NULL. */
int suite_open(struct suite *s, struct transport **out,
	       const struct cancel *cancel, struct dver_err *err);

/* "prefix" + a formatted name; the caller's to free. */
char *suite_key(const struct suite *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes that depend on seed and place, so that a mix of two is seen. */
void suite_fill(void *out, size_t len, uint64_t seed);
/* Put, and get whole (`len` bytes and room for more) and compare. */
int suite_put(struct suite *s, const char *key, size_t len, uint64_t seed);
bool suite_has(struct suite *s, const char *key, size_t len, uint64_t seed);
bool suite_lacks(struct suite *s, const char *key);
/* A file with such bytes in the test's folder. */
bool suite_file(const char *path, size_t len, uint64_t seed);
/* Each key below a prefix as "key=size", sorted. */
int suite_list(struct suite *s, const char *prefix, struct strvec *out);
bool suite_lists(struct suite *s, const char *prefix, size_t n,
		 const char *const *want);
/* Seconds since some start. */
double suite_clock(void);

/* fn(data, i) for i < n, each in a thread; false if one returned false. */
bool suite_threads(bool (*fn)(void *data, int i), void *data, int n);

struct suite_test {
	const char *name;	/* also its prefix */
	const char *title;
	bool (*run)(struct suite *s);
	bool shared;		/* needs what others can open */
};
extern const struct suite_test suite_values[], suite_lists_tests[],
	suite_names[], suite_together[], suite_stops[];

/* suite --put KEY LEN SEED: what is killed while it puts. */
int suite_put_child(struct suite *s, char **args);

#endif
