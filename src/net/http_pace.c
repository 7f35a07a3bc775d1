#include "net/http_pace.h"

#include "base/mem.h"

void http_limit_init(struct http_limit *l, int max)
{
	l->now = l->max = max;
	l->cut_at = INT64_MIN;
}

int http_limit_get(const struct http_limit *l)
{
	return (int)l->now;
}

void http_limit_good(struct http_limit *l)
{
	l->now = MIN(l->now + 1 / l->now, l->max);
}

void http_limit_overload(struct http_limit *l, int64_t started, int64_t now)
{
	if (started <= l->cut_at)
		return;
	l->now = MAX(l->now / 2, 1);
	l->cut_at = now;
}

#define BURST 20000000	/* nanoseconds that may be caught up with */

int64_t http_rate_take(struct http_rate *r, uint64_t bytes, int64_t now)
{
	if (r->per_second == 0)
		return 0;
	r->free_at = MAX(r->free_at, now - BURST);
	r->free_at += (int64_t)((double)bytes * 1e9 / (double)r->per_second);
	return MAX(r->free_at - now, 0);
}
