/*
 * pool - one mutex, one queue, three conditions.  A job's number in
 * submission order decides whose failure is reported, so messages do not
 * depend on scheduling.  A submitter that found the queue full is woken when
 * it is half empty, not for each job: small jobs would else cost two context
 * switches each.  Threads but the first start when there is work for them.
 */
#include "base/pool.h"

#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"

struct worker {
	struct pool *pool;
	int number;
	pthread_t thread;
};

struct pool {
	pthread_mutex_t mutex;
	pthread_cond_t work;		/* a job came, or the end */
	pthread_cond_t room;		/* half the queue is empty, or a
					   failure */
	pthread_cond_t idle;		/* nothing is queued and nothing runs */
	struct pool_job *first;		/* under mutex, as all that follows */
	struct pool_job **last;
	size_t queued;
	size_t running;
	size_t limit;
	int waiting;			/* submitters that found it full */
	unsigned long next_seq;
	int asleep;			/* workers that wait for work */
	bool stop;
	bool failed;
	unsigned long failed_seq;
	struct dver_err err;
	int threads;			/* that were started */
	int most;			/* of them */
	struct worker *workers;
};

static void note_failure(struct pool *p, unsigned long seq,
			 const struct dver_err *err)
{
	if (p->failed && p->failed_seq < seq)
		return;
	p->failed = true;
	p->failed_seq = seq;
	p->err = *err;
}

/* Run or, after a failure, drop one job; the mutex is not held. */
static void run_job(struct pool *p, int number, struct pool_job *job,
		    bool drop)
{
	struct dver_err err = { 0 };
	unsigned long seq = job->seq;
	void (*release)(struct pool_job *) = job->release;
	int r = drop ? 0 : job->run(job, number, &err);

	/* A job without release() may be gone by now. */
	if (release)
		release(job);
	pthread_mutex_lock(&p->mutex);
	if (r < 0) {
		note_failure(p, seq, &err);
		pthread_cond_broadcast(&p->room);
	}
	p->running--;
	if (p->queued == 0 && p->running == 0)
		pthread_cond_signal(&p->idle);
	pthread_mutex_unlock(&p->mutex);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	for (;;) {
		struct pool_job *job;
		bool drop;

		pthread_mutex_lock(&p->mutex);
		p->asleep++;
		while (!p->first && !p->stop)
			pthread_cond_wait(&p->work, &p->mutex);
		p->asleep--;
		job = p->first;
		if (!job) {
			pthread_mutex_unlock(&p->mutex);
			return NULL;
		}
		p->first = job->next;
		if (!p->first)
			p->last = &p->first;
		p->queued--;
		p->running++;
		if (p->waiting && p->queued <= p->limit / 2)
			pthread_cond_broadcast(&p->room);
		drop = p->failed;
		pthread_mutex_unlock(&p->mutex);
		run_job(p, w->number, job, drop);
	}
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->mutex);
	for (int i = 0; i < p->threads; i++)
		(void)pthread_join(p->workers[i].thread, NULL);
	pthread_cond_destroy(&p->idle);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->mutex);
	free(p->workers);
	free(p);
}

static int start_worker(struct pool *p)
{
	struct worker *w = &p->workers[p->threads];

	*w = (struct worker){ .pool = p, .number = p->threads };
	if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
		return -1;
	p->threads++;
	return 0;
}

int pool_new(struct pool **out, int threads, size_t queue,
	     struct dver_err *err)
{
	AUTO_POOL struct pool *p = NULL;
	struct pool *made = calloc(1, sizeof(*made));

	if (!made)
		return err_nomem(err);
	pthread_mutex_init(&made->mutex, NULL);
	pthread_cond_init(&made->work, NULL);
	pthread_cond_init(&made->room, NULL);
	pthread_cond_init(&made->idle, NULL);
	made->last = &made->first;
	made->limit = MAX(queue, (size_t)1);
	made->most = MAX(threads, 1);
	p = made;
	p->workers = mem_array((size_t)p->most, sizeof(*p->workers));
	if (!p->workers)
		return err_nomem(err);
	if (start_worker(p) < 0)
		return err_set(err, DVER_ENOMEM, "cannot start a thread");
	*out = TAKE(p);
	return 0;
}

int pool_threads(const struct pool *p)
{
	return p->most;
}

/* The mutex is held, as in all that follows up to pool_submit(). */
static void wait_for_room(struct pool *p)
{
	p->waiting++;
	pthread_cond_wait(&p->room, &p->mutex);
	p->waiting--;
}

static void added(struct pool *p, struct pool_job *job)
{
	job->seq = p->next_seq++;
	p->queued++;
	/* Fewer threads than asked for are slower, no failure. */
	if (p->queued > (size_t)p->asleep && p->threads < p->most && !p->stop)
		(void)start_worker(p);
	pthread_cond_signal(&p->work);
}

static void push_back(struct pool *p, struct pool_job *job)
{
	job->next = NULL;
	*p->last = job;
	p->last = &job->next;
	added(p, job);
}

/* Depth first: a tree of jobs stays as small as it is deep. */
static void push_front(struct pool *p, struct pool_job *job)
{
	job->next = p->first;
	p->first = job;
	if (!job->next)
		p->last = &job->next;
	added(p, job);
}

int pool_submit(struct pool *p, struct pool_job *job, struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&p->mutex);
	while (p->queued >= p->limit && !p->failed)
		wait_for_room(p);
	if (p->failed) {
		if (err)
			*err = p->err;
		r = p->err.code;
	} else {
		push_back(p, job);
	}
	pthread_mutex_unlock(&p->mutex);
	if (r < 0 && job->release)
		job->release(job);
	return r;
}

void pool_submit_nested(struct pool *p, struct pool_job *job)
{
	pthread_mutex_lock(&p->mutex);
	push_front(p, job);
	pthread_mutex_unlock(&p->mutex);
}

int pool_wait(struct pool *p, struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&p->mutex);
	while (p->queued > 0 || p->running > 0)
		pthread_cond_wait(&p->idle, &p->mutex);
	if (p->failed) {
		if (err)
			*err = p->err;
		r = p->err.code;
	}
	p->failed = false;
	pthread_mutex_unlock(&p->mutex);
	return r;
}
