/*
 * faults - tests/server/faults.py for a unit test: start, URLs, stop; and what
 * tests of the engine expect.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "net/http.h"
#include "tests/harness.h"

/* Not inlined: each has an error on its stack. */
#define FAULTS_FN __attribute__((noinline, unused)) static
#define FAULTS_TLS 4	/* certificates at most */

static struct {
	int port, other;
	int tls[FAULTS_TLS];
	int in;			/* it ends when this is closed */
	pid_t pid;
	char top[1000];		/* of the source tree */
} faults;

extern char **environ;

/* Start it; `certs` (cert, key, ..., NULL) are for the ports over TLS. */
static inline void faults_start(const char *const *certs)
{
	const char *argv[3 + 2 * FAULTS_TLS + 1] = { "python3", NULL };
	char script[1100];
	posix_spawn_file_actions_t fa;
	int in[2], out[2], n = 2;
	FILE *f;

	if (!faults.top[0])
		assert_non_null(getcwd(faults.top, sizeof(faults.top)));
	(void)snprintf(script, sizeof(script), "%s/tests/server/faults.py",
		       faults.top);
	argv[1] = script;
	while (certs && *certs)
		argv[n++] = *certs++;
	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in[0], 0);
	posix_spawn_file_actions_adddup2(&fa, out[1], 1);
	assert_int_equal(posix_spawnp(&faults.pid, argv[0], &fa, NULL,
				      (char **)(uintptr_t)argv, environ), 0);
	posix_spawn_file_actions_destroy(&fa);
	(void)close(in[0]);
	(void)close(out[1]);
	faults.in = in[1];
	f = fdopen(out[0], "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d %d", &faults.port, &faults.other), 2);
	for (int i = 0; i < (n - 2) / 2; i++)
		assert_int_equal(fscanf(f, "%d", &faults.tls[i]), 1);
	(void)fclose(f);
}

static inline void faults_stop(void)
{
	(void)close(faults.in);
	(void)waitpid(faults.pid, NULL, 0);
}

/* "http://127.0.0.1:PORT" and the path; a few at a time. */
static inline const char *faults_url(const char *path)
{
	static _Thread_local char url[4][400];
	static _Thread_local unsigned n;
	char *u = url[n++ % 4];

	(void)snprintf(u, sizeof(url[0]), "http://127.0.0.1:%d%s", faults.port,
		       path);
	return u;
}

FAULTS_FN struct http *engine(const struct http_opts *o)
{
	struct http_opts none = { .stall_timeout = 120 };
	struct http *h = NULL;

	assert_int_equal(http_new(&h, o ? o : &none, NULL), 0);
	return h;
}

FAULTS_FN int get(struct http *h, const char *url, struct http_reply *reply,
	       struct dver_err *err)
{
	struct http_request rq = { .method = "GET", .url = url };

	return http_send(h, &rq, reply, err);
}

FAULTS_FN void expect_body(struct http *h, const char *url, const char *want)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	http_reply_init(&reply);
	if (get(h, url, &reply, &err) < 0)
		fail_msg("%s: %s", url, err.msg);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body.data, want);
}

/* It fails with the code and words, and says whether to try again. */
FAULTS_FN void expect_fault(struct http *h, const char *url, int code,
			 bool again, const char *words)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err = { 0 };
	int r;

	http_reply_init(&reply);
	r = get(h, url, &reply, &err);
	if (r != code || !strstr(err.msg, words) || reply.again != again)
		fail_msg("%s: %d, again %d, %s", url, r, reply.again,
			 r < 0 ? err.msg : "");
}

/* What /echo got: method, line, body's hash. */
FAULTS_FN void expect_echo(const struct http_reply *reply, const char *words)
{
	if (!strstr(reply->body.data, words))
		fail_msg("no '%s' in '%s'", words, reply->body.data);
}

FAULTS_FN void lacks_echo(const struct http_reply *reply, const char *words)
{
	if (strstr(reply->body.data, words))
		fail_msg("'%s' in '%s'", words, reply->body.data);
}

#endif
