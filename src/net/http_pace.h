/*
 * http_pace - how many requests at once, how many bytes a second.
 *
 * Pure arithmetic on times that the caller gives (nanoseconds, any start);
 * one thread at a time.
 */
#ifndef NET_HTTP_PACE_H
#define NET_HTTP_PACE_H

#include <stdint.h>

/*
 * Additive increase, multiplicative decrease: each answer in time makes room
 * for a fraction of a request more, so that a round of them makes room for
 * one; each sign of overload halves the room, but one round counts once.
 */
struct http_limit {
	double now;
	double max;
	int64_t cut_at;		/* when it was halved last */
};
void http_limit_init(struct http_limit *l, int max);
int http_limit_get(const struct http_limit *l);	/* at least 1 */
void http_limit_good(struct http_limit *l);
/* A request that was started at `started` met an overload. */
void http_limit_overload(struct http_limit *l, int64_t started, int64_t now);

/* A bucket that leaks at a fixed rate; 0 bytes a second: no limit. */
struct http_rate {
	uint64_t per_second;
	int64_t free_at;	/* when what was taken has leaked out */
};
/* Take `bytes`; returns how many nanoseconds to wait for that. */
int64_t http_rate_take(struct http_rate *r, uint64_t bytes, int64_t now);

#endif
