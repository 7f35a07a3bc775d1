/*
 * s3_v2 - one blocking call of libs3 a request, in the thread of who asks, and
 * again with growing pauses where libs3 says that it may help.
 */
#include "remotes/s3_v2.h"

#include <dlfcn.h>
#include <libs3.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"
#include "net/url.h"

#define TRIES 8

/* What is used of it. */
static struct {
	__typeof__(S3_initialize) *initialize;
	__typeof__(S3_get_status_name) *status_name;
	__typeof__(S3_status_is_retryable) *is_retryable;
	__typeof__(S3_list_bucket) *list;
	__typeof__(S3_put_object) *put;
	__typeof__(S3_get_object) *get;
	__typeof__(S3_head_object) *head;
	__typeof__(S3_delete_object) *del;
	bool ready;
} lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	void *so = dlopen("libs3.so.2", RTLD_NOW | RTLD_LOCAL);
	const struct {
		const char *name;
		void *to;
	} wanted[] = {
		{ "S3_initialize", &lib.initialize },
		{ "S3_get_status_name", &lib.status_name },
		{ "S3_status_is_retryable", &lib.is_retryable },
		{ "S3_list_bucket", &lib.list },
		{ "S3_put_object", &lib.put },
		{ "S3_get_object", &lib.get },
		{ "S3_head_object", &lib.head },
		{ "S3_delete_object", &lib.del },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		void *f = so ? dlsym(so, wanted[i].name) : NULL;

		if (!f)
			return;
		/* A pointer to an object is none to a function, but here. */
		memcpy(wanted[i].to, &f, sizeof(f));
	}
	lib.ready = lib.initialize("dver", S3_INIT_ALL, NULL) == S3StatusOK;
}

struct v2 {
	struct transport t;
	struct s3 *s;		/* owned: settings and credentials */
	char *host;		/* owned, with the port */
};

static struct v2 *v2_of(struct transport *t)
{
	return (struct v2 *)t;
}

/* One request: what goes in, and what came of it. */
struct request {
	struct v2 *v;
	struct s3_rq rq;	/* for messages */
	const char *verb;	/* of the log */
	char *out;
	size_t out_len, got;
	bool too_long;
	const char *data;	/* of a put; NULL: fd */
	int fd;
	uint64_t len, at;
	int64_t length;		/* of a head */
	transport_list_fn fn;
	void *fn_data;
	int fn_result;
	bool more;
	char *marker;		/* owned */
	S3Status status;
	char message[256];
	struct dver_err *err;
};

static S3Status on_properties(const S3ResponseProperties *p, void *data)
{
	struct request *q = data;

	q->length = (int64_t)p->contentLength;
	return cancel_is_set(q->v->s->cancel) ? S3StatusAbortedByCallback
					      : S3StatusOK;
}

static void on_complete(S3Status status, const S3ErrorDetails *e, void *data)
{
	struct request *q = data;

	q->status = status;
	(void)snprintf(q->message, sizeof(q->message), "%s",
		       e && e->message ? e->message : "");
}

static S3Status on_data(int len, const char *bytes, void *data)
{
	struct request *q = data;
	size_t n = (size_t)len;

	if (n > q->out_len - q->got) {
		q->too_long = true;
		return S3StatusAbortedByCallback;
	}
	memcpy(q->out + q->got, bytes, n);
	q->got += n;
	return cancel_is_set(q->v->s->cancel) ? S3StatusAbortedByCallback
					      : S3StatusOK;
}

static int on_want(int size, char *bytes, void *data)
{
	struct request *q = data;
	size_t n = (size_t)MIN((uint64_t)size, q->len - q->at);

	if (cancel_is_set(q->v->s->cancel))
		return -1;
	if (q->data)
		memcpy(bytes, q->data + q->at, n);
	else if (os_pread_full(q->fd, bytes, n, q->at) != (ssize_t)n)
		return -1;
	q->at += n;
	return (int)n;
}

