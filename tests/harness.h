/*
 * harness - what every unit test includes: cmocka, and a program that runs
 * the named tests, each in an empty folder of its own.
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"

static inline int harness_enter(void **state)
{
	char *dir = strdup("/tmp/dver-test.XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) ? chdir(dir) : -1;
}

static inline int harness_leave(void **state)
{
	struct dver_err err;
	int r = chdir("/");

	if (r == 0)
		r = dir_remove_all(AT_FDCWD, *state, &err);
	free(*state);
	return r;
}

/*
 * A child that waits to be killed; it ends with us too, so that a test that
 * fails before does not leave it behind with our output open.
 */
static inline void wait_to_be_killed(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		(void)pause();
}

/* Write a file. */
static inline void spit(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* The start of a file, in a buffer that the next call reuses. */
static inline const char *slurp(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "re");
	size_t len;

	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	(void)fclose(f);
	return text;
}

/* How many names a folder has. */
static inline int dir_entries(const char *path)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	struct dver_err err;
	int n = 0;

	assert_int_equal(dir_open(&d, AT_FDCWD, path, &err), 0);
	while (dir_next(d, &e, &err) > 0)
		n++;
	return n;
}

#define HARNESS_1(f) cmocka_unit_test_setup_teardown(f, harness_enter, \
						     harness_leave)
#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)
#define T(f) HARNESS_1(f)

#endif
