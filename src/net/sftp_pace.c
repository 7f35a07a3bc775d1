#include "net/sftp_pace.h"

#include <poll.h>
#include <time.h>

#include "base/mem.h"

#define STEP 50000000	/* nanoseconds between looks at the cancel */

void sftp_pace_init(struct sftp_pace *p, uint64_t per_second)
{
	*p = (struct sftp_pace){ .up = { .per_second = per_second },
				 .down = { .per_second = per_second } };
	pthread_mutex_init(&p->mutex, NULL);
}

void sftp_pace_release(struct sftp_pace *p)
{
	pthread_mutex_destroy(&p->mutex);
}

static int wait_for(struct sftp_pace *p, struct http_rate *rate,
		    uint64_t bytes, const struct cancel *cancel,
		    struct dver_err *err)
{
	struct timespec t;
	int64_t ns;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	pthread_mutex_lock(&p->mutex);
	ns = http_rate_take(rate, bytes,
			    (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
	pthread_mutex_unlock(&p->mutex);
	for (; r == 0 && ns > 0; ns -= STEP) {
		r = cancel_check(cancel, err);
		(void)poll(NULL, 0, (int)((MIN(ns, STEP) + 999999) / 1000000));
	}
	return r;
}

int sftp_pace_up(struct sftp_pace *p, uint64_t bytes,
		 const struct cancel *cancel, struct dver_err *err)
{
	return p ? wait_for(p, &p->up, bytes, cancel, err) : 0;
}

int sftp_pace_down(struct sftp_pace *p, uint64_t bytes,
		   const struct cancel *cancel, struct dver_err *err)
{
	return p ? wait_for(p, &p->down, bytes, cancel, err) : 0;
}
