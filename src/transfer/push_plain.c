/*
 * push_plain - objects to a remote of layout plain, each as itself.
 *
 * Threads that work find out what the remote lacks, check the bytes and stage
 * what is large; threads that wait for the network put it.  When everything
 * below a root is there, the root is recorded, so that the next push need not
 * look again.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/plain.h"
#include "transfer/object_src.h"
#include "transfer/push_internal.h"

#define QUEUE 8

struct batch_job {
	struct pool_job job;
	struct push *p;
	struct batch *batch;
};

/* An object on its way. */
struct put_job {
	struct pool_job job;
	struct push *p;
	struct want w;		/* path owned */
	struct object_src src;
};

static void put_release(struct pool_job *job)
{
	struct put_job *j = (struct put_job *)job;

	object_src_release(&j->src);
	free(j->w.path);
	free(j);
}

/* What is not what was checked must not stay there. */
static int check_sent(const struct put_job *j, struct dver_err *err)
{
	int r = object_src_check(&j->src, err);
	char key[PLAIN_KEY_MAX];

	if (r < 0) {
		plain_key(key, &j->w.id);
		(void)transport_del(store_transport(j->p->remote), key, NULL);
	}
	return r;
}

static int put_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct put_job *j = (struct put_job *)job;
	struct push *p = j->p;
	struct transport_src src = object_src_of(&j->src);
	struct dver_err why = { 0 };
	int r = cancel_check(p->opts->cancel, err);

	(void)worker;
	if (r < 0)
		return r;
	r = plain_put(p->remote, &j->w.id, &src, &why);
	if (r == 0)
		r = check_sent(j, &why);
	if (r == 0) {
		push_count(p, &j->w, true, j->w.size);
		return 0;
	}
	if (r == DVER_ECORRUPT)
		return push_missing(p, &j->w, &why, err);
	return err_set(err, r, "%s", why.msg);
}

/* What is there already must at least be as long as it should be. */
static int there(struct push *p, const struct want *w, uint64_t size,
		 struct dver_err *err)
{
	char key[PLAIN_KEY_MAX];

	if (w->tree || size == UINT64_MAX || size == w->size)
		return 0;
	plain_key(key, &w->id);
	return err_set(err, DVER_ECORRUPT, "'%s' in '%s' has %llu bytes, not "
		       "%llu: delete it there, and push again", key,
		       store_transport(p->remote)->url,
		       (unsigned long long)size, (unsigned long long)w->size);
}

/* 1: it is on its way, 0: nothing is to be done. */
static int send(struct push *p, int worker, struct want *w,
		struct dver_err *err)
{
	struct put_job *j;
	uint64_t size;
	int r = plain_has(p->remote, &w->id, &size, err);

	if (r != 0)
		return r < 0 ? r : there(p, w, size, err);
	if (p->opts->dry_run) {
		r = store_has(p->local, &w->id, err);
		return r == 0 ? err_set(err, DVER_EMISSING,
					"it is in neither store") : r;
	}
	j = calloc(1, sizeof(*j));
	if (!j)
		return err_nomem(err);
	j->job.run = put_run;
	j->job.release = put_release;
	j->p = p;
	j->w = *w;
	j->w.path = NULL;
	r = object_src_load(&j->src, p->local, p->io[worker], &w->id, p->stage,
			    p->opts->cancel, err);
	if (r < 0) {
		put_release(&j->job);
		return r;
	}
	j->w.path = TAKE(w->path);
	r = pool_submit(p->puts, &j->job, err);
	return r < 0 ? r : 1;
}

static int batch_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct batch_job *j = (struct batch_job *)job;
	struct push *p = j->p;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->batch->n; i++) {
		struct want *w = &j->batch->v[i];
		struct dver_err why = { 0 };

		r = cancel_check(p->opts->cancel, err);
		if (r < 0)
			break;
		r = send(p, worker, w, &why);
		if (r == 0 || (r > 0 && p->opts->dry_run))
			push_count(p, w, r > 0, w->size);
		else if (r == DVER_EMISSING || r == DVER_ECORRUPT)
			r = push_missing(p, w, &why, err);
		else if (r < 0)
			r = err_set(err, r, "%s", why.msg);
		r = MIN(r, 0);
	}
	return r;
}

static void batch_release(struct pool_job *job)
{
	struct batch_job *j = (struct batch_job *)job;

	batch_free(j->batch);
	free(j);
}

int push_plain_batch(struct push *p, struct batch *b, struct dver_err *err)
{
	struct batch_job *j = calloc(1, sizeof(*j));
	int r = 0;

	if (j && !p->puts)
		r = pool_new(&p->puts, MAX(p->opts->requests, 1), QUEUE, err);
	if (!j || r < 0) {
		batch_free(b);
		free(j);
		return r < 0 ? r : err_nomem(err);
	}
	j->job.run = batch_run;
	j->job.release = batch_release;
	j->p = p;
	j->batch = b;
	return pool_submit(p->pool, &j->job, err);
}

int push_plain_wait(struct push *p, struct dver_err *err)
{
	return p->puts ? pool_wait(p->puts, err) : 0;
}

int push_plain_publish(struct push *p, struct dver_err *err)
{
	struct transport *t = store_transport(p->remote);
	bool any = false;
	int r = transport_flush(t, err);

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct transfer_root *root = &p->roots[i];

		if (strvec_has(&p->lacking, root->label) ||
		    complete_recorded(&p->complete, &root->id))
			continue;
		any = true;
		r = plain_put_root(p->remote, root->kind, &root->id, err);
	}
	return r == 0 && any ? transport_flush(t, err) : r;
}
