/*
 * sftp_write - a new file, with as many blocks in flight as the line takes.
 *
 * The sync and the close are sent behind the last block without waiting: a
 * server keeps the order of requests for one file (draft, section 6).  Only
 * when all of them are answered well is the file good.
 */
#include <sys/stat.h>

#include "base/mem.h"
#include "base/os.h"
#include "net/sftp_ops_internal.h"

struct writing {
	struct sftp_work *w;
	struct sftp_upload *up;
	struct sftp_handle h;
	struct sftp_req *idle;	/* w->v that are not in flight */
	uint8_t *block;		/* of the file, when it is one; owned */
	bool failed;
	struct sftp_fail *fail;
};

/* One answer; what it says goes into wr.  `many`: see sftp_next_of(). */
static int take_answer(struct writing *wr, size_t many, struct dver_err *err)
{
	struct sftp_req *rq = sftp_next_of(wr->w->b, (unsigned)many);
	struct sftp_attrs a;
	int r;

	rq->next = wr->idle;
	wr->idle = rq;
	if (rq->type == SFTP_ATTRS) {
		r = sftp_take_attrs(rq, &a, err);
		if (r == 0 && (a.has & SFTP_HAS_TIMES))
			wr->up->mtime = a.mtime;
		return r;
	}
	if (rq->type == SFTP_STATUS && rq->want == SFTP_ATTRS)
		return 0;
	/* A file system that cannot sync cannot do better. */
	if (rq->type == SFTP_STATUS && rq->slow &&
	    rq->status == SFTP_UNSUPPORTED)
		return 0;
	r = wr->failed ? 0 : sftp_judge(wr->w->c, rq, wr->fail, err);
	wr->failed = wr->failed || r > 0;
	return MIN(r, 0);
}

/* A request that is free; waits for an answer when none is. */
static int take_idle(struct writing *wr, struct sftp_req **out,
		     struct dver_err *err)
{
	int r = 0;

	while (r == 0 && !wr->idle)
		r = take_answer(wr, wr->w->n / 4, err);
	if (r < 0)
		return r;
	*out = wr->idle;
	wr->idle = (*out)->next;
	(*out)->slow = false;
	return 0;
}

static int start(struct writing *wr, struct sftp_req **rq, int type,
		 const char *extension, struct dver_err *err)
{
	int r = take_idle(wr, rq, err);

	if (r < 0)
		return r;
	sftp_begin(&wr->w->packet, (enum sftp_type)type, 0);
	if (extension)
		sftp_add_str(&wr->w->packet, extension);
	sftp_add_handle(&wr->w->packet, &wr->h);
	return 0;
}

static int send_block(struct writing *wr, uint64_t at, const void *data,
		      size_t len, struct dver_err *err)
{
	struct sftp_req *rq;
	int r = sftp_conn_pace_up(wr->w->c, len, err);

	if (r == 0)
		r = start(wr, &rq, SFTP_WRITE, NULL, err);
	if (r < 0)
		return r;
	sftp_add_u64(&wr->w->packet, at);
	sftp_add_u32(&wr->w->packet, (uint32_t)len);
	return sftp_work_send(wr->w, rq, SFTP_STATUS, data, len, err);
}

static int send_blocks(struct writing *wr, struct dver_err *err)
{
	struct sftp_upload *up = wr->up;
	size_t block = sftp_conn_block(wr->w->c);
	int r = 0;

	for (uint64_t at = 0; r == 0 && at < up->len && !wr->failed;) {
		size_t n = (size_t)MIN(up->len - at, (uint64_t)block);
		const uint8_t *p = wr->block;

		r = cancel_check(up->cancel, err);
		if (r < 0)
			break;
		if (up->data) {
			p = (const uint8_t *)up->data + at;
		} else {
			ssize_t k = os_pread_full(up->fd, wr->block, n, at);

			if (k < 0)
				return err_sys(err, "cannot read '%s'",
					       up->name);
			if ((size_t)k < n)
				return err_set(err, DVER_EIO, "'%s' became "
					       "shorter while it was sent",
					       up->name);
		}
		r = send_block(wr, at, p, n, err);
		at += n;
	}
	return r;
}

