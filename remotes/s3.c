/*
 * s3 - a bucket of AWS S3, or of one of the many servers that speak its
 * language (Ceph, Swift, MinIO, R2, Google's interoperability, ...).
 *
 * Every value is one object; nothing is renamed, locked or asked for its
 * state, and no request has a condition: keys are used once.
 */
#include "remotes/s3.h"
#include "remotes/s3_v2.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "remotes/http_settings.h"

int s3_size(struct s3 *s, const char *key, uint64_t *size,
	    struct dver_err *err)
{
	AUTO_FREE char *full = s3_key(s, key);
	AUTO_S3_RQ struct s3_rq rq = { .method = "HEAD", .verb = "cannot read",
				       .key = full, .uses_key = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	int64_t n;
	int r;

	http_reply_init(&reply);
	if (!full)
		return err_nomem(err);
	r = s3_send(s, &rq, &reply, err);
	n = r < 0 ? 0 : http_reply_number(&reply, "content-length", -1);
	if (n < 0)
		return err_set(err, DVER_EREMOTE, "the server does not say "
			       "how long 's3://%s/%s' is", s->c.bucket, full);
	*size = (uint64_t)n;
	return r;
}

static int s3_get(struct transport *t, const char *key, uint64_t off,
		  void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct s3 *s = (struct s3 *)t;
	AUTO_FREE char *full = s3_key(s, key);
	AUTO_S3_RQ struct s3_rq rq = {
		.method = "GET", .verb = "cannot read", .key = full,
		.out = out, .out_len = len, .uses_key = true,
		.fine = { 416 },
	};
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *range = NULL;
	AUTO_FREE char *what = NULL;
	uint64_t size;
	int r;

	http_reply_init(&reply);
	*got = 0;
	if (len == 0)
		return s3_size(s, key, &size, err);
	range = str_printf("Range: bytes=%llu-%llu", (unsigned long long)off,
			   (unsigned long long)(off + len - 1));
	what = full ? str_printf("s3://%s/%s", s->c.bucket, full) : NULL;
	if (!what || !strvec_take(&rq.headers, &range))
		return err_nomem(err);
	r = s3_send(s, &rq, &reply, err);
	/* 416: the value ends before, or is empty. */
	if (r < 0 || reply.status == 416)
		return r;
	r = http_check_range(&reply, off, what, err);
	if (r == 0)
		*got = reply.got;
	return r;
}

static int s3_del(struct transport *t, const char *key, struct dver_err *err)
{
	struct s3 *s = (struct s3 *)t;
	AUTO_FREE char *full = s3_key(s, key);
	AUTO_S3_RQ struct s3_rq rq = { .method = "DELETE",
				       .verb = "cannot delete", .key = full };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	if (!full)
		return err_nomem(err);
	r = s3_send(s, &rq, &reply, err);
	return r == DVER_ENOTFOUND ? 0 : r;
}

/* What a server said is stored is durable. */
static int s3_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;
}

static void s3_close(struct transport *t)
{
	struct s3 *s = (struct s3 *)t;

	http_free(s->http);
	aws_credentials_free(s->credentials);
	aws_profiles_free(s->profiles);
	s3_config_release(&s->c);
	pthread_mutex_destroy(&s->mutex);
	free(s->region);
	free(s);
}

static const struct transport_ops s3_ops = {
	.name = "s3", .list = s3_list, .get = s3_get, .put = s3_put,
	.replace = s3_replace, .del = s3_del, .flush = s3_flush,
	.close = s3_close,
};

/* signature = v2: libs3, where it was built in. */
static int open_v2(struct transport **out, struct s3 **s, bool insecure,
		   struct dver_err *err)
{
#ifdef DVER_LIBS3
	return s3_v2_open(out, s, insecure, err);
#else
	(void)out;
	(void)insecure;
	s3_close(&TAKE(*s)->t);
	return err_set(err, DVER_EUNSUPPORTED, "this dver was built without "
		       "libs3, which signature version 2 needs");
#endif
}

static int wants_v2(const struct transport_config *cfg, bool *v2,
		    struct dver_err *err)
{
	const struct transport_setting *s = transport_setting(cfg,
							      "signature");

	*v2 = s && streq(s->value, "v2");
	if (!s || *v2 || streq(s->value, "v4"))
		return 0;
	return err_set(err, DVER_EINVAL, "'remote.%s.signature' in '%s' takes "
		       "v4 or v2, not '%s'", cfg->name, s->file, s->value);
}

int transport_s3_open(struct transport **out,
		      const struct transport_config *cfg, struct dver_err *err)
{
	struct s3 *s = calloc(1, sizeof(*s));
	struct http_opts http = { 0 };
	bool v2;
	int r;

	if (!s)
		return err_nomem(err);
	s->t.ops = &s3_ops;
	s->t.read_only = cfg->flags & TRANSPORT_READONLY;
	pthread_mutex_init(&s->mutex, NULL);
	r = s3_configure(s, cfg, &http, err);
	s->t.url = s->c.url;
	if (r == 0)
		r = wants_v2(cfg, &v2, err);
	if (r == 0 && v2)
		return open_v2(out, &s, http.insecure, err);
	if (r == 0)
		r = http_new(&s->http, &http, err);
	if (r < 0) {
		s3_close(&s->t);
		return r;
	}
	*out = &s->t;
	return 0;
}
