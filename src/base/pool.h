/*
 * pool - up to a fixed number of threads and a bounded queue of jobs.
 *
 * pool_submit() blocks while the queue is full: that is the back-pressure
 * that bounds memory.  A job carries its input and its results; run() gets
 * the worker's number so that it can use buffers of its own per worker.  The
 * first failure *in submission order* is what pool_wait() returns, so that a
 * message does not depend on scheduling; after a failure the queued jobs are
 * not run (release() is still called).  Any thread may submit, a job of the
 * pool itself only with pool_submit_nested(), which never blocks.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;
struct pool;

struct pool_job {
	/* Do the work; workers never print and never call user code. */
	int (*run)(struct pool_job *job, int worker, struct dver_err *err);
	/*
	 * Called once when the job is done, failed or dropped.  NULL: the
	 * job's memory is run()'s business, which may free it.
	 */
	void (*release)(struct pool_job *job);
	/* the pool's own: */
	struct pool_job *next;
	unsigned long seq;
};

int pool_new(struct pool **out, int threads, size_t queue,
	     struct dver_err *err);
/* How many there may be; workers are counted from 0 to one less. */
int pool_threads(const struct pool *p);
/* < 0 once a job has failed (err says how): stop submitting and wait. */
int pool_submit(struct pool *p, struct pool_job *job, struct dver_err *err);
/* From inside a job of this pool: runs next, queues without blocking. */
void pool_submit_nested(struct pool *p, struct pool_job *job);
/* Until all submitted jobs are done; then the pool can be used again. */
int pool_wait(struct pool *p, struct dver_err *err);
void pool_free(struct pool *p);		/* waits; NULL is fine */
static inline void pool_freep(struct pool **p) { pool_free(*p); }
#define AUTO_POOL __attribute__((cleanup(pool_freep)))

/*
 * How many threads suit this process: affinity, cgroup v1/v2 cpu quota,
 * SLURM_CPUS_PER_TASK; at least 1.
 */
int pool_default_threads(void);

#endif
