/*
 * web - values over HTTP: what every web server does.
 */
#include <stdio.h>

#include "base/err.h"
#include "base/os.h"
#include "remotes/web.h"

/* Where the bytes of an answer go; the server may send more than was asked. */
struct getting {
	const struct http_reply *reply;
	uint64_t off;		/* asked for */
	uint64_t skip;		/* bytes that come before it */
	char *out;
	size_t len, got;
	bool started;
};

/* A server that does not know ranges sends all: 200 instead of 206. */
static int start_body(struct getting *g, struct dver_err *err)
{
	const char *range = http_reply_header(g->reply, "content-range");
	unsigned long long from = 0;

	g->started = true;
	g->skip = g->off;
	if (g->reply->status != 206)
		return 0;
	if (!range || sscanf(range, "bytes %llu-", &from) != 1 ||
	    from != g->off)
		return err_set(err, DVER_EREMOTE, "the server sends another "
			       "part than was asked for");
	g->skip = 0;
	return 0;
}

static int take_body(void *data, const void *bytes, size_t len,
		     struct dver_err *err)
{
	struct getting *g = data;
	const char *p = bytes;
	size_t n;
	int r = g->started ? 0 : start_body(g, err);

	if (r < 0)
		return r;
	n = (size_t)MIN((uint64_t)len, g->skip);
	g->skip -= n;
	p += n;
	n = MIN(len - n, g->len - g->got);
	memcpy(g->out + g->got, p, n);
	g->got += n;
	/* The rest of a long answer is not waited for. */
	if (g->got == g->len && g->reply->status != 206)
		return err_set(err, DVER_ECONFLICT, "enough");
	return 0;
}

static void get_again(void *data)
{
	struct getting *g = data;

	g->got = 0;
	g->started = false;
}

