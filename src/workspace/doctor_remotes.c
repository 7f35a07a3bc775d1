/*
 * doctor_remotes - is each remote there, and how long does it take to say so?
 *
 * Each is opened and listed, read-only, by a child of its own, all at once:
 * what hangs in the kernel or in a library is killed when the time is up.  The
 * child has no terminal, so nothing in it can ask for a password.
 */
#include "workspace/doctor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/remote.h"
#include "repo/remotes.h"
#include "transfer/remote.h"

#define TIMEOUT_MS 10000
#define STEP_MS 100		/* between looks at whether to stop */
#define REAP_MS 2000

/* What a child says; less than PIPE_BUF, so it comes whole. */
struct answer {
	int code;		/* 0: it is there */
	uint64_t us;
	uint64_t indexes;
	char msg[512];
};

struct asked {
	const char *name;	/* borrowed */
	struct remote at;	/* stays where it is */
	pid_t pid;		/* 0: none */
	int fd;			/* -1: none */
	bool done;
	struct answer answer;
};

struct remotes {
	struct doctor *d;
	struct strvec names;
	struct asked *v;	/* owned; one a name */
	size_t n;
	bool has_default;
};

static int64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A helper that keeps passwords hears nothing of how this went. */
static void hush(void *data, const struct transport_login *l, bool taken)
{
	(void)data;
	(void)l;
	(void)taken;
}

/* One open and one listing; this is all that a fetch needs to begin. */
static int ask(struct remote *at, uint64_t *indexes, struct dver_err *err)
{
	AUTO_STORE struct store *s = NULL;
	int r;

	at->cfg.flags |= TRANSPORT_READONLY;
	at->cfg.login_done = hush;
	r = remote_open(&s, &at->cfg, NULL, err);

	if (r == 0)
		r = store_refresh(s, err);
	if (r == 0)
		r = store_check(s, err);
	if (r == 0)
		*indexes = store_index_names(s)->n;
	return r;
}

/* In the child: never returns. */
static void answer(struct remote *at, int fd)
{
	struct answer a = { .code = DVER_EIO };
	struct dver_err err = { 0 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int64_t start = now_us();

	(void)setsid();
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++)
		(void)dup2(null, i);
	a.code = ask(at, &a.indexes, &err);
	a.us = (uint64_t)(now_us() - start);
	memcpy(a.msg, err.msg, sizeof(a.msg));
	_exit(write(fd, &a, sizeof(a)) == (ssize_t)sizeof(a) ? 0 : 1);
}

static bool start_child(struct asked *a)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	a->pid = fork();
	if (a->pid == 0)
		answer(&a->at, ends[1]);
	(void)os_close(ends[1]);
	if (a->pid < 0)
		(void)os_close(ends[0]);
	else
		a->fd = ends[0];
	return a->pid > 0;
}

static void start(struct asked *a)
{
	if (start_child(a))
		return;
	a->pid = 0;
	a->done = true;
	a->answer.code = DVER_EIO;
	(void)snprintf(a->answer.msg, sizeof(a->answer.msg),
		       "cannot start a process: %s", strerror(errno));
}

/* Its session with all that it started. */
static void end(struct asked *a)
{
	if (a->fd >= 0)
		(void)os_close(a->fd);
	a->fd = -1;
	if (a->pid <= 0)
		return;
	if (!a->done) {
		(void)kill(-a->pid, SIGKILL);
		(void)kill(a->pid, SIGKILL);
	}
	/* What the kernel does not let go of is left behind. */
	for (int ms = 0; waitpid(a->pid, NULL, WNOHANG) == 0 && ms < REAP_MS;
	     ms += 5)
		(void)poll(NULL, 0, 5);
	a->pid = 0;
}

static void take(struct asked *a)
{
	ssize_t n = os_read(a->fd, &a->answer, sizeof(a->answer));

	a->done = true;
	a->answer.msg[sizeof(a->answer.msg) - 1] = '\0';
	if (n == (ssize_t)sizeof(a->answer))
		return;
	a->answer = (struct answer){ .code = DVER_ECHILD };
	(void)snprintf(a->answer.msg, sizeof(a->answer.msg),
		       "the process that asked it died");
}

static void wait_for_all(struct remotes *r, int64_t end_us)
{
	AUTO_FREE struct pollfd *p = mem_array(r->n + 1, sizeof(*p));
	size_t open = p ? r->n : 0;

	while (open && now_us() < end_us && !doctor_stopped(r->d)) {
		open = 0;
		for (size_t i = 0; i < r->n; i++) {
			p[i] = (struct pollfd){ r->v[i].done ? -1 : r->v[i].fd,
						POLLIN, 0 };
			open += p[i].fd >= 0;
		}
		if (!open || poll(p, r->n, STEP_MS) <= 0)
			continue;
		for (size_t i = 0; i < r->n; i++)
			if (p[i].fd >= 0 && p[i].revents)
				take(&r->v[i]);
	}
}

