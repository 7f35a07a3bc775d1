/*
 * s3_multipart - a large value in parts, several at a time, each sent again by
 * itself when it fails.
 *
 * When the network or the person stops it, the parts stay, and the next put of
 * the same key goes on: a part that the server has is not sent again if its
 * ETag is the MD5 of what would be.  Any other failure takes them away.
 */
#include "remotes/s3_upload.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "format/xml.h"

#define SENDERS 8

static void upload_release(struct s3_upload *u)
{
	free(u->key);
	free(u->id);
	free(u->id_query);
	free(u->v);
}
#define AUTO_UPLOAD __attribute__((cleanup(upload_release)))

static int cut(struct s3_upload *u, uint64_t size, struct dver_err *err)
{
	uint64_t step = u->s->c.part_size;

	/* 10,000 parts are the most; whole MiB, so that a resume agrees. */
	if (size / step >= S3_PARTS_MAX)
		step = (size / S3_PARTS_MAX | ((1u << 20) - 1)) + 1;
	u->n = (size_t)((size + step - 1) / step);
	u->v = mem_array(u->n, sizeof(*u->v));
	if (!u->v)
		return err_nomem(err);
	for (size_t i = 0; i < u->n; i++) {
		u->v[i].off = i * step;
		u->v[i].len = MIN(step, size - i * step);
	}
	return 0;
}

static int keep(char **to, const struct xml_node *node, struct dver_err *err)
{
	free(*to);
	*to = str_ndup(node->text, node->len);
	return *to ? 0 : err_nomem(err);
}

static int on_id(void *data, const struct xml_node *node, struct dver_err *err)
{
	return str_ends(node->path, "/UploadId") ? keep(data, node, err) : 0;
}

static int begin(struct s3_upload *u, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "POST", .key = u->key,
				       .verb = "cannot write",
				       .query = "uploads=", .stores = true,
				       .uses_key = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *id = NULL;
	int r;

	http_reply_init(&reply);
	s3_upload_count(u);
	r = s3_send(u->s, &rq, &reply, err);
	if (r == 0)
		r = xml_parse("the upload", reply.body.data, reply.body.len,
			      NULL, on_id, &id, err);
	if (r == 0 && (!id || !*id))
		r = err_set(err, DVER_EREMOTE, "cannot write 's3://%s/%s': "
			    "the server begins no upload", u->s->c.bucket,
			    u->key);
	return r < 0 ? r : s3_upload_set_id(u, id, err);
}

static int send_part(struct s3_upload *u, size_t i, struct dver_err *err)
{
	struct s3_part *p = &u->v[i];
	AUTO_FREE char *query = str_printf("partNumber=%zu&%s", i + 1,
					   u->id_query);
	AUTO_S3_RQ struct s3_rq rq = { .method = "PUT", .key = u->key,
				       .verb = "cannot write",
				       .query = query, .path = u->path,
				       .off = p->off, .len = p->len,
				       .uses_key = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	const char *etag;
	int r = u->known ? s3_resume_has(p, &rq, err) : 0;

	http_reply_init(&reply);
	if (r != 0)
		return MIN(r, 0);
	if (!query)
		return err_nomem(err);
	s3_upload_count(u);
	r = s3_send(u->s, &rq, &reply, err);
	if (r < 0)
		return r;
	etag = http_reply_header(&reply, "etag");
	if (!etag || !*etag || strlen(etag) >= sizeof(p->etag))
		return err_set(err, DVER_EREMOTE, "cannot write 's3://%s/%s': "
			       "the server gives no ETag for a part",
			       u->s->c.bucket, u->key);
	memcpy(p->etag, etag, strlen(etag) + 1);
	return 0;
}

struct job {
	struct pool_job job;
	struct s3_upload *u;
	size_t i;
};

static int run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct job *j = (struct job *)job;

	(void)worker;
	return send_part(j->u, j->i, err);
}

static void release(struct pool_job *job)
{
	free(job);
}

static int send_parts(struct s3_upload *u, struct dver_err *err)
{
	AUTO_POOL struct pool *pool = NULL;
	int threads = MIN(MIN(u->s->c.jobs, SENDERS), (int)MIN(u->n, 64u));
	int r = pool_new(&pool, threads, 2, err), w;

	for (size_t i = 0; r == 0 && i < u->n; i++) {
		struct job *j = calloc(1, sizeof(*j));

		if (!j)
			return err_nomem(err);
		j->job.run = run;
		j->job.release = release;
		j->u = u;
		j->i = i;
		r = pool_submit(pool, &j->job, err);
	}
	if (!pool)
		return r;
	w = pool_wait(pool, err);
	return r < 0 ? r : w;
}

static int finish(struct s3_upload *u, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(4u << 20);
	AUTO_S3_RQ struct s3_rq rq = { .method = "POST", .key = u->key,
				       .verb = "cannot write",
				       .query = u->id_query,
				       .uses_key = true,
				       .may_fail_later = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	buf_addstr(&b, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws."
		   "com/doc/2006-03-01/\">");
	for (size_t i = 0; i < u->n; i++) {
		buf_addf(&b, "<Part><PartNumber>%zu</PartNumber><ETag>",
			 i + 1);
		xml_escape(&b, u->v[i].etag);
		buf_addstr(&b, "</ETag></Part>");
	}
	buf_addstr(&b, "</CompleteMultipartUpload>");
	r = buf_check(&b, err);
	rq.data = b.data;
	rq.len = b.len;
	return r < 0 ? r : s3_send(u->s, &rq, &reply, err);
}

static void give_up(struct s3_upload *u)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "DELETE", .key = u->key,
				       .verb = "cannot give up writing",
				       .query = u->id_query };
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	http_reply_init(&reply);
	if (s3_send(u->s, &rq, &reply, &err) < 0)
		log_at(1, "s3: %s", err.msg);
}

static int upload(struct s3_upload *u, struct dver_err *err)
{
	int r = 0;

	if (u->id)
		r = s3_resume_parts(u, err);
	else
		r = begin(u, err);
	if (r == 0)
		r = send_parts(u, err);
	return r < 0 ? r : finish(u, err);
}

/*
 * The upload that we went on with is gone: another process went on with it
 * too and finished it, or somebody tidied up.
 */
static int after_all(struct s3_upload *u, const char *key, uint64_t size,
		     struct dver_err *err)
{
	uint64_t there;

	if (s3_size(u->s, key, &there, err) == 0 && there == size)
		return 0;
	free(TAKE(u->id));
	u->known = false;
	for (size_t i = 0; i < u->n; i++)
		*u->v[i].etag = '\0';
	return upload(u, err);
}

int s3_put_parts(struct s3 *s, const char *key, const char *path,
		 uint64_t size, struct dver_err *err)
{
	AUTO_UPLOAD struct s3_upload u = { .s = s, .path = path };
	int r;

	u.key = s3_key(s, key);
	if (!u.key)
		return err_nomem(err);
	r = cut(&u, size, err);
	if (r == 0)
		r = s3_resume_find(&u, err);
	if (r == 0)
		r = upload(&u, err);
	if (r == DVER_ENOTFOUND && u.known)
		r = after_all(&u, key, size, err);
	if (r < 0 && r != DVER_ENET && r != DVER_ECANCEL && u.id)
		give_up(&u);
	return r;
}
