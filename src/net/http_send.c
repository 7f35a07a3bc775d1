/*
 * http_send - one try: an exchange, and one more for each redirect.
 *
 * Redirects are followed here, not by curl: it would take headers like
 * X-Api-Key along to another host.
 */
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/http_engine.h"
#include "net/url.h"

#define REDIRECTS_MAX 10

/* What a stranger may know of a request. */
static bool is_harmless(const char *line)
{
	static const char *const names[] = {
		"accept:", "content-type:", "depth:", "if-", "range:",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncasecmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static int handle_get(struct http *h, void **out, struct dver_err *err)
{
	pthread_mutex_lock(&h->mutex);
	*out = h->n_idle > 0 ? h->idle[--h->n_idle] : NULL;
	pthread_mutex_unlock(&h->mutex);
	return *out ? 0 : http_easy_new(out, h, err);
}

static void handle_put(struct http *h, void *easy)
{
	bool kept;

	pthread_mutex_lock(&h->mutex);
	kept = mem_grow(&h->idle, &h->cap_idle, h->n_idle + 1,
			sizeof(*h->idle));
	if (kept)
		h->idle[h->n_idle++] = easy;
	pthread_mutex_unlock(&h->mutex);
	if (!kept)
		http_easy_free(easy);
}

static void trace(const struct transfer *t, int64_t began, uint64_t in,
		  uint64_t out, int r, const struct dver_err *err)
{
	AUTO_BUF struct buf url = BUF_PATH;

	if (log_level() < 2)
		return;
	url_show(&url, t->url);
	log_at(2, "http: %s %s: %d%s%s, %llu bytes out, %llu in, %.3f s",
	       t->rq->method, url.data, t->reply->status, r < 0 ? ", " : "",
	       r < 0 ? err->msg : "", (unsigned long long)out,
	       (unsigned long long)in, (double)(http_now() - began) / 1e9);
}

/* What the answer says of how much the server can take. */
static void learn(struct http *h, const struct transfer *t, int r)
{
	int status = t->reply->status;
	bool slow = t->stalled || (r == 0 && (status == 429 || status == 503));

	if (r == 0)
		h->answered = true;
	if (r == 0 && t->expects && !t->was_asked && status < 300)
		h->no_expect = true;
	pthread_mutex_lock(&h->mutex);
	if (slow)
		http_limit_overload(&h->limit, t->started, http_now());
	else if (r == 0)
		http_limit_good(&h->limit);
	pthread_mutex_unlock(&h->mutex);
}

static void reply_clear(struct http_reply *reply)
{
	strvec_clear(&reply->headers);
	buf_clear(&reply->body);
	reply->status = 0;
	reply->got = 0;
	reply->again = false;
}

static int exchange_once(struct transfer *t, struct dver_err *err)
{
	struct http *h = t->h;
	int64_t began = http_now();
	struct dver_err own = { 0 };
	uint64_t in = 0, out = 0;
	int r;

	reply_clear(t->reply);
	r = handle_get(h, &t->easy, err);
	if (r < 0)
		return r;
	(void)pthread_cond_init(&t->wake, NULL);
	r = http_easy_setup(t, &own);
	if (r == 0)
		r = http_engine_run(h, t, &own);
	if (r == 0) {
		r = http_easy_result(t, &own);
		http_easy_count(t, &in, &out);
		h->tries++;
		h->bytes_in += in;
		h->bytes_out += out;
		learn(h, t, r);
	}
	trace(t, began, in, out, r, &own);
	http_easy_done(t);
	(void)pthread_cond_destroy(&t->wake);
	handle_put(h, t->easy);
	return r < 0 ? err_set(err, r, "%s", own.msg) : 0;
}

/*
 * One request, one answer.  curl goes on with a new connection when a kept one
 * turns out to be dead, but counts that up to five in the life of a handle.
 */
static int exchange(struct transfer *t, struct dver_err *err)
{
	struct transfer again = *t;
	struct dver_err first;
	int r = exchange_once(t, &first);

	if (r < 0 && t->late && cancel_check(t->h->opts.cancel, NULL) == 0) {
		*t = again;
		return exchange_once(t, err);
	}
	return r < 0 ? err_set(err, r, "%s", first.msg) : 0;
}

static bool is_redirect(const struct http_reply *reply, const char *method)
{
	switch (reply->status) {
	case 301: case 302: case 307: case 308:
		return true;
	case 303:
		return streq(method, "GET") || streq(method, "HEAD");
	}
	return false;
}

/* Not to a file, and not from TLS to none. */
static bool is_followed(const struct url *from, const struct url *to)
{
	return url_part_is(&to->scheme, "https") ||
	       (url_part_is(&to->scheme, "http") &&
		url_part_is(&from->scheme, "http"));
}

/* Where `from` is redirected to, and whether that is another's. */
static int next_url(char **out, bool *foreign, const char *from,
		    const char *location, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_PATH;
	AUTO_BUF struct buf plain = BUF_PATH;
	AUTO_BUF struct buf shown = BUF_INIT(1000);
	struct url a, u;

	int r = url_cut(&a, from, err);

	if (r == 0)
		r = url_resolve(&b, from, location, err);
	if (r < 0)
		return r;
	if (url_cut(&u, b.data, NULL) < 0 || !is_followed(&a, &u)) {
		url_show(&plain, location);
		http_words(&shown, plain.data, plain.len);
		return err_set(err, DVER_EREMOTE, "it is redirected to '%s', "
			       "which is not followed", shown.data);
	}
	*foreign |= !url_same_origin(&a, &u) || u.userinfo.len > 0;
	*out = buf_detach(&b);
	return *out ? 0 : err_nomem(err);
}

static int copy_harmless(struct strvec *out, const struct strvec *headers,
			 struct dver_err *err)
{
	for (size_t i = 0; i < headers->n; i++)
		if (is_harmless(headers->v[i]) &&
		    !strvec_push(out, headers->v[i]))
			return err_nomem(err);
	return 0;
}

static int follow(struct http *h, const struct http_request *rq,
		  struct http_reply *reply, struct dver_err *err)
{
	AUTO_HTTP_REQUEST struct http_request safe = { .headers = STRVEC_INIT };
	AUTO_FREE char *url = NULL;
	struct strvec headers;
	int r = copy_harmless(&safe.headers, &rq->headers, err);

	headers = safe.headers;
	safe = *rq;
	safe.headers = headers;
	for (int i = 0; r == 0; i++) {
		const char *location = http_reply_header(reply, "location");
		struct transfer t = { .h = h, .reply = reply, .fd = -1,
				      .socket = -1 };
		AUTO_FREE char *to = NULL;

		if (!is_redirect(reply, rq->method) || !location)
			return 0;
		if (i == REDIRECTS_MAX)
			return err_set(err, DVER_EREMOTE, "there are more "
				       "than %d redirects", REDIRECTS_MAX);
		r = next_url(&to, &reply->moved, url ? url : rq->url, location,
			     err);
		if (r < 0)
			break;
		free(url);
		url = TAKE(to);
		t.url = url;
		t.foreign = reply->moved;
		t.rq = t.foreign ? &safe : rq;
		r = exchange(&t, err);
	}
	return r;
}

int http_try(struct http *h, const struct http_request *rq,
	     struct http_reply *reply, struct dver_err *err)
{
	struct transfer t = { .h = h, .rq = rq, .reply = reply,
			      .url = rq->url, .fd = -1, .socket = -1 };
	int r = cancel_check(h->opts.cancel, err);

	reply->moved = false;
	if (r == 0)
		r = exchange(&t, err);
	if (r == 0 && rq->follow)
		r = follow(h, rq, reply, err);
	return r;
}

int http_send(struct http *h, const struct http_request *rq,
	      struct http_reply *reply, struct dver_err *err)
{
	h->requests++;
	return http_try(h, rq, reply, err);
}
