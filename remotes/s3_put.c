/*
 * s3_put - a value in one request; what is large goes in parts.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "remotes/s3.h"

/*
 * "Precondition failed", "conflict": somebody, perhaps an earlier try of ours,
 * has stored it, and it must not be replaced.  Keys are used once, so the same
 * size is the same value.
 */
static int compare(struct s3 *s, const char *key, uint64_t size, int status,
		   struct dver_err *err)
{
	uint64_t there;
	int r = s3_size(s, key, &there, err);

	if (r < 0 || there == size)
		return r;
	return err_set(err, DVER_EREMOTE, "cannot write 's3://%s/%s%s': the "
		       "answer is %d, and what is there has %llu bytes, not "
		       "%llu", s->c.bucket, s->c.prefix, key, status,
		       (unsigned long long)there, (unsigned long long)size);
}

static int send(struct s3 *s, const char *key, struct s3_rq *rq,
		struct dver_err *err)
{
	AUTO_FREE char *full = s3_key(s, key);
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	if (!full)
		return err_nomem(err);
	rq->method = "PUT";
	rq->verb = "cannot write";
	rq->key = full;
	rq->stores = rq->uses_key = true;
	rq->fine[0] = 409;
	rq->fine[1] = 412;
	r = s3_send(s, rq, &reply, err);
	if (r == 0 && reply.status / 100 != 2)
		r = compare(s, key, rq->len, reply.status, err);
	return r;
}

static int put_path(struct s3 *s, const char *key,
		    const struct transport_src *src, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .path = src->path, .len = src->len };
	struct os_stat st;

	if (os_stat(src->path, &st, true) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	/* A file that was cut off since it was written is not published. */
	if (st.size != src->len)
		return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
			       src->path, (unsigned long long)st.size,
			       src->len);
	return src->len > s->c.part_above
	       ? s3_put_parts(s, key, src->path, src->len, err)
	       : send(s, key, &rq, err);
}

int s3_put(struct transport *t, const char *key,
	   const struct transport_src *src, struct dver_err *err)
{
	struct s3 *s = (struct s3 *)t;
	int r;

	if (src->data) {
		AUTO_S3_RQ struct s3_rq rq = { .data = src->data,
					       .len = src->len };

		return send(s, key, &rq, err);
	}
	r = put_path(s, key, src, err);
	if (r == 0 && src->consume)
		(void)os_unlink(src->path);
	return r;
}

int s3_replace(struct transport *t, const char *key, const void *data,
	       size_t len, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .data = data, .len = len };

	return send((struct s3 *)t, key, &rq, err);
}
