/*
 * stand_in - a server of tests/server in Python, which picks its port and
 * writes it into a file, for a unit test that is run from the top.
 */
#ifndef TESTS_STAND_IN_H
#define TESTS_STAND_IN_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "net/http.h"

struct stand_in {
	char base[64];		/* "http://127.0.0.1:PORT" */
	pid_t pid;
};

static inline void stand_in_stop(struct stand_in *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
	}
	s->pid = 0;
}

static inline int stand_in_port(const char *file)
{
	FILE *f = fopen(file, "re");
	int n = 0;

	if (f && fscanf(f, "%d", &n) != 1)
		n = 0;
	if (f)
		(void)fclose(f);
	return n;
}

static inline int stand_in_start(struct stand_in *s, const char *script)
{
	char file[] = "/tmp/dver-port.XXXXXX";
	int fd = mkstemp(file), port = 0;

	if (fd < 0)
		return -1;
	(void)close(fd);
	(void)unlink(file);
	s->pid = fork();
	if (s->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)execlp("python3", "python3", script, file, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 3000 && port == 0; i++) {
		(void)nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
		port = stand_in_port(file);
	}
	(void)unlink(file);
	(void)snprintf(s->base, sizeof(s->base), "http://127.0.0.1:%d", port);
	if (port == 0) {
		print_error("%s does not start; run this from the top\n",
			    script);
		stand_in_stop(s);
	}
	return port ? 0 : -1;
}

/* GET path; what it answers.  Not inline, for the size of frames. */
__attribute__((noinline, unused))
static void stand_in_ask(const struct stand_in *s, const char *path,
				struct http_reply *reply)
{
	AUTO_HTTP struct http *h = NULL;
	AUTO_FREE char *url = str_printf("%s%s", s->base, path);
	struct http_request rq = { .method = "GET", .url = url };

	assert_int_equal(http_new(&h, &(struct http_opts){ .proxy = "" },
				  NULL), 0);
	assert_int_equal(http_send(h, &rq, reply, NULL), 0);
	assert_int_equal(reply->status, 200);
}

/* "/set?what" */
__attribute__((noinline, unused))
static void stand_in_set(const struct stand_in *s, const char *what)
{
	AUTO_FREE char *path = str_printf("/set?%s", what);
	AUTO_HTTP_REPLY struct http_reply reply;

	http_reply_init(&reply);
	stand_in_ask(s, path, &reply);
}

static inline bool stand_in_has(const struct stand_in *s, const char *path,
				const char *text, bool wanted)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	bool has;

	http_reply_init(&reply);
	stand_in_ask(s, path, &reply);
	has = strstr(reply.body.data, text) != NULL;
	if (has != wanted)
		print_error("# %s'%s' in: %s\n", has ? "" : "no ", text,
			    reply.body.data);
	return has == wanted;
}

/* Does what `path` answers have this in it? */
static inline bool stand_in_says(const struct stand_in *s, const char *path,
				 const char *text)
{
	return stand_in_has(s, path, text, true);
}

static inline bool stand_in_lacks(const struct stand_in *s, const char *path,
				  const char *text)
{
	return stand_in_has(s, path, text, false);
}

#endif