int web_size(struct web *w, const char *key, uint64_t *size,
	     struct dver_err *err)
{
	AUTO_WEB_RQ struct web_rq rq = { .method = "HEAD", .key = key,
					 .what = "cannot read" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int64_t n;
	int r;

	http_reply_init(&reply);
	r = web_send(w, &rq, NULL, &reply, err);
	if (r < 0)
		return r;
	n = http_reply_number(&reply, "content-length", -1);
	if (n < 0)
		return err_set(err, DVER_EREMOTE, "the server does not say "
			       "how long '%s/%s' is", w->t.url, key);
	*size = (uint64_t)n;
	return 0;
}

int web_get(struct transport *t, const char *key, uint64_t off, void *out,
	    size_t len, size_t *got, struct dver_err *err)
{
	static const int beyond[] = { 416, 0 };
	struct web *w = (struct web *)t;
	AUTO_WEB_RQ struct web_rq rq = { .method = "GET", .key = key,
					 .what = "cannot read" };
	AUTO_HTTP_REPLY struct http_reply reply;
	struct getting g = { &reply, off, 0, out, len, 0, false };
	AUTO_FREE char *range = NULL;
	uint64_t size;
	int r;

	http_reply_init(&reply);
	*got = 0;
	if (len == 0)
		return web_size(w, key, &size, err);
	range = str_printf("Range: bytes=%llu-%llu", (unsigned long long)off,
			   (unsigned long long)(off + len - 1));
	if (!range || !strvec_take(&rq.call.rq.headers, &range))
		return err_nomem(err);
	rq.call.rq.sink = take_body;
	rq.call.rq.sink_data = &g;
	rq.rewind = get_again;
	rq.data = &g;
	r = web_send(w, &rq, beyond, &reply, err);
	if (r == DVER_ECONFLICT && g.got == len)
		r = 0;
	*got = r == 0 && reply.status != 416 ? g.got : 0;
	return r;
}

void web_consumed(const struct transport_src *src)
{
	if (!src->data && src->consume)
		(void)os_unlink(src->path);
}

/* A file that was cut off since it was written must not be published. */
static int check_file(const struct transport_src *src, struct dver_err *err)
{
	struct os_stat st;

	if (src->data)
		return 0;
	if (os_stat(src->path, &st, false) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	if (st.size == src->len)
		return 0;
	return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
		       src->path, (unsigned long long)st.size, src->len);
}

/* A request for a folder; 1: what is above it is not there. */
static int mkcol(struct web *w, const char *url, const char *key,
		 struct dver_err *err)
{
	/* 405: it is there; 301, 302: so it is, under another name. */
	static const int fine[] = { 301, 302, 404, 405, 409, 0 };
	AUTO_WEB_RQ struct web_rq rq = { .method = "MKCOL", .key = key,
					 .url = url,
					 .what = "cannot make the folder of" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	r = web_send(w, &rq, fine, &reply, err);
	if (r < 0)
		return r;
	return reply.status == 409 || reply.status == 404;
}

/* The folder of a URL and all above it; `end` is behind its last slash. */
static int make_url(struct web *w, const char *url, size_t end,
		    const char *key, struct dver_err *err)
{
	AUTO_FREE char *folder = str_ndup(url, end);
	size_t host = (size_t)(strstr(url, "://") + 3 - url);
	size_t up = end - 1;
	int r = folder ? mkcol(w, folder, key, err) : err_nomem(err);

	if (r <= 0)
		return r;
	host += strcspn(url + host, "/") + 1;
	while (up > host && url[up - 1] != '/')
		up--;
	/* Another may make the same ones: what counts is the last answer. */
	if (up > host)
		(void)make_url(w, url, up, key, NULL);
	r = mkcol(w, folder, key, err);
	if (r > 0)
		return err_set(err, DVER_EREMOTE, "cannot make the folder of "
			       "'%s/%s': there is nothing above it that the "
			       "server knows", w->t.url, key);
	return r;
}

/* All folders that the key lies in. */
int web_make_folders(struct web *w, const char *key, struct dver_err *err)
{
	AUTO_FREE char *url = web_url(w, key);

	if (!url)
		return err_nomem(err);
	return make_url(w, url, (size_t)(strrchr(url, '/') + 1 - url), key,
			err);
}

static int upload(struct web *w, const char *key, const char *method,
		  const struct transport_src *src, const int *fine,
		  int *status, struct dver_err *err)
{
	AUTO_WEB_RQ struct web_rq rq = { .method = method, .key = key,
					 .what = "cannot write" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r = 0;

	http_reply_init(&reply);
	if (!strvec_push(&rq.call.rq.headers, "Content-Type: "
			 "application/octet-stream"))
		r = err_nomem(err);
	rq.call.rq.data = src->data;
	rq.call.rq.path = src->data ? NULL : src->path;
	rq.call.rq.len = src->len;
	if (r == 0)
		r = web_send(w, &rq, fine, &reply, err);
	*status = reply.status;
	return r;
}

int web_upload(struct web *w, const char *key, const char *method,
	       const struct transport_src *src, struct dver_err *err)
{
	/* Maybe for want of the folder: 409, or with lighttpd also 500. */
	static const int fine[] = { 403, 404, 409, 500, 0 };
	int status;
	int r = check_file(src, err);

	if (r == 0)
		r = upload(w, key, method, src, fine, &status, err);
	if (r < 0 || status < 300)
		return r;
	(void)web_make_folders(w, key, NULL);
	return upload(w, key, method, src, NULL, &status, err);
}

int web_is_there(struct web *w, const char *key, uint64_t size,
		 struct dver_err *err)
{
	uint64_t there = 0;
	int r = web_size(w, key, &there, err);

	if (r == DVER_ENOTFOUND)
		return 0;
	return r < 0 ? r : there == size;
}

int web_del(struct transport *t, const char *key, struct dver_err *err)
{
	static const int gone[] = { 404, 410, 0 };
	struct web *w = (struct web *)t;
	AUTO_WEB_RQ struct web_rq rq = { .method = "DELETE", .key = key,
					 .what = "cannot delete" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r = web_check_key(key, err);

	http_reply_init(&reply);
	return r < 0 ? r : web_send(w, &rq, gone, &reply, err);
}
