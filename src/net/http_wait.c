/*
 * http_wait - sleep, but wake up when the work is interrupted.
 */
#include <time.h>

#include "base/mem.h"
#include "net/http_engine.h"

#define SLICE 50000000LL	/* nanoseconds between looks */

/* false: it was interrupted. */
static bool sleep_for(const struct cancel *cancel, int64_t ns)
{
	int64_t until = http_now() + ns;

	for (int64_t left = ns; left > 0; left = until - http_now()) {
		struct timespec t = { 0, (long)MIN(left, SLICE) };

		if (cancel_is_set(cancel))
			return false;
		(void)nanosleep(&t, NULL);
	}
	return true;
}

/* All transfers wait together: the rate is that of all. */
bool http_throttle(struct http *h, struct http_rate *rate, size_t bytes)
{
	int64_t began, ns;
	bool go_on;

	if (rate->per_second == 0)
		return true;
	began = http_now();
	ns = http_rate_take(rate, bytes, began);
	if (ns == 0)
		return true;
	go_on = sleep_for(h->opts.cancel, ns);
	h->slept += http_now() - began;
	return go_on;
}

int http_pause(const struct http *h, int64_t ns, struct dver_err *err)
{
	(void)sleep_for(h->opts.cancel, ns);
	return cancel_check(h->opts.cancel, err);
}
