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
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "store/loose.h"
#include "store/plain.h"
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
	struct buf data;	/* small ones */
	char *path;		/* owned; else */
	bool staged;		/* path is ours */
	uint64_t size;		/* of the object */
	struct os_stat before;	/* of path, when its bytes were checked */
};

static void put_release(struct pool_job *job)
{
	struct put_job *j = (struct put_job *)job;

	if (j->staged)
		(void)os_unlink(j->path);
	free(j->path);
	free(j->w.path);
	buf_release(&j->data);
	free(j);
}

/* Did the loose object stay as it was when it was checked? */
static int check_unchanged(const struct put_job *j, struct dver_err *err)
{
	struct os_stat now;
	char key[PLAIN_KEY_MAX];

	if (j->staged || !j->path)
		return 0;
	if (os_stat(j->path, &now, true) == 0 && now.size == j->before.size &&
	    now.mtime_ns == j->before.mtime_ns &&
	    now.ino == j->before.ino)
		return 0;
	plain_key(key, &j->w.id);
	(void)transport_del(store_transport(j->p->remote), key, NULL);
	return err_set(err, DVER_ECORRUPT, "'%s' changed while it was sent",
		       j->path);
}

static int put_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct put_job *j = (struct put_job *)job;
	struct push *p = j->p;
	struct transport_src src = { .data = j->data.data, .len = j->data.len };
	struct dver_err why = { 0 };
	int r = cancel_check(p->opts->cancel, err);

	(void)worker;
	if (r < 0)
		return r;
	if (j->path)
		src = (struct transport_src){ .path = j->path, .len = j->size,
					      .consume = j->staged };
	r = plain_put(p->remote, &j->w.id, &src, &why);
	if (r == 0)
		r = check_unchanged(j, &why);
	if (r == 0) {
		push_count(p, &j->w, true, j->w.size);
		return 0;
	}
	if (r == DVER_ECORRUPT)
		return push_missing(p, &j->w, &why, err);
	return err_set(err, r, "%s", why.msg);
}

static int to_nowhere(void *data, const void *bytes, size_t len,
		      struct dver_err *err)
{
	(void)data;
	(void)bytes;
	(void)len;
	(void)err;
	return 0;
}

static int to_file(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	const int *fd = data;

	return os_write_all(*fd, bytes, len) < 0
	       ? err_sys(err, "cannot write what is to be sent") : 0;
}

/* A loose object goes as it is; its bytes are checked first. */
static int take_loose(struct put_job *j, struct store_io *io, const char *path,
		      struct dver_err *err)
{
	struct push *p = j->p;

	j->path = strdup(path);
	if (!j->path)
		return err_nomem(err);
	if (os_stat(path, &j->before, true) < 0)
		return err_sys(err, "cannot read '%s'", path);
	return store_stream(p->local, io, &j->w.id, to_nowhere, NULL,
			    p->opts->cancel, err);
}

static int stage(struct put_job *j, struct store_io *io, struct dver_err *err)
{
	struct push *p = j->p;
	AUTO_CLOSE int fd = -1;
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	if (r < 0)
		return r;
	j->path = str_printf("%s/plain-%s", p->stage, name);
	if (!j->path)
		return err_nomem(err);
	fd = os_open(j->path, O_WRONLY | O_CREAT | O_EXCL, 0444);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", j->path);
	j->staged = true;
	return store_stream(p->local, io, &j->w.id, to_file, &fd,
			    p->opts->cancel, err);
}

static int load(struct put_job *j, int worker, struct dver_err *err)
{
	struct push *p = j->p;
	struct store_io *io = p->io[worker];
	AUTO_BUF struct buf path = BUF_PATH;
	char hex[OID_HEX + 1];
	uint64_t size;
	int r = store_length(p->local, io, &j->w.id, &size, err);

	if (r == 0)
		return err_set(err, DVER_EMISSING, "object %s is not in '%s'",
			       oid_hex(hex, &j->w.id),
			       store_local_root(p->local));
	if (r < 0)
		return r;
	j->size = size;
	if (size <= CHUNK_MAX)
		return store_read(p->local, io, &j->w.id, CHUNK_MAX, &j->data,
				  err);
	loose_path(&path, store_local_root(p->local), &j->w.id);
	r = loose_has(store_local_root(p->local), &j->w.id, err);
	if (r > 0)
		return take_loose(j, io, path.data, err);
	return r < 0 ? r : stage(j, io, err);
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
	buf_init(&j->data, CHUNK_MAX);
	r = load(j, worker, err);
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
