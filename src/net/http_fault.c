/*
 * http_fault - what went wrong when no answer came, in words a person can act
 * on, and whether another try may help.
 */
#include <curl/curl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/http_engine.h"
#include "net/url.h"

/* "host" or "host:port" of what was talked to. */
static void peer(struct buf *out, const struct transfer *t)
{
	struct url u;

	if (url_cut(&u, t->url, NULL) < 0)
		return;
	buf_add(out, u.host.at, u.host.len);
	if (u.port.len > 0) {
		buf_addc(out, ':');
		buf_add(out, u.port.at, u.port.len);
	}
}

static long info(const struct transfer *t, CURLINFO what)
{
	long v = 0;

	(void)curl_easy_getinfo(t->easy, what, &v);
	return v;
}

/* curl's words, or its name of the error. */
static const char *words(const struct transfer *t)
{
	return *t->words ? t->words : curl_easy_strerror((CURLcode)t->code);
}

/* OpenSSL's X509_V_ERR_*, x509_vfy.h. */
static const char *distrust(long verify)
{
	switch (verify) {
	case 9:
		return "it is not valid yet (or the clock here is wrong)";
	case 10:
		return "it has expired (or the clock here is wrong)";
	case 18:
	case 19:
		return "it is self-signed: name its CA's file with ssl_verify";
	case 20:
	case 21:
		return "its CA is not known here: name the CA's file with "
		       "ssl_verify";
	case 23:
		return "it was revoked";
	}
	return NULL;
}

static int distrusted(struct transfer *t, const char *host,
		      struct dver_err *err)
{
	const char *why = distrust(info(t, CURLINFO_SSL_VERIFYRESULT));

	if (!why && strstr(words(t), "subject name"))
		why = "it was made for another host name";
	return err_set(err, DVER_EAUTH, "the certificate of '%s' is not to be "
		       "trusted: %s", host, why ? why : words(t));
}

static int no_connection(struct transfer *t, const char *host,
			 struct dver_err *err)
{
	long number = info(t, CURLINFO_OS_ERRNO);

	if (number == 0)
		return err_set(err, DVER_ENET, "cannot connect to '%s'", host);
	return err_set(err, DVER_ENET, "cannot connect to '%s': %s", host,
		       strerror((int)number));
}

static int timed_out(struct transfer *t, const char *host,
		     struct dver_err *err)
{
	const struct http_opts *o = &t->h->opts;

	if (t->stalled)
		return err_set(err, DVER_ENET, "'%s' stalls: next to nothing "
			       "came or went for %ld seconds", host,
			       o->stall_timeout);
	t->stalled = true;
	return err_set(err, DVER_ENET, "cannot connect to '%s' within %ld "
		       "seconds", host, o->connect_timeout);
}

/* The files of the options; no other try makes them better. */
static int bad_file(const struct transfer *t, struct dver_err *err)
{
	const struct http_opts *o = &t->h->opts;

	if (t->code == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, DVER_EINVAL, "'%s' has no CA certificates "
			       "that can be read",
			       o->ca_file ? o->ca_file : "the system's file");
	return err_set(err, DVER_EINVAL, "client certificate '%s' or its key "
		       "'%s' is of no use: %s", o->cert ? o->cert : "",
		       o->key ? o->key : o->cert ? o->cert : "", words(t));
}

static int by_proxy(struct transfer *t, struct dver_err *err)
{
	long status = info(t, CURLINFO_HTTP_CONNECTCODE);

	t->reply->again = status == 0 || status >= 500;
	if (status == 0)
		return err_set(err, DVER_ENET, "the proxy: %s", words(t));
	return err_set(err, status == 407 ? DVER_EAUTH : DVER_ENET, "the proxy "
		       "answers %ld%s", status, status == 407
		       ? ": it wants a user and password" : "");
}

static int no_answer(struct transfer *t, const char *host,
		     struct dver_err *err)
{
	switch ((CURLcode)t->code) {
	case CURLE_OUT_OF_MEMORY:
		return err_nomem(err);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		/* The first is what HTTP/0.9 gets. */
		t->reply->again = true;
		return err_set(err, DVER_EREMOTE, "'%s' answers what is not "
			       "HTTP", host);
	case CURLE_URL_MALFORMAT:
		return err_set(err, DVER_EINVAL, "'%s': %s", host, words(t));
	case CURLE_PEER_FAILED_VERIFICATION:
		return distrusted(t, host, err);
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
		return bad_file(t, err);
	default:
		break;
	}
	t->reply->again = true;
	switch ((CURLcode)t->code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, DVER_ENET, "host '%s' is not found: check "
			       "the name and the network", host);
	case CURLE_COULDNT_CONNECT:
		return no_connection(t, host, err);
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return by_proxy(t, err);
	case CURLE_OPERATION_TIMEDOUT:
		return timed_out(t, host, err);
	case CURLE_PARTIAL_FILE:
		return err_set(err, DVER_ENET, "the answer of '%s' was cut "
			       "off", host);
	case CURLE_GOT_NOTHING:
		return err_set(err, DVER_ENET, "'%s' closed the connection "
			       "without an answer", host);
	case CURLE_SSL_CONNECT_ERROR:
		return err_set(err, DVER_ENET, "no TLS connection to '%s': %s",
			       host, words(t));
	default:
		if (info(t, CURLINFO_HTTP_CONNECTCODE) >= 300)
			return by_proxy(t, err);
		return err_set(err, DVER_ENET, "'%s' was cut off: %s", host,
			       words(t));
	}
}

/* curl may have let a short body pass: it is its length that counts. */
static int check_length(const struct transfer *t, const char *host,
			struct dver_err *err)
{
	const struct http_reply *r = t->reply;
	int64_t want = http_reply_number(r, "content-length", -1);
	bool good = r->status >= 200 && r->status < 300;
	size_t got = good && (t->rq->out || t->rq->sink) ? r->got : r->body.len;

	if (want < 0 || t->enough || streq(t->rq->method, "HEAD") ||
	    r->status == 204 || r->status == 304 || got == (uint64_t)want)
		return 0;
	t->reply->again = true;
	return err_set(err, DVER_ENET, "the answer of '%s' was cut off", host);
}

/* The server had closed a connection that was kept, before it answered. */
static bool is_late(const struct transfer *t)
{
	return (t->code == CURLE_RECV_ERROR || t->code == CURLE_SEND_ERROR) &&
	       t->reply->status == 0 && info(t, CURLINFO_NUM_CONNECTS) == 0;
}

int http_easy_result(struct transfer *t, struct dver_err *err)
{
	AUTO_BUF struct buf host = BUF_PATH;

	peer(&host, t);
	t->late = is_late(t);
	if (t->result < 0)
		return err_set(err, t->result, "%s", t->err.msg);
	if (t->stalled) {
		t->reply->again = true;
		return timed_out(t, host.data, err);
	}
	if (t->code == CURLE_OK)
		return check_length(t, host.data, err);
	if (t->code == CURLE_WRITE_ERROR && t->enough)
		return 0;
	return no_answer(t, host.data, err);
}