/* Behind the blocks: mode, sync, attributes. */
static int send_rest(struct writing *wr, struct dver_err *err)
{
	struct sftp_work *w = wr->w;
	struct sftp_req *rq;
	int r = 0;

	if (wr->up->exact_mode) {
		r = start(wr, &rq, SFTP_FSETSTAT, NULL, err);
		if (r == 0)
			sftp_add_mode(&w->packet, wr->up->mode);
		if (r == 0)
			r = sftp_work_send(w, rq, SFTP_STATUS, NULL, 0, err);
	}
	if (r == 0 && wr->up->sync &&
	    (sftp_conn_extensions(w->c) & SFTP_FSYNC)) {
		r = start(wr, &rq, SFTP_EXTENDED, "fsync@openssh.com", err);
		if (r == 0) {
			rq->slow = true;
			r = sftp_work_send(w, rq, SFTP_STATUS, NULL, 0, err);
		}
	}
	if (r == 0)
		r = start(wr, &rq, SFTP_FSTAT, NULL, err);
	return r < 0 ? r : sftp_work_send(w, rq, SFTP_ATTRS, NULL, 0, err);
}

static int send_close(struct writing *wr, struct dver_err *err)
{
	struct sftp_req *rq;
	int r = start(wr, &rq, SFTP_CLOSE, NULL, err);

	if (r < 0)
		return r;
	/* On NFS a close writes what is left. */
	rq->slow = true;
	return sftp_work_send(wr->w, rq, SFTP_STATUS, NULL, 0, err);
}

static int fill_file(struct writing *wr, struct dver_err *err)
{
	int r = send_blocks(wr, err);
	int closed;

	if (r == 0 && !wr->failed)
		r = send_rest(wr, err);
	/* Whatever went wrong, the server need not keep it open. */
	closed = send_close(wr, r < 0 ? NULL : err);
	r = r < 0 ? r : closed;
	while (sftp_flying(wr->w->b)) {
		int one = take_answer(wr, wr->w->n, r < 0 ? NULL : err);

		r = r < 0 ? r : one;
	}
	return r < 0 ? r : wr->failed;
}

/* Is what `probe` names there already, as long as this is to be? */
static int look_at_probe(struct writing *wr, const struct sftp_req *rq,
			 struct dver_err *err)
{
	struct sftp_attrs a;
	int r = 0;

	if (rq->type == SFTP_ATTRS)
		r = sftp_take_attrs(rq, &a, err);
	wr->up->found = rq->type == SFTP_ATTRS && r == 0 &&
			(a.has & SFTP_HAS_SIZE) && a.size == wr->up->len &&
			(!(a.has & SFTP_HAS_MODE) || S_ISREG(a.mode));
	return r;
}

/* The file is made; with up->found there is no need to fill it. */
static int open_new(struct writing *wr, struct dver_err *err)
{
	struct sftp_work *w = wr->w;
	int r = 0;

	if (wr->up->probe) {
		sftp_begin(&w->packet, SFTP_STAT, 0);
		sftp_add_str(&w->packet, wr->up->probe);
		r = sftp_work_send(w, &w->v[1], SFTP_ATTRS, NULL, 0, err);
	}
	if (r < 0)
		return r;
	sftp_begin(&w->packet, SFTP_OPEN, 0);
	sftp_add_str(&w->packet, wr->up->path);
	sftp_add_u32(&w->packet, SFTP_OPEN_WRITE | SFTP_OPEN_CREATE |
		     SFTP_OPEN_EXCLUSIVE);
	sftp_add_mode(&w->packet, wr->up->mode);
	r = sftp_work_send(w, &w->v[0], SFTP_HANDLE, NULL, 0, err);
	while (sftp_next(w->b))
		;
	if (r == 0)
		r = sftp_judge(w->c, &w->v[0], wr->fail, err);
	if (r == 0)
		r = sftp_take_handle(&w->v[0], &wr->h, err);
	return r == 0 && wr->up->probe ? look_at_probe(wr, &w->v[1], err) : r;
}

int sftp_write(struct sftp_conn *c, struct sftp_upload *up,
	       struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	AUTO_FREE uint8_t *own = NULL;
	size_t block = sftp_conn_block(c);
	size_t most = MIN((size_t)SFTP_WINDOW_REQUESTS, SFTP_WINDOW / block);
	struct writing wr = { .w = &w, .up = up, .fail = fail };
	int r = sftp_work_init(&w, c,
			       (size_t)MIN(most, up->len / block + 1) + 4,
			       err);

	up->mtime = 0;
	up->found = false;
	if (r < 0)
		return r;
	if (!up->data) {
		wr.block = own = malloc(MIN(block, up->len + 1));
		if (!own)
			return err_nomem(err);
	}
	r = open_new(&wr, err);
	if (r != 0)
		return r;
	for (size_t i = 0; i < w.n; i++) {
		w.v[i].next = wr.idle;
		wr.idle = &w.v[i];
	}
	if (up->found)
		sftp_post_close(&w, &wr.h);
	else
		r = fill_file(&wr, err);
	if (r != 0 || up->found)
		sftp_post_remove(c, up->path);
	return r;
}
