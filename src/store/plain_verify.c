/*
 * plain_verify - every object of a plain remote, read and hashed.
 */
#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/plain.h"
#include "store/verify.h"

struct run {
	struct verify *v;
	pthread_mutex_t mutex;		/* around v->damage */
};

struct object_job {
	struct pool_job job;
	struct run *run;
	struct oid id;
	uint64_t size;
};

static int ignore(void *data, const void *bytes, size_t len,
		  struct dver_err *err)
{
	(void)data;
	(void)bytes;
	(void)len;
	(void)err;
	return 0;
}

static int report(struct run *run, const struct oid *id, const char *problem,
		  struct dver_err *err)
{
	char key[PLAIN_KEY_MAX];
	struct verify_damage d = { id, NULL, key, problem };
	int r;

	plain_key(key, id);
	pthread_mutex_lock(&run->mutex);
	r = run->v->damage(run->v->data, &d, err);
	pthread_mutex_unlock(&run->mutex);
	return r;
}

static int object_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct object_job *j = (struct object_job *)job;
	struct verify *v = j->run->v;
	struct dver_err why;
	int r = store_stream(v->s, v->io[worker], &j->id, ignore, NULL,
			     v->cancel, &why);

	atomic_fetch_add(v->objects, 1);
	atomic_fetch_add(v->bytes, j->size);
	if (r == DVER_ECORRUPT)
		return report(j->run, &j->id, "its bytes do not match its id",
			      err);
	if (r == DVER_EMISSING)
		return report(j->run, &j->id, "it is listed but not there",
			      err);
	return r < 0 ? err_set(err, r, "%s", why.msg) : 0;
}

static void object_release(struct pool_job *job)
{
	free(job);
}

static int on_object(void *data, const struct oid *id, uint64_t size,
		     struct dver_err *err)
{
	struct run *run = data;
	struct object_job *j = calloc(1, sizeof(*j));

	if (!j)
		return err_nomem(err);
	j->job.run = object_run;
	j->job.release = object_release;
	j->run = run;
	j->id = *id;
	j->size = size;
	return pool_submit(run->v->pool, &j->job, err);
}

int plain_verify(struct verify *v, struct dver_err *err)
{
	struct run run = { .v = v };
	int r, w;

	pthread_mutex_init(&run.mutex, NULL);
	r = plain_each_object(v->s, on_object, &run, err);
	w = pool_wait(v->pool, r < 0 ? NULL : err);
	pthread_mutex_destroy(&run.mutex);
	return r < 0 ? r : w;
}