static S3Status on_list(int truncated, const char *next, int n,
			const S3ListBucketContent *v, int prefixes,
			const char **prefix, void *data)
{
	struct request *q = data;
	size_t skip = strlen(q->v->s->c.prefix);

	(void)prefixes;
	(void)prefix;
	q->more = truncated;
	for (int i = 0; q->fn_result == 0 && i < n; i++) {
		struct transport_key k = { .size = v[i].size,
					   .mtime = v[i].lastModified };

		if (strlen(v[i].key) <= skip || str_ends(v[i].key, "/"))
			continue;
		k.key = v[i].key + skip;
		q->fn_result = q->fn(q->fn_data, &k, q->err);
	}
	if (n > 0 || next) {
		free(q->marker);
		q->marker = strdup(next && *next ? next : v[n - 1].key);
	}
	return q->fn_result != 0 || !q->marker ? S3StatusAbortedByCallback
					       : S3StatusOK;
}

static const S3ResponseHandler plain = { on_properties, on_complete };

/* What libs3 found, as s3_error.c has it. */
static int tell(struct request *q, struct dver_err *err)
{
	const char *name = lib.status_name(q->status);
	struct http_reply reply = { .status = 0 };
	AUTO_FREE char *what = NULL;
	struct s3_error e = { .code = "" };

	what = str_printf("%s 's3://%s%s%s'", q->rq.verb, q->v->s->c.bucket,
			  q->rq.key ? "/" : "", q->rq.key ? q->rq.key : "");
	if (!what)
		return err_nomem(err);
	if (q->too_long)
		return err_set(err, DVER_EREMOTE, "%s: the server sends more "
			       "than was asked for", what);
	if (q->status == S3StatusAbortedByCallback)
		return cancel_check(q->v->s->cancel, err) < 0
		       ? DVER_ECANCEL
		       : err_set(err, DVER_EIO, "%s: the file changed", what);
	if (lib.is_retryable(q->status) || q->status == S3StatusNameLookupError)
		return err_set(err, DVER_ENET, "%s: %s", what, name);
	if (q->status == S3StatusHttpErrorNotFound)
		reply.status = 404;
	else if (q->status == S3StatusHttpErrorForbidden ||
		 q->status == S3StatusErrorAccessDenied)
		reply.status = 403;
	if (str_starts(name, "Error"))
		name += strlen("Error");
	(void)snprintf(e.code, sizeof(e.code), "%s", name);
	(void)snprintf(e.message, sizeof(e.message), "%s", q->message);
	buf_init(&reply.body, 1);
	return s3_error_tell(q->v->s, &q->rq, what, &reply, &e, err);
}

static int wait_some(struct request *q, int nth, struct dver_err *err)
{
	uint64_t r = 0;

	(void)rand_bytes(&r, sizeof(r), NULL);
	r %= 200000000ull << MIN(nth, 6);
	for (; r > 0 && !cancel_is_set(q->v->s->cancel);) {
		long step = (long)MIN(r, 100000000u);

		(void)nanosleep(&(struct timespec){ 0, step }, NULL);
		r -= (uint64_t)step;
	}
	return cancel_check(q->v->s->cancel, err);
}

/* Unknown: a 5xx with a code of the server's own, as often as not. */
static bool is_passing(S3Status status)
{
	return lib.is_retryable(status) || status == S3StatusErrorUnknown ||
	       status == S3StatusHttpErrorUnknown;
}

/* `ask` once, and again; it puts the request back to its start. */
static int run(struct request *q,
	       void (*ask)(struct request *q, const S3BucketContext *b),
	       struct dver_err *err)
{
	const struct s3_config *c = &q->v->s->c;
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	S3BucketContext b = {
		.hostName = q->v->host, .bucketName = c->bucket,
		.protocol = c->tls ? S3ProtocolHTTPS : S3ProtocolHTTP,
		.uriStyle = c->virtual_host ? S3UriStyleVirtualHost
					    : S3UriStylePath,
	};
	int r = c->anonymous ? 0 : aws_credentials_get(q->v->s->credentials,
						       &k, err);

	if (r < 0)
		return r;
	if (k.token)
		return err_set(err, DVER_EUNSUPPORTED, "'%s': signature "
			       "version 2 goes without session tokens",
			       c->url);
	b.accessKeyId = k.id;
	b.secretAccessKey = k.secret;
	q->err = err;
	for (int nth = 1; r == 0; nth++) {
		ask(q, &b);
		log_at(2, "libs3: %s %s: %s", q->verb,
		       q->rq.key ? q->rq.key : "", lib.status_name(q->status));
		if (nth == TRIES || !is_passing(q->status))
			break;
		r = wait_some(q, nth, err);
	}
	return r;
}

