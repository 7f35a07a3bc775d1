/*
 * http_call - tries until it is done, and waits in between.
 *
 * The wait before the n-th repetition is a random part of 0.2 s * 2^n ("full
 * jitter": clients that failed together do not come back together).  A server
 * that says when to come back is obeyed on top of that.
 */
#include <time.h>

#include "base/mem.h"
#include "base/rand.h"
#include "net/http_engine.h"

#define SECOND 1000000000LL
#define FIRST_WAIT (SECOND / 5)
#define LONGEST_WAIT (20 * SECOND)
#define PATIENCE 300	/* seconds of a Retry-After that are waited for */
#define TRIES_UNKNOWN 4	/* at a server that never answered */

/* Worth another try, whatever the request was? */
static bool is_passing(int status)
{
	switch (status) {
	case 408: case 429: case 500: case 502: case 503: case 504:
		return true;
	}
	return false;
}

/* Seconds, or a date: by the server's own clock, if it says what that is. */
static int64_t retry_after(const struct http_reply *reply)
{
	int64_t seconds = http_reply_number(reply, "retry-after", -1);
	int64_t now = http_reply_date(reply, "date", (int64_t)time(NULL));

	if (seconds < 0)
		seconds = http_reply_date(reply, "retry-after", now) - now;
	return MAX(seconds, 0);
}

static int64_t jitter(int64_t most)
{
	uint64_t r = 0;

	if (rand_bytes(&r, sizeof(r), NULL) < 0)
		return most;
	return (int64_t)(r % (uint64_t)(most + 1));
}

static int wait_again(struct http *h, int nth, const struct http_reply *reply,
		      struct dver_err *err)
{
	int64_t most = MIN(FIRST_WAIT << MIN(nth, 10), LONGEST_WAIT);

	return http_pause(h, retry_after(reply) * SECOND + jitter(most), err);
}

/* How often in all: who says "slow down" is there, and worth patience. */
static int tries(const struct http *h, const struct http_reply *reply)
{
	int n = h->opts.tries;

	if (!h->answered)
		return MIN(n, TRIES_UNKNOWN);
	return reply->status == 429 || reply->status == 503 ? 3 * n : n;
}

static bool is_settled(const struct http_call *call, int status)
{
	for (const int *s = call->settled; s && *s; s++)
		if (*s == status)
			return true;
	return false;
}

/* 0: done, 1: again, < 0: an error. */
static int judge(struct http_call *call, struct http_reply *reply, bool last,
		 struct dver_err *err)
{
	int r = 0;

	if (!last && is_passing(reply->status) &&
	    !is_settled(call, reply->status))
		return 1;
	if (call->judge)
		r = call->judge(call->data, reply, err);
	else if (reply->status < 200 || reply->status > 299)
		return http_reply_error(reply, call->what, err);
	return r > 0 && last ? http_reply_error(reply, call->what, err) : r;
}

static int one_try(struct http *h, struct http_call *call, int nth,
		   struct http_reply *reply, struct dver_err *err)
{
	int r = 0;

	if (call->prepare)
		r = call->prepare(call->data, &call->rq, err);
	if (r < 0)
		return r;
	r = http_try(h, &call->rq, reply, err);
	if (r < 0 && call->what)
		(void)err_wrap(err, "%s", call->what);
	if (r < 0)
		return reply->again && nth < tries(h, reply) ? 1 : r;
	return judge(call, reply, nth >= tries(h, reply) ||
		     retry_after(reply) > PATIENCE, err);
}

int http_call(struct http *h, struct http_call *call,
	      struct http_reply *reply, struct dver_err *err)
{
	int r = 1;

	h->requests++;
	for (int nth = 1; r > 0; nth++) {
		if (nth > 1)
			r = wait_again(h, nth - 2, reply, err);
		if (nth > 1 && r == 0 && call->rewind)
			r = call->rewind(call->data, err);
		if (r < 0)
			break;
		r = one_try(h, call, nth, reply, err);
	}
	return r;
}
