/*
 * pool - base/pool.h for the simulation: a job is run by whoever submits it,
 * so that one actor is one thread.
 */
#include "base/pool.h"

#include "base/err.h"
#include "base/mem.h"

struct pool {
	int threads;
	bool failed;
	struct dver_err err;
};

int pool_new(struct pool **out, int threads, size_t queue,
	     struct dver_err *err)
{
	(void)queue;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return err_nomem(err);
	(*out)->threads = threads;
	return 0;
}

int pool_threads(const struct pool *p)
{
	return p->threads;
}

static void run(struct pool *p, struct pool_job *job)
{
	void (*release)(struct pool_job *) = job->release;
	struct dver_err err = { 0 };

	if (!p->failed && job->run(job, 0, &err) < 0) {
		p->failed = true;
		p->err = err;
	}
	if (release)
		release(job);
}

int pool_submit(struct pool *p, struct pool_job *job, struct dver_err *err)
{
	run(p, job);
	if (p->failed && err)
		*err = p->err;
	return p->failed ? p->err.code : 0;
}

void pool_submit_nested(struct pool *p, struct pool_job *job)
{
	run(p, job);
}

int pool_wait(struct pool *p, struct dver_err *err)
{
	int r = p->failed ? p->err.code : 0;

	if (p->failed && err)
		*err = p->err;
	p->failed = false;
	return r;
}

void pool_free(struct pool *p)
{
	free(p);
}
