/*
 * azure_send - a request is signed anew for each try: by then the token or the
 * clock may have turned out to be another.
 */
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/http_date.h"
#include "net/url.h"
#include "remotes/azure.h"

#define URL_BYTES 65536
#define BODY_BYTES (64u << 20)	/* of a page of a listing */
#define SKEW_MIN 300		/* seconds that are worth learning */

struct exchange {
	struct azure *a;
	struct azure_rq *rq;
	struct http_call call;
	char *what;		/* owned */
	struct buf url;
	bool learned;		/* the clock; once */
	bool renewed;		/* the token; once */
};

void azure_rq_release(struct azure_rq *rq)
{
	strvec_release(&rq->headers);
}

static void exchange_release(struct exchange *x)
{
	http_request_release(&x->call.rq);
	buf_release(&x->url);
	free(x->what);
}
#define AUTO_EXCHANGE __attribute__((cleanup(exchange_release)))

static int write_url(struct exchange *x, struct dver_err *err)
{
	const struct azure_config *c = &x->a->c;
	const struct azure_rq *rq = x->rq;
	char mark = '?';

	buf_addf(&x->url, "%s/", c->endpoint);
	url_escape(&x->url, c->container, "");
	if (rq->key) {
		buf_addc(&x->url, '/');
		url_escape(&x->url, c->prefix, "/");
		url_escape(&x->url, rq->key, "/");
	}
	if (rq->query) {
		buf_addf(&x->url, "?%s", rq->query);
		mark = '&';
	}
	if (c->sas && !c->key && !c->anonymous)
		buf_addf(&x->url, "%c%s", mark, c->sas);
	x->call.rq.url = x->url.data;
	return buf_check(&x->url, err);
}

static int authorize(struct exchange *x, struct http_request *to,
		     int64_t now, struct dver_err *err)
{
	const struct azure_config *c = &x->a->c;
	struct azure_key key = { c->account, c->key, c->key_len };
	AUTO_BUF struct buf value = BUF_INIT(65536);
	int r;

	if (c->anonymous)
		return 0;
	if (c->key)
		return azure_sign(to, &key, err);
	if (c->sas)
		return 0;
	r = azure_token_get(x->a->token, &value, now, err);
	if (r == 0)
		r = http_header_add(to, "Authorization", value.data, err);
	if (value.len)
		explicit_bzero(value.data, value.len);
	return r;
}

static int prepare(void *data, struct http_request *to, struct dver_err *err)
{
	struct exchange *x = data;
	const struct azure_rq *rq = x->rq;
	int64_t now = (int64_t)time(NULL) + x->a->skew;
	char date[HTTP_DATE_SIZE];
	int r = 0;

	strvec_clear(&to->headers);
	for (size_t i = 0; i < rq->headers.n; i++)
		if (!strvec_push(&to->headers, rq->headers.v[i]))
			return err_nomem(err);
	http_date_format(date, now);
	r = http_header_add(to, "x-ms-date", date, err);
	if (r == 0)
		r = http_header_add(to, "x-ms-version", AZURE_VERSION, err);
	if (r == 0)
		r = authorize(x, to, now, err);
	return r < 0 ? err_wrap(err, "%s", x->what) : 0;
}

/* Did the server refuse what our clock said? */
static bool learn_time(struct exchange *x, const struct http_reply *reply)
{
	int64_t ours = (int64_t)time(NULL);
	int64_t theirs = http_reply_date(reply, "date", ours);
	int64_t skew = theirs - ours;
	int64_t apart = skew - x->a->skew;

	if (x->learned || !x->a->c.key || reply->status != 403 ||
	    (apart < SKEW_MIN && -apart < SKEW_MIN))
		return false;
	x->learned = true;
	x->a->skew = skew;
	return true;
}

static int judge(void *data, struct http_reply *reply, struct dver_err *err)
{
	struct exchange *x = data;
	const struct azure_config *c = &x->a->c;

	if (reply->status / 100 == 2 || reply->status == x->rq->fine)
		return 0;
	if (reply->status == 401 && !c->key && !c->sas && !c->anonymous &&
	    !x->renewed) {
		x->renewed = true;
		azure_token_drop(x->a->token);
		return 1;
	}
	if (learn_time(x, reply))
		return 1;
	return azure_error(x->a, x->rq, x->what, reply, err);
}

int azure_send(struct azure *a, struct azure_rq *rq, struct http_reply *reply,
	       struct dver_err *err)
{
	AUTO_EXCHANGE struct exchange x = { .a = a, .rq = rq,
					    .url = BUF_INIT(URL_BYTES) };
	int r;

	x.what = str_printf("%s 'azure://%s%s%s%s'", rq->verb,
			    a->c.container, rq->key ? "/" : "",
			    rq->key ? a->c.prefix : "",
			    rq->key ? rq->key : "");
	if (!x.what)
		return err_nomem(err);
	x.call = (struct http_call){
		.rq = { .method = rq->method, .data = rq->data,
			.path = rq->path, .off = rq->off, .len = rq->len,
			.out = rq->out, .out_len = rq->out_len,
			.body_max = BODY_BYTES },
		.prepare = prepare, .judge = judge, .data = &x,
		.what = x.what,
	};
	r = write_url(&x, err);
	return r < 0 ? r : http_call(a->http, &x.call, reply, err);
}
