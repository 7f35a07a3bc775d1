/*
 * sftp_ops - the small requests, and how all of them are asked.
 */
#include "net/sftp_ops_internal.h"

#include <stdio.h>

#include "base/mem.h"

int sftp_work_init(struct sftp_work *w, struct sftp_conn *c, size_t n,
		   struct dver_err *err)
{
	*w = (struct sftp_work){ .c = c, .packet = BUF_PATH };
	w->v = mem_array(n, sizeof(*w->v));
	if (!w->v)
		return err_nomem(err);
	for (w->n = 0; w->n < n; w->n++)
		sftp_req_init(&w->v[w->n]);
	return sftp_batch_new(&w->b, c, err);
}

void sftp_work_release(struct sftp_work *w)
{
	/* First: what is in flight is written into w->v. */
	sftp_batch_free(w->b);
	for (size_t i = 0; i < w->n; i++)
		sftp_req_release(&w->v[i]);
	free(w->v);
	buf_release(&w->packet);
}

int sftp_work_send(struct sftp_work *w, struct sftp_req *rq,
		   enum sftp_type want, const void *tail, size_t len,
		   struct dver_err *err)
{
	sftp_end(&w->packet, len);
	return sftp_send(w->b, rq, want, &w->packet, tail, len, err);
}

int sftp_judge(struct sftp_conn *c, const struct sftp_req *rq,
	       struct sftp_fail *fail, struct dver_err *err)
{
	if (rq->type == 0)
		return sftp_conn_why(c, err);
	if (rq->type != SFTP_STATUS)
		return 0;
	if (rq->status == SFTP_OK && rq->want == SFTP_STATUS)
		return 0;
	fail->status = rq->status;
	(void)snprintf(fail->words, sizeof(fail->words), "%s", rq->words);
	if (!*fail->words)
		(void)snprintf(fail->words, sizeof(fail->words), "status %u",
			       (unsigned)rq->status);
	return 1;
}

int sftp_ask(struct sftp_work *w, enum sftp_type want, struct sftp_fail *fail,
	     struct dver_err *err)
{
	int r = sftp_work_send(w, &w->v[0], want, NULL, 0, err);

	if (r < 0)
		return r;
	(void)sftp_next(w->b);
	return sftp_judge(w->c, &w->v[0], fail, err);
}

int sftp_take_handle(const struct sftp_req *rq, struct sftp_handle *h,
		     struct dver_err *err)
{
	struct sftp_in in;
	const char *p;

	if (buf_check(&rq->body, err) < 0)
		return DVER_ENOMEM;
	sftp_in_init(&in, rq->body.data, rq->body.len);
	p = sftp_str(&in, &h->len);
	if (in.bad || h->len > sizeof(h->v))
		return err_set(err, DVER_EREMOTE, "the server sent a handle "
			       "that is none");
	memcpy(h->v, p, h->len);
	return 0;
}

void sftp_add_handle(struct buf *b, const struct sftp_handle *h)
{
	sftp_add_bytes(b, h->v, h->len);
}

void sftp_post_close(struct sftp_work *w, const struct sftp_handle *h)
{
	sftp_begin(&w->packet, SFTP_CLOSE, 0);
	sftp_add_handle(&w->packet, h);
	sftp_end(&w->packet, 0);
	sftp_post(w->c, &w->packet);
}

int sftp_take_attrs(const struct sftp_req *rq, struct sftp_attrs *out,
		    struct dver_err *err)
{
	struct sftp_in in;

	if (buf_check(&rq->body, err) < 0)
		return DVER_ENOMEM;
	sftp_in_init(&in, rq->body.data, rq->body.len);
	sftp_attrs(&in, out);
	if (!in.bad)
		return 0;
	return err_set(err, DVER_EREMOTE, "the server sent attributes that "
		       "are cut off");
}

bool sftp_is_absent(const struct sftp_fail *f)
{
	return f->status == SFTP_NO_SUCH_FILE ||
	       f->status == SFTP_NO_SUCH_PATH;
}

bool sftp_is_denied(const struct sftp_fail *f)
{
	return f->status == SFTP_PERMISSION_DENIED ||
	       f->status == SFTP_WRITE_PROTECT;
}

static int stat_path(struct sftp_conn *c, enum sftp_type type,
		     const char *path, struct sftp_attrs *out,
		     struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, 1, err);

	if (r < 0)
		return r;
	sftp_begin(&w.packet, type, 0);
	sftp_add_str(&w.packet, path);
	r = sftp_ask(&w, SFTP_ATTRS, fail, err);
	return r ? r : sftp_take_attrs(&w.v[0], out, err);
}

