/*
 * s3_libs3 - the library is looked up by name when it is needed first; a
 * request blocks, in the thread of who asks.
 */
#include "remotes/s3_libs3.h"

#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"

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

bool libs3_ready(void)
{
	(void)pthread_once(&once, load);
	return lib.ready;
}

static S3Status on_properties(const S3ResponseProperties *p, void *data)
{
	struct libs3_request *q = data;

	q->length = (int64_t)p->contentLength;
	return cancel_is_set(q->v->s->cancel) ? S3StatusAbortedByCallback
					      : S3StatusOK;
}

static void on_complete(S3Status status, const S3ErrorDetails *e, void *data)
{
	struct libs3_request *q = data;

	q->status = status;
	(void)snprintf(q->message, sizeof(q->message), "%s",
		       e && e->message ? e->message : "");
}

static S3Status on_data(int len, const char *bytes, void *data)
{
	struct libs3_request *q = data;
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
	struct libs3_request *q = data;
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
	struct libs3_request *q = data;
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
static int tell(struct libs3_request *q, struct dver_err *err)
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

static int wait_some(struct libs3_request *q, int nth, struct dver_err *err)
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

static void ask_get(struct libs3_request *q, const S3BucketContext *b)
{
	const S3GetObjectHandler h = { plain, on_data };

	q->got = 0;
	lib.get(b, q->rq.key, NULL, q->at, q->out_len, NULL, &h, q);
}

static void ask_head(struct libs3_request *q, const S3BucketContext *b)
{
	lib.head(b, q->rq.key, NULL, &plain, q);
}

static void ask_del(struct libs3_request *q, const S3BucketContext *b)
{
	lib.del(b, q->rq.key, NULL, &plain, q);
}

static void ask_put(struct libs3_request *q, const S3BucketContext *b)
{
	const S3PutObjectHandler h = { plain, on_want };

	q->at = 0;
	lib.put(b, q->rq.key, q->len, NULL, NULL, &h, q);
}

static void ask_list(struct libs3_request *q, const S3BucketContext *b)
{
	const S3ListBucketHandler h = { plain, on_list };

	lib.list(b, q->out, q->marker, NULL, 1000, NULL, &h, q);
}

static void ask(struct libs3_request *q, enum libs3_verb verb,
		const S3BucketContext *b)
{
	switch (verb) {
	case LIBS3_GET:
		ask_get(q, b);
		break;
	case LIBS3_HEAD:
		ask_head(q, b);
		break;
	case LIBS3_PUT:
		ask_put(q, b);
		break;
	case LIBS3_DELETE:
		ask_del(q, b);
		break;
	case LIBS3_LIST:
		ask_list(q, b);
		break;
	}
}

int libs3_run(struct libs3_request *q, enum libs3_verb verb,
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
		ask(q, verb, &b);
		log_at(2, "libs3: %s %s: %s", q->verb,
		       q->rq.key ? q->rq.key : "", lib.status_name(q->status));
		if (nth == TRIES || !is_passing(q->status))
			break;
		r = wait_some(q, nth, err);
	}
	return r;
}

int libs3_done(struct libs3_request *q, int r, struct dver_err *err)
{
	return r < 0 || q->status == S3StatusOK ? r : tell(q, err);
}