/* Did this machine ever see a store there? */
static bool was_there(const struct doctor *d, const struct remote *at)
{
	AUTO_FREE char *folder = NULL;

	return remote_folder(&folder, &at->cfg, d->cache, NULL) == 0 &&
	       access(folder, F_OK) == 0;
}

static void tell_nothing(struct doctor *d, const struct asked *a,
			 const char *word)
{
	const char *url = a->at.url;
	AUTO_FREE char *up = a->at.scheme == SCHEME_FOLDER ? path_dir(url)
							   : NULL;
	bool was = was_there(d, &a->at);

	if (was || (up && access(up, F_OK) < 0)) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s': there is no store "
			   "at '%s'%s", a->name, url, was ? " any more" : "");
		doctor_do(d, "mount it, if it is a mount; if it moved: dver "
			  "remote set-url %s URL", word);
	} else {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s': nothing is at '%s' as "
			   "yet", a->name, url);
		doctor_do(d, "dver push -r %s makes it", word);
	}
}

static void tell_one(struct doctor *d, const struct asked *a, long limit_ms)
{
	AUTO_FREE char *word = doctor_word(a->name);
	const struct answer *w = &a->answer;

	if (!word || d->r)
		return;
	if (!a->done) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s': '%s' did not answer "
			   "within %.0f seconds", a->name, a->at.url,
			   (double)limit_ms / 1000);
		doctor_do(d, "look whether its server or mount is alive; dver "
			  "doctor --timeout N waits longer");
	} else if (w->code == 0) {
		doctor_say(d, DVER_VERDICT_OK, "'%s': '%s' answers in %.1f ms "
			   "(%llu index%s)", a->name, a->at.url,
			   (double)w->us / 1000,
			   (unsigned long long)w->indexes,
			   w->indexes == 1 ? "" : "es");
	} else if (w->code == DVER_ENOTFOUND) {
		tell_nothing(d, a, word);
	} else {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s': %s", a->name,
			   w->msg);
		if (w->code == DVER_EUNSUPPORTED)
			doctor_do(d, "a newer dver, or dver remote set-url %s "
				  "URL", word);
		else if (w->code == DVER_EAUTH)
			doctor_do(d, "look at the credentials that are used, "
				  "and what they may do there");
		else
			doctor_do(d, "look whether it can be reached from "
				  "here; if it moved: dver remote set-url %s "
				  "URL", word);
	}
}

static int note(void *data, const struct dver_remote *remote)
{
	struct remotes *r = data;

	r->has_default |= remote->is_default;
	return strvec_push(&r->names, remote->name) ? 0 : DVER_ENOMEM;
}

/* What needs no question to be known to be wrong. */
static int prepare(struct remotes *r, struct dver_err *err)
{
	int ret = dver_remote_each(r->d->repo, note, r, err);

	r->v = mem_array(r->names.n + 1, sizeof(*r->v));
	if (ret == 0 && !r->v)
		ret = err_nomem(err);
	for (; ret == 0 && r->n < r->names.n; r->n++) {
		struct asked *a = &r->v[r->n];
		struct dver_err why;

		a->name = r->names.v[r->n];
		a->fd = -1;
		a->answer.code = config_remote(r->d->repo, a->name, &a->at,
					       &why);
		a->done = a->answer.code < 0;
		if (a->done)
			memcpy(a->answer.msg, why.msg, sizeof(a->answer.msg));
	}
	return ret;
}

static void tell_default(struct remotes *r)
{
	struct doctor *d = r->d;

	if (r->n == 0) {
		doctor_say(d, DVER_VERDICT_NOTE, "no remote: the data is on "
			   "this machine alone");
		doctor_do(d, "dver remote add NAME URL, then dver push");
	} else if (!r->has_default) {
		doctor_say(d, DVER_VERDICT_WARNING, "none of %zu remotes is "
			   "the default: push and pull want -r NAME", r->n);
		doctor_do(d, "dver remote default NAME");
	}
}

void doctor_remotes(struct doctor *d)
{
	struct remotes r = { .d = d, .names = STRVEC_INIT };
	long limit = d->opts->timeout_ms > 0 ? d->opts->timeout_ms
					     : TIMEOUT_MS;
	struct dver_err err;
	int ret = prepare(&r, &err);

	if (ret < 0)
		doctor_say(d, DVER_VERDICT_PROBLEM, "%s", err.msg);
	for (size_t i = 0; i < r.n; i++)
		if (!r.v[i].done)
			start(&r.v[i]);
	wait_for_all(&r, now_us() + limit * 1000);
	for (size_t i = 0; i < r.n; i++)
		end(&r.v[i]);
	for (size_t i = 0; i < r.n; i++)
		tell_one(d, &r.v[i], limit);
	if (ret == 0)
		tell_default(&r);
	for (size_t i = 0; i < r.n; i++)
		remote_release(&r.v[i].at);
	strvec_release(&r.names);
	free(r.v);
}
