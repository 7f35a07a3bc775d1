/*
 * suite_stops - work that does not come to its end: killed, cancelled, refused
 * by the disk.
 */
#include "tests/remote/suite.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LARGE (24u << 20)
#define KILLS 10
#define PROMPT 10.0	/* seconds; the machine may be busy */

int suite_put_child(struct suite *s, char **args)
{
	size_t len = (size_t)strtoull(args[1], NULL, 10);
	struct transport_src src = { .path = "big", .len = len };

	if (write(STDOUT_FILENO, "!", 1) != 1)
		return 1;
	return transport_put(s->t, args[0], &src, &s->err) == 0 ? 0 : 1;
}

static void pause_for(long us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&ts, NULL);
}

/* This program again, putting `key`; *ready gives a byte when it begins. */
static pid_t start_child(struct suite *s, const char *key, int *ready)
{
	AUTO_FREE char **args = mem_array((size_t)s->argc + 5, sizeof(*args));
	AUTO_FREE char *name = strdup(key);
	char put[] = "--put", len[] = "25165824", seed[] = "0";
	int fd[2];
	pid_t pid;

	if (!args || !name || pipe(fd) < 0)
		return -1;
	memcpy(args, s->argv, (size_t)s->argc * sizeof(*args));
	args[s->argc] = put;
	args[s->argc + 1] = name;
	args[s->argc + 2] = len;
	args[s->argc + 3] = seed;
	pid = fork();
	if (pid == 0) {
		(void)dup2(fd[1], STDOUT_FILENO);
		(void)close(fd[0]);
		(void)execv("/proc/self/exe", args);
		_exit(127);
	}
	(void)close(fd[1]);
	*ready = fd[0];
	return pid;
}

/* Kill it `us` after it began; *done: it was faster. */
static bool kill_child(struct suite *s, const char *key, long us, bool *done)
{
	int ready = -1, status;
	pid_t pid = start_child(s, key, &ready);
	char c;

	if (pid < 0)
		return false;
	if (read(ready, &c, 1) == 1)
		pause_for(us);
	(void)close(ready);
	(void)kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		return false;
	*done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return *done || WIFSIGNALED(status);
}

static bool killed(struct suite *s)
{
	AUTO_STRVEC struct strvec got = STRVEC_INIT;
	AUTO_STRVEC struct strvec all = STRVEC_INIT;
	size_t there = 0;
	int cut = 0;

	CHECK(s, suite_file("big", LARGE, 3));
	for (int i = 0; i < KILLS; i++) {
		AUTO_FREE char *key = suite_key(s, "%d/key", i);
		bool done = false, seen;

		CHECK(s, kill_child(s, key, 500l << i, &done));
		seen = !suite_lacks(s, key);
		CHECK(s, seen ? suite_has(s, key, LARGE, 3) : !done);
		there += seen;
		cut += !done;
		/* and nothing that it left stands in the way */
		if (i == 1)
			CHECK(s, suite_put(s, key, LARGE, 3) == 0 &&
				 suite_has(s, key, LARGE, 3));
		there += i == 1 && !seen;
	}
	CHECK(s, cut > 0);
	CHECK(s, suite_list(s, s->prefix, &got) == 0);
	/* A server that had it all before the end may show it later. */
	CHECK(s, got.n >= there && got.n <= there + (size_t)cut);
	for (size_t i = 0; i < got.n; i++)
		CHECK(s, str_ends(got.v[i], "/key=25165824"));
	/* nor does it lie elsewhere under a name of its own */
	CHECK(s, suite_list(s, "", &all) == 0);
	for (size_t i = 0; i < all.n; i++)
		CHECK(s, !strstr(all.v[i], "tmp") && !strstr(all.v[i], ".new"));
	return true;
}

/* A file that is shorter than it was said to be is not put. */
static bool shrunk(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	AUTO_FREE char *big = suite_key(s, "big");
	struct transport_src src = { .path = "f", .len = 100000 };

	CHECK(s, suite_file("f", 60000, 1));
	CHECK(s, transport_put(s->t, key, &src, &s->err) < 0);
	CHECK(s, strstr(s->err.msg, "'f'"));
	CHECK(s, suite_lacks(s, key));
	CHECK(s, suite_file("f", LARGE - 1, 1));
	src.len = LARGE;
	src.consume = true;
	CHECK(s, transport_put(s->t, big, &src, &s->err) < 0);
	CHECK(s, access("f", F_OK) == 0);
	CHECK(s, suite_lacks(s, big));
	CHECK(s, suite_lists(s, s->prefix, 0, NULL));
	return true;
}

struct busy {
	struct transport *t;
	const char *key;
	struct cancel *cancel;
	_Atomic int codes[8];
};

/* Until told to stop, and however an operation takes that. */
static bool keep_busy(void *data, int i)
{
	struct busy *b = data;
	AUTO_FREE char *bytes = malloc(4u << 20);
	struct dver_err err;
	size_t n;
	int r = bytes ? 0 : DVER_ENOMEM;

	while (r == 0 && !cancel_is_set(b->cancel))
		r = transport_get(b->t, b->key, 0, bytes, 4u << 20, &n, &err);
	b->codes[i] = r;
	return r == 0 || r == DVER_ECANCEL;
}

static void *cancel_soon(void *data)
{
	pause_for(100000);
	cancel_set(data);
	return NULL;
}

static bool cancelled(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	struct cancel cancel = { 0 };
	struct busy b = { .key = key, .cancel = &cancel };
	double start;
	pthread_t thread;
	bool ok;

	CHECK(s, suite_put(s, key, 4u << 20, 1) == 0);
	CHECK(s, suite_open(s, &b.t, &cancel, &s->err) == 0);
	start = suite_clock();
	ok = pthread_create(&thread, NULL, cancel_soon, &cancel) == 0;
	ok = ok && suite_threads(keep_busy, &b, 8);
	(void)pthread_join(thread, NULL);
	/* closed at once: what it had in flight ends with it */
	transport_close(b.t);
	CHECK(s, ok);
	CHECK(s, suite_clock() - start < PROMPT);
	return true;
}

/* Opened and closed: without a request, and with a listing that was cut. */
static int stop_at_once(void *data, const struct transport_key *k,
			struct dver_err *err)
{
	(void)data;
	(void)k;
	(void)err;
	return 1;
}

static bool closed(struct suite *s)
{
	AUTO_FREE char *key = suite_key(s, "key");
	double start = suite_clock();

	CHECK(s, suite_put(s, key, 1, 1) == 0);
	for (int i = 0; i < 6; i++) {
		struct transport *t = NULL;
		int r;

		CHECK(s, suite_open(s, &t, NULL, &s->err) == 0);
		r = i % 2 ? transport_list(t, "", stop_at_once, NULL, &s->err)
			  : 1;
		transport_close(t);
		CHECK(s, r == 1);
	}
	CHECK(s, suite_clock() - start < 6 * PROMPT);
	return true;
}

const struct suite_test suite_stops[] = {
	{ "killed", "a put that is killed leaves nothing to be seen", killed,
	  true },
	{ "shrunk", "a file that is too short is not put", shrunk, true },
	{ "cancel", "a cancel stops what runs", cancelled, true },
	{ "close", "open and close", closed, true },
	{ 0 }
};
