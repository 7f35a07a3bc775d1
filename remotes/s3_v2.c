/*
 * s3_v2 - the table of the transport; s3_libs3.c sends.
 */
#include "remotes/s3_v2.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "net/url.h"
#include "remotes/s3_libs3.h"

static struct v2 *v2_of(struct transport *t)
{
	return (struct v2 *)t;
}

static int v2_get(struct transport *t, const char *key, uint64_t off,
		  void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct v2 *v = v2_of(t);
	AUTO_FREE char *full = s3_key(v->s, key);
	struct libs3_request q = {
		.v = v, .verb = "get", .out = out, .out_len = len, .at = off,
		.rq = { .method = "GET", .key = full, .verb = "cannot read" },
	};
	int r;

	*got = 0;
	if (!full)
		return err_nomem(err);
	r = libs3_run(&q, len ? LIBS3_GET : LIBS3_HEAD, err);
	/* Behind the end, or empty. */
	if (r == 0 && q.status == S3StatusErrorInvalidRange)
		return 0;
	r = libs3_done(&q, r, err);
	if (r == 0)
		*got = q.got;
	return r;
}

static int put(struct v2 *v, const char *key, const char *data, int fd,
	       uint64_t len, struct dver_err *err)
{
	AUTO_FREE char *full = s3_key(v->s, key);
	struct libs3_request q = {
		.v = v, .verb = "put", .data = data, .fd = fd, .len = len,
		.rq = { .method = "PUT", .key = full, .verb = "cannot write" },
	};
	int r;

	if (!full)
		return err_nomem(err);
	r = libs3_run(&q, LIBS3_PUT, err);
	/* A repeated put where nothing may be replaced. */
	if (r == 0 && (q.status == S3StatusErrorPreconditionFailed ||
		       q.status == S3StatusHttpErrorConflict)) {
		r = libs3_run(&q, LIBS3_HEAD, err);
		if (r == 0 && q.status == S3StatusOK &&
		    q.length != (int64_t)len)
			r = err_set(err, DVER_EREMOTE, "cannot write "
				    "'s3://%s/%s': what is there has another "
				    "size", v->s->c.bucket, full);
	}
	return libs3_done(&q, r, err);
}

static int v2_put(struct transport *t, const char *key,
		  const struct transport_src *src, struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	struct os_stat st;
	int r;

	if (src->data)
		return put(v2_of(t), key, src->data, -1, src->len, err);
	fd = os_open(src->path, O_RDONLY | O_NOFOLLOW, 0);
	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	if (st.size != src->len)
		return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
			       src->path, (unsigned long long)st.size,
			       src->len);
	r = put(v2_of(t), key, NULL, fd, src->len, err);
	if (r == 0 && src->consume)
		(void)os_unlink(src->path);
	return r;
}

static int v2_replace(struct transport *t, const char *key, const void *data,
		      size_t len, struct dver_err *err)
{
	return put(v2_of(t), key, len ? data : "", -1, len, err);
}

static int v2_del(struct transport *t, const char *key, struct dver_err *err)
{
	struct v2 *v = v2_of(t);
	AUTO_FREE char *full = s3_key(v->s, key);
	struct libs3_request q = {
		.v = v, .verb = "delete",
		.rq = { .method = "DELETE", .key = full,
			.verb = "cannot delete" },
	};
	int r;

	if (!full)
		return err_nomem(err);
	r = libs3_done(&q, libs3_run(&q, LIBS3_DELETE, err), err);
	return r == DVER_ENOTFOUND ? 0 : r;
}

static int v2_list(struct transport *t, const char *prefix,
		   transport_list_fn fn, void *data, struct dver_err *err)
{
	struct v2 *v = v2_of(t);
	AUTO_FREE char *whole = s3_key(v->s, prefix);
	struct libs3_request q = {
		.v = v, .verb = "list", .fn = fn, .fn_data = data,
		.out = whole,
		.rq = { .method = "GET", .verb = "cannot list" },
	};
	int r;

	if (!whole)
		return err_nomem(err);
	do {
		q.more = false;
		r = libs3_run(&q, LIBS3_LIST, err);
		if (r == 0 && q.fn_result != 0)
			r = q.fn_result;
		else
			r = libs3_done(&q, r, err);
	} while (r == 0 && q.more);
	free(q.marker);
	return r;
}

static int v2_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;
}

static void v2_close(struct transport *t)
{
	struct v2 *v = v2_of(t);

	if (v->s)
		v->s->t.ops->close(&v->s->t);
	free(v->host);
	free(v);
}

static const struct transport_ops v2_ops = {
	.name = "s3", .list = v2_list, .get = v2_get, .put = v2_put,
	.replace = v2_replace, .del = v2_del, .flush = v2_flush,
	.close = v2_close,
};

static int set_host(struct v2 *v, struct dver_err *err)
{
	const struct s3_config *c = &v->s->c;
	struct url u;

	if (!c->base) {
		v->host = strdup("s3.amazonaws.com");
		return v->host ? 0 : err_nomem(err);
	}
	if (url_cut(&u, c->base, err) < 0 || u.path.len)
		return err_set(err, DVER_EUNSUPPORTED, "the endpoint of '%s': "
			       "signature version 2 takes a host alone",
			       c->url);
	v->host = str_printf("%.*s%s%.*s", (int)u.host.len, u.host.at,
			     u.port.len ? ":" : "", (int)u.port.len,
			     u.port.at);
	return v->host ? 0 : err_nomem(err);
}

static int check(const struct s3_config *c, bool insecure,
		 struct dver_err *err)
{
	if (c->tls && !insecure)
		return err_set(err, DVER_EAUTH, "'%s': libs3, which speaks "
			       "signature version 2, does not verify "
			       "certificates: use http on a network that you "
			       "trust, or set ssl_verify to false", c->url);
	if (c->put.n || c->secret.n || c->storage_class || c->requester_pays)
		return err_set(err, DVER_EUNSUPPORTED, "'%s': signature "
			       "version 2 goes without acl, grant_*, sse*, "
			       "storage_class and requester_pays", c->url);
	if (!libs3_ready())
		return err_set(err, DVER_EUNSUPPORTED, "'%s': signature "
			       "version 2 needs libs3.so.2, which is not on "
			       "this machine (Debian: libs3-2)", c->url);
	return 0;
}

int s3_v2_open(struct transport **out, struct s3 **s, bool insecure,
	       struct dver_err *err)
{
	struct v2 *v = calloc(1, sizeof(*v));
	int r;

	if (!v) {
		(*s)->t.ops->close(&(*s)->t);
		*s = NULL;
		return err_nomem(err);
	}
	v->s = TAKE(*s);
	v->t.ops = &v2_ops;
	v->t.url = v->s->c.url;
	r = check(&v->s->c, insecure, err);
	if (r == 0)
		r = set_host(v, err);
	if (r < 0) {
		v2_close(&v->t);
		return r;
	}
	*out = &v->t;
	return 0;
}
