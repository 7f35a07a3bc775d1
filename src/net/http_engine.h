/*
 * http_engine - what the files of the engine share; http_*.c's own.
 *
 * A transfer is one exchange of a request and an answer.  Its caller sets it
 * up on its own stack and waits; from http_engine_run() until that returns it
 * belongs to the engine's thread.
 */
#ifndef NET_HTTP_ENGINE_H
#define NET_HTTP_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "net/http.h"
#include "net/http_pace.h"

struct transfer {
	struct http *h;
	const struct http_request *rq;
	struct http_reply *reply;
	const char *url;	/* rq's, or where a redirect leads */
	bool foreign;		/* that is another host's: no credentials */
	void *easy;		/* curl's handle */
	void *headers;		/* curl's list of them, owned */
	int fd;			/* of the body, owned; -1: none */
	int socket;		/* that curl waits for; -1: none, or shared */
	uint64_t sent;		/* bytes of the body given to curl */
	size_t header_bytes;
	bool expects;		/* asks before it sends the body */
	bool was_asked;		/* the server said 100 */
	bool enough;		/* the rest of an error's body is left out */
	bool stalled;
	bool late;		/* a kept connection was dead */
	int result;		/* < 0: we ended it; err says why */
	struct dver_err err;
	int code;		/* else curl's */
	char words[256];	/* and curl's own */
	int64_t started, active;	/* by the engine's clock */
	int64_t mark;		/* when `marked` bytes had moved */
	uint64_t marked;
	int unsent;		/* bytes that the system has yet to send */
	struct transfer *next, *prev;
	bool done;		/* under the engine's mutex */
	pthread_cond_t wake;
};

struct http {
	struct http_opts opts;	/* strings owned */
	void *multi;		/* curl's */
	pthread_t thread;
	pthread_mutex_t mutex;
	/* Under mutex: */
	struct transfer *first, *last;	/* wait for room */
	void **idle;		/* handles of curl's that nobody uses */
	size_t n_idle, cap_idle;
	struct http_limit limit;
	bool started, stop;
	bool polling;		/* the thread sleeps: wake it */
	/* The thread's own: */
	int epoll, event;	/* fds; -1 before there is a thread */
	int64_t due;		/* when curl wants to be called; -1: never */
	struct transfer *running;
	int n_running;
	int64_t slept;		/* because of max_rate; no stall counts it */
	struct http_rate in, out;
	/* Anybody's: */
	atomic_bool answered;	/* there is a server */
	atomic_bool no_expect;	/* it does not know of 100 */
	_Atomic uint64_t requests, tries, bytes_in, bytes_out;
};

/* Monotonic, nanoseconds. */
int64_t http_now(void);

/* http_easy.c: curl's handle for transfers, in their caller's thread. */
int http_easy_new(void **out, const struct http *h, struct dver_err *err);
void http_easy_free(void *easy);
int http_easy_setup(struct transfer *t, struct dver_err *err);
void http_easy_done(struct transfer *t);
/* After it ran: what went over the wire, all sizes in bytes. */
void http_easy_count(const struct transfer *t, uint64_t *in, uint64_t *out);
/* http_fault.c: 0, or how it failed; fills reply->again. */
int http_easy_result(struct transfer *t, struct dver_err *err);
/* In the engine's thread: how many bytes moved; what the system holds. */
uint64_t http_easy_moved(const struct transfer *t);
int http_easy_unsent(const struct transfer *t);
/* http_wait.c: as max_rate wants it; false: it was interrupted. */
bool http_throttle(struct http *h, struct http_rate *rate, size_t bytes);
/* In a caller's thread: DVER_ECANCEL when it is interrupted. */
int http_pause(const struct http *h, int64_t ns, struct dver_err *err);

/* http.c: run a transfer that was set up, wait for its end. */
int http_engine_run(struct http *h, struct transfer *t, struct dver_err *err);
void http_engine_stop(struct http *h);

/* http_send.c: one try with its redirects, not counted as a request. */
int http_try(struct http *h, const struct http_request *rq,
	     struct http_reply *reply, struct dver_err *err);

#endif
