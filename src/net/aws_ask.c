/*
 * aws_ask - one request to a small service.  An engine each time: there are
 * few, and their time-outs differ.
 */
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "net/aws_sources.h"

#define TOKEN_BYTES (1u << 20)

/* Whoever asked knows what the answer means; but being throttled is a 400. */
static int take_all(void *data, struct http_reply *reply, struct dver_err *err)
{
	(void)data;
	(void)err;
	return reply->status == 400 && strstr(reply->body.data, "Throttl")
	       ? 1 : 0;
}

static int call(const struct aws_world *w, const struct aws_ask *a,
		struct http *h, const struct http_request *rq,
		struct http_reply *reply, struct dver_err *err)
{
	struct http_call c = { .rq = *rq, .judge = take_all, .what = a->what };
	int r;

	(void)w;
	if (a->far)
		return http_call(h, &c, reply, err);
	r = http_send(h, rq, reply, err);
	if (r < 0)
		(void)err_wrap(err, "%s", a->what);
	return r;
}

int aws_ask(const struct aws_world *w, const struct aws_ask *a,
	    struct http_request *rq, struct http_reply *reply,
	    struct dver_err *err)
{
	const struct aws_credentials_opts *o = w->opts;
	struct http_opts opts = {
		.ca_file = o->ca_file, .cancel = o->cancel,
		.proxy = a->far ? o->proxy : "", .max_requests = 1,
		.connect_timeout = a->timeout, .stall_timeout = a->timeout,
	};
	AUTO_HTTP struct http *h = NULL;
	int r = http_new(&h, &opts, err);

	if (r < 0)
		return r;
	rq->method = a->method;
	rq->url = a->url;
	rq->data = a->body;
	rq->len = a->body ? strlen(a->body) : 0;
	return call(w, a, h, rq, reply, err);
}

int aws_refused(const char *what, const struct http_reply *reply,
		const char *words, struct dver_err *err)
{
	int code = reply->status == 400 || reply->status == 401 ||
		   reply->status == 403 ? DVER_EAUTH : DVER_EREMOTE;
	AUTO_BUF struct buf b = BUF_INIT(1000);

	if (words)
		http_words(&b, words, strlen(words));
	else
		http_words(&b, reply->body.data, reply->body.len);
	return err_set(err, code, "%s: the answer is %d%s%s", what,
		       reply->status, b.len ? ": " : "", b.data);
}

int aws_read_token(struct buf *out, const char *path, struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	size_t len, start = 0;
	int r = os_slurp(&text, &len, path, TOKEN_BYTES, err);

	if (r < 0)
		return r;
	while (start < len && (unsigned char)text[start] <= ' ')
		start++;
	while (len > start && (unsigned char)text[len - 1] <= ' ')
		len--;
	buf_add(out, text + start, len - start);
	explicit_bzero(text, len);
	return buf_check(out, err);
}
