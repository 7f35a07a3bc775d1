/*
 * web_send - requests for keys, and what the answers mean to a person.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "net/url.h"
#include "remotes/web.h"

char *web_url(const struct web *w, const char *key)
{
	AUTO_BUF struct buf b = BUF_PATH;

	buf_addstr(&b, w->base);
	url_escape(&b, key, "/");
	return buf_detach(&b);
}

void web_rq_release(struct web_rq *rq)
{
	http_request_release(&rq->call.rq);
}

/* What to do about a refusal, where it is not plain from the status. */
static const char *advice(const struct web *w, const struct http_reply *reply,
			  const char *method)
{
	bool reads = streq(method, "GET") || streq(method, "HEAD") ||
		     streq(method, "PROPFIND");

	switch (reply->status) {
	case 401:
		return w->credentials || w->generation > 0
		       ? " (user and password, or token, are wrong)"
		       : " (it wants a user and password, or a token: set "
			 "them with 'dver remote modify --local')";
	case 403:
		return reads ? "" : " (no right to write there)";
	case 405:
	case 501:
		return " (that server takes no changes over HTTP)";
	case 409:
		return streq(method, "PUT") ? " (the folder cannot be made "
					      "there)" : "";
	case 413:
		return " (too large for this server; nginx: "
		       "client_max_body_size)";
	case 415:
		return " (this server does not want files of this type)";
	case 507:
		return " (the server's disk or quota is full)";
	}
	return "";
}

struct judging {
	struct web *w;
	const struct web_rq *rq;
	const int *fine;
	const char *what;
};

static int judge(void *data, struct http_reply *reply, struct dver_err *err)
{
	const struct judging *j = data;
	int r;

	if (reply->status >= 200 && reply->status < 300)
		return 0;
	for (const int *f = j->fine; f && *f; f++)
		if (reply->status == *f)
			return 0;
	r = http_reply_error(reply, j->what, err);
	if (err) {
		size_t len = strlen(err->msg);

		(void)snprintf(err->msg + len, sizeof(err->msg) - len, "%s",
			       advice(j->w, reply, j->rq->method));
	}
	return r;
}

static int rewind_it(void *data, struct dver_err *err)
{
	const struct judging *j = data;

	(void)err;
	if (j->rq->rewind)
		j->rq->rewind(j->rq->data);
	return 0;
}

static int add_credentials(const struct web *w, struct http_request *rq,
			   struct dver_err *err)
{
	for (size_t i = 0; i < w->headers.n; i++)
		if (!strvec_push(&rq->headers, w->headers.v[i]))
			return err_nomem(err);
	return 0;
}

/* Send; and once more if a password is found that was not there before. */
static int send_as_wanted(struct web *w, struct web_rq *rq,
			  struct http_reply *reply, struct dver_err *err)
{
	struct dver_err own;
	int generation, r, l;

	do {
		struct http *h = web_engine(w, &generation);

		r = http_call(h, &rq->call, reply, err);
		w->now = http_reply_date(reply, "date", w->now);
		l = 0;
		if (r < 0 && reply->status == 401)
			l = web_login(w, generation, reply, &own);
		if (l > 0 && rq->rewind)
			rq->rewind(rq->data);
	} while (l > 0);
	if (reply->status != 0)
		web_login_done(w, generation, reply->status != 401);
	/* That nobody could be asked says less than what the server said. */
	if (l < 0 && l != DVER_EAUTH)
		return err_set(err, l, "%s", own.msg);
	return r;
}

int web_send(struct web *w, struct web_rq *rq, const int *fine,
	     struct http_reply *reply, struct dver_err *err)
{
	AUTO_FREE char *url = rq->url ? strdup(rq->url) : web_url(w, rq->key);
	AUTO_FREE char *what = str_printf("%s '%s%s%s'", rq->what, w->t.url,
					  *rq->key ? "/" : "", rq->key);
	struct judging j = { w, rq, fine, what };
	int r = url && what ? add_credentials(w, &rq->call.rq, err)
			    : err_nomem(err);

	if (r < 0)
		return r;
	rq->call.rq.method = rq->method;
	rq->call.rq.url = url;
	rq->call.rq.follow = true;
	rq->call.what = what;
	rq->call.settled = fine;
	rq->call.judge = judge;
	rq->call.rewind = rewind_it;
	rq->call.data = &j;
	return send_as_wanted(w, rq, reply, err);
}

int web_check_key(const char *key, struct dver_err *err)
{
	AUTO_BUF struct buf shown = BUF_PATH;

	path_quote(&shown, key);
	for (const char *p = key; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(err, DVER_EINVAL, "%s has a control "
				       "character: no URL can have it",
				       shown.data);
	return 0;
}