int sftp_stat(struct sftp_conn *c, const char *path, struct sftp_attrs *out,
	      struct sftp_fail *fail, struct dver_err *err)
{
	return stat_path(c, SFTP_STAT, path, out, fail, err);
}

int sftp_lstat(struct sftp_conn *c, const char *path, struct sftp_attrs *out,
	       struct sftp_fail *fail, struct dver_err *err)
{
	return stat_path(c, SFTP_LSTAT, path, out, fail, err);
}

int sftp_remove(struct sftp_conn *c, const char *path, struct sftp_fail *fail,
		struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, 1, err);

	if (r < 0)
		return r;
	sftp_begin(&w.packet, SFTP_REMOVE, 0);
	sftp_add_str(&w.packet, path);
	return sftp_ask(&w, SFTP_STATUS, fail, err);
}

static void begin_rename(struct buf *packet, const char *from, const char *to)
{
	sftp_begin(packet, SFTP_RENAME, 0);
	sftp_add_str(packet, from);
	sftp_add_str(packet, to);
}

int sftp_rename(struct sftp_conn *c, const char *from, const char *to,
		struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, 1, err);

	if (r < 0)
		return r;
	begin_rename(&w.packet, from, to);
	return sftp_ask(&w, SFTP_STATUS, fail, err);
}

/* The rename right behind the removal: the moment without is a short one. */
static int remove_and_rename(struct sftp_work *w, const char *from,
			     const char *to, struct sftp_fail *fail,
			     struct dver_err *err)
{
	int r;

	sftp_begin(&w->packet, SFTP_REMOVE, 0);
	sftp_add_str(&w->packet, to);
	r = sftp_work_send(w, &w->v[0], SFTP_STATUS, NULL, 0, err);
	if (r < 0)
		return r;
	begin_rename(&w->packet, from, to);
	r = sftp_work_send(w, &w->v[1], SFTP_STATUS, NULL, 0, err);
	while (sftp_next(w->b))
		;
	return r < 0 ? r : sftp_judge(w->c, &w->v[1], fail, err);
}

int sftp_replace(struct sftp_conn *c, const char *from, const char *to,
		 struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, 2, err);

	if (r < 0)
		return r;
	if (!(sftp_conn_extensions(c) & SFTP_POSIX_RENAME))
		return remove_and_rename(&w, from, to, fail, err);
	sftp_begin(&w.packet, SFTP_EXTENDED, 0);
	sftp_add_str(&w.packet, "posix-rename@openssh.com");
	sftp_add_str(&w.packet, from);
	sftp_add_str(&w.packet, to);
	return sftp_ask(&w, SFTP_STATUS, fail, err);
}

int sftp_room(struct sftp_conn *c, const char *path, uint64_t *bytes,
	      uint64_t *names, struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	uint64_t v[11];	/* as statvfs(3), in the protocol's order */
	struct sftp_in in;
	int r = sftp_work_init(&w, c, 1, err);

	if (r < 0)
		return r;
	sftp_begin(&w.packet, SFTP_EXTENDED, 0);
	sftp_add_str(&w.packet, "statvfs@openssh.com");
	sftp_add_str(&w.packet, path);
	r = sftp_ask(&w, SFTP_EXTENDED_REPLY, fail, err);
	if (r != 0)
		return r;
	sftp_in_init(&in, w.v[0].body.data, w.v[0].body.len);
	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = sftp_u64(&in);
	if (in.bad)
		return err_set(err, DVER_EREMOTE, "the server sent a statvfs "
			       "that is cut off");
	/* f_bavail blocks of f_frsize bytes; f_favail. */
	*bytes = v[1] && v[4] > UINT64_MAX / v[1] ? UINT64_MAX : v[1] * v[4];
	*names = v[7];
	return 0;
}

static void post(struct sftp_conn *c, enum sftp_type type, const char *path)
{
	AUTO_BUF struct buf packet = BUF_PATH;

	sftp_begin(&packet, type, 0);
	sftp_add_str(&packet, path);
	if (type == SFTP_MKDIR)
		sftp_add_mode(&packet, 0);
	sftp_end(&packet, 0);
	sftp_post(c, &packet);
}

void sftp_post_remove(struct sftp_conn *c, const char *path)
{
	post(c, SFTP_REMOVE, path);
}

void sftp_post_mkdir(struct sftp_conn *c, const char *path)
{
	post(c, SFTP_MKDIR, path);
}
