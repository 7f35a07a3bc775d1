#include "cmd/progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cmd/out.h"

#define LIVE_MS 100
#define QUIET_MS 300		/* nothing is shown of what is over by then */
#define PLAIN_FIRST_S 10
#define PLAIN_EVERY_S 30

struct progress {
	struct dver_repo *repo;
	bool live;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool stop, hold;	/* under mutex */
	bool shown;		/* under mutex */
	struct timespec start;
};

static double seconds_since(const struct timespec *t)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) +
	       (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

static void show(struct progress *p)
{
	struct dver_progress now;
	char done[OUT_SIZE], all[OUT_SIZE], rate[OUT_SIZE];
	double s = seconds_since(&p->start);

	dver_repo_progress(p->repo, &now);
	if (!now.what)
		return;
	(void)fprintf(stderr, "%s%s: %llu file%s", p->live ? "\r\033[K" : "",
		      now.what, (unsigned long long)now.files,
		      out_s(now.files));
	if (now.files_total)
		(void)fprintf(stderr, " of %llu",
			      (unsigned long long)now.files_total);
	(void)fprintf(stderr, ", %s", out_size(done, now.bytes));
	if (now.bytes_total)
		(void)fprintf(stderr, " of %s",
			      out_size(all, now.bytes_total));
	if (s > 0.5)
		(void)fprintf(stderr, ", %s/s",
			      out_size(rate, (uint64_t)((double)now.bytes /
							s)));
	if (now.bytes_total > now.bytes && now.bytes > 0 && s > 1)
		(void)fprintf(stderr, ", %.0f s left",
			      s * (double)(now.bytes_total - now.bytes) /
				      (double)now.bytes);
	if (!p->live)
		(void)fputc('\n', stderr);
	p->shown = true;
}

/* Wait; true when it is time to end. */
static bool pause_for(struct progress *p, long ms)
{
	struct timespec until;
	bool stop;
	int r = 0;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&p->mutex);
	while (!p->stop && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&p->ended, &p->mutex, &until);
	stop = p->stop;
	pthread_mutex_unlock(&p->mutex);
	return stop;
}

static void *run(void *arg)
{
	struct progress *p = arg;
	long ms = p->live ? QUIET_MS : PLAIN_FIRST_S * 1000;

	while (!pause_for(p, ms)) {
		pthread_mutex_lock(&p->mutex);
		if (!p->hold)
			show(p);
		pthread_mutex_unlock(&p->mutex);
		ms = p->live ? LIVE_MS : PLAIN_EVERY_S * 1000;
	}
	return NULL;
}

struct progress *progress_start(struct dver_repo *repo,
				enum progress_mode mode)
{
	struct progress *p;

	if (mode == PROGRESS_NONE)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->repo = repo;
	p->live = mode == PROGRESS_AUTO && isatty(STDERR_FILENO);
	(void)clock_gettime(CLOCK_MONOTONIC, &p->start);
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->ended, NULL);
	if (pthread_create(&p->thread, NULL, run, p) != 0) {
		free(p);
		return NULL;
	}
	return p;
}

void progress_hold(struct progress *p, bool hold)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->mutex);
	p->hold = hold;
	if (hold && p->shown && p->live)
		(void)fputs("\r\033[K", stderr);
	pthread_mutex_unlock(&p->mutex);
}

void progress_stop(struct progress *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_cond_signal(&p->ended);
	pthread_mutex_unlock(&p->mutex);
	(void)pthread_join(p->thread, NULL);
	if (p->shown && p->live)
		(void)fputs("\r\033[K", stderr);
	pthread_cond_destroy(&p->ended);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}