static int done(struct request *q, int r, struct dver_err *err)
{
	return r < 0 || q->status == S3StatusOK ? r : tell(q, err);
}

static void ask_get(struct request *q, const S3BucketContext *b)
{
	const S3GetObjectHandler h = { plain, on_data };

	q->got = 0;
	lib.get(b, q->rq.key, NULL, q->at, q->out_len, NULL, &h, q);
}

static void ask_head(struct request *q, const S3BucketContext *b)
{
	lib.head(b, q->rq.key, NULL, &plain, q);
}

static void ask_del(struct request *q, const S3BucketContext *b)
{
	lib.del(b, q->rq.key, NULL, &plain, q);
}

static void ask_put(struct request *q, const S3BucketContext *b)
{
	const S3PutObjectHandler h = { plain, on_want };

	q->at = 0;
	lib.put(b, q->rq.key, q->len, NULL, NULL, &h, q);
}

static void ask_list(struct request *q, const S3BucketContext *b)
{
	const S3ListBucketHandler h = { plain, on_list };

	lib.list(b, q->out, q->marker, NULL, 1000, NULL, &h, q);
}

static int v2_get(struct transport *t, const char *key, uint64_t off,
		  void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct v2 *v = v2_of(t);
	AUTO_FREE char *full = s3_key(v->s, key);
	struct request q = { .v = v, .verb = "get", .out = out,
			     .out_len = len, .at = off,
			     .rq = { .method = "GET", .key = full,
				     .verb = "cannot read" } };
	int r;

	*got = 0;
	if (!full)
		return err_nomem(err);
	r = run(&q, len ? ask_get : ask_head, err);
	/* Behind the end, or empty. */
	if (r == 0 && q.status == S3StatusErrorInvalidRange)
		return 0;
	r = done(&q, r, err);
	if (r == 0)
		*got = q.got;
	return r;
}

static int read_only(const struct v2 *v, const char *key,
		     struct dver_err *err)
{
	if (!v->s->read_only)
		return 0;
	return err_set(err, DVER_EAUTH, "'%s' is read-only: '%s' is not "
		       "written", v->s->c.url, key);
}

static int put(struct v2 *v, const char *key, const char *data, int fd,
	       uint64_t len, struct dver_err *err)
{
	AUTO_FREE char *full = s3_key(v->s, key);
	struct request q = { .v = v, .verb = "put", .data = data, .fd = fd,
			     .len = len,
			     .rq = { .method = "PUT", .key = full,
				     .verb = "cannot write" } };
	int r = read_only(v, key, err);

	if (r < 0)
		return r;
	if (!full)
		return err_nomem(err);
	r = run(&q, ask_put, err);
	/* A repeated put where nothing may be replaced. */
	if (r == 0 && (q.status == S3StatusErrorPreconditionFailed ||
		       q.status == S3StatusHttpErrorConflict)) {
		r = run(&q, ask_head, err);
		if (r == 0 && q.status == S3StatusOK &&
		    q.length != (int64_t)len)
			r = err_set(err, DVER_EREMOTE, "cannot write "
				    "'s3://%s/%s': what is there has another "
				    "size", v->s->c.bucket, full);
	}
	return done(&q, r, err);
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
	struct request q = { .v = v, .verb = "delete",
			     .rq = { .method = "DELETE", .key = full,
				     .verb = "cannot delete" } };
	int r = read_only(v, key, err);

	if (r < 0)
		return r;
	if (!full)
		return err_nomem(err);
	r = done(&q, run(&q, ask_del, err), err);
	return r == DVER_ENOTFOUND ? 0 : r;
}

static int v2_list(struct transport *t, const char *prefix,
		   transport_list_fn fn, void *data, struct dver_err *err)
{
	struct v2 *v = v2_of(t);
	AUTO_FREE char *whole = s3_key(v->s, prefix);
	struct request q = { .v = v, .verb = "list", .fn = fn,
			     .fn_data = data, .out = whole,
			     .rq = { .method = "GET",
				     .verb = "cannot list" } };
	int r;

	if (!whole)
		return err_nomem(err);
	do {
		q.more = false;
		r = run(&q, ask_list, err);
		if (r == 0 && q.fn_result != 0)
			r = q.fn_result;
		else
			r = done(&q, r, err);
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
	(void)pthread_once(&once, load);
	if (!lib.ready)
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
