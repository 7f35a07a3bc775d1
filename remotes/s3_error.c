/*
 * s3_error - what a server means: its code and words as they are, and what to
 * look at.  Some send an empty message, some no body, and what is between may
 * send a web page instead.
 */
#include "remotes/s3.h"

#include <stdio.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/xml.h"

static void keep(char *to, size_t size, const struct xml_node *node)
{
	if (!*to)
		(void)snprintf(to, size, "%.*s", (int)node->len, node->text);
}

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	struct s3_error *e = data;

	(void)err;
	if (streq(node->path, "Error/Code"))
		keep(e->code, sizeof(e->code), node);
	else if (streq(node->path, "Error/Message"))
		keep(e->message, sizeof(e->message), node);
	else if (streq(node->path, "Error/Region"))
		keep(e->region, sizeof(e->region), node);
	return 0;
}

static bool is_page(const struct http_reply *reply)
{
	const char *type = http_reply_header(reply, "content-type");
	const char *p = reply->body.data;

	p += strspn(p, " \t\r\n");
	return strncasecmp(p, "<!doctype html", 14) == 0 ||
	       strncasecmp(p, "<html", 5) == 0 ||
	       (type && strncasecmp(type, "text/html", 9) == 0);
}

void s3_error_read(struct s3_error *e, const struct http_reply *reply)
{
	const char *region = http_reply_header(reply, "x-amz-bucket-region");
	struct dver_err why;

	*e = (struct s3_error){ .is_page = is_page(reply) };
	if (region)
		(void)snprintf(e->region, sizeof(e->region), "%s", region);
	/* What is no XML has no code: then the status has to do. */
	if (!e->is_page && reply->body.len)
		(void)xml_parse("error", reply->body.data, reply->body.len,
				NULL, on_end, e, &why);
}

/* What a code means here; the first row that fits. */
static const struct meaning {
	const char *code;	/* NULL: any */
	int status;		/* 0: any */
	int is;
	const char *hint;	/* NULL: nothing to add */
} meanings[] = {
	{ "NoSuchKey", 0, DVER_ENOTFOUND, NULL },
	{ "NoSuchVersion", 0, DVER_ENOTFOUND, NULL },
	{ "NoSuchUpload", 0, DVER_ENOTFOUND, NULL },
	{ "NoSuchBucket", 0, DVER_EREMOTE,
	  "there is no such bucket there: check url, endpointurl and region, "
	  "or make it" },
	{ "SignatureDoesNotMatch", 0, DVER_EAUTH,
	  "check secret_access_key" },
	{ "InvalidAccessKeyId", 0, DVER_EAUTH, "check access_key_id" },
	{ "InvalidToken", 0, DVER_EAUTH, "check session_token" },
	{ "ExpiredToken", 0, DVER_EAUTH, "log in again" },
	{ "RequestTimeTooSkewed", 0, DVER_EAUTH,
	  "check the clocks of this machine and the server" },
	{ "RequestExpired", 0, DVER_EAUTH,
	  "check the clocks of this machine and the server" },
	{ "AuthorizationHeaderMalformed", 0, DVER_EAUTH, "check region" },
	{ "AllAccessDisabled", 0, DVER_EAUTH, NULL },
	{ "AccountProblem", 0, DVER_EAUTH, NULL },
	{ "UserSuspended", 0, DVER_EAUTH, "this user is suspended" },
	{ "QuotaExceeded", 0, DVER_EREMOTE,
	  "the quota of the user or the bucket is used up" },
	{ "InvalidObjectState", 0, DVER_EREMOTE,
	  "it is archived: restore it first" },
	{ "PermanentRedirect", 0, DVER_EREMOTE,
	  "the bucket is elsewhere: check region and endpointurl" },
	{ "IllegalLocationConstraintException", 0, DVER_EREMOTE,
	  "check region" },
	{ "NotImplemented", 0, DVER_EUNSUPPORTED,
	  "this server cannot do that" },
	{ "InvalidStorageClass", 0, DVER_EINVAL, "check storage_class" },
	{ "SlowDown", 0, DVER_ENET, "the server is overloaded: try later or "
	  "with fewer --jobs" },
	{ NULL, 404, DVER_ENOTFOUND, NULL },
	{ NULL, 401, DVER_EAUTH, "check the credentials" },
	{ NULL, 403, DVER_EAUTH, NULL },
	{ NULL, 407, DVER_EAUTH, "the proxy wants a password" },
	{ NULL, 429, DVER_ENET, "the server is overloaded" },
	{ NULL, 500, DVER_ENET, NULL },
	{ NULL, 502, DVER_ENET, NULL },
	{ NULL, 503, DVER_ENET, NULL },
	{ NULL, 504, DVER_ENET, NULL },
	{ NULL, 507, DVER_EREMOTE, "the server's disk is full" },
	{ NULL, 0, DVER_EREMOTE, NULL },
};

static const struct meaning *meaning(const struct s3_error *e, int status)
{
	const struct meaning *m = meanings;

	while ((m->code && !streq(m->code, e->code)) ||
	       (m->status && m->status != status))
		m++;
	return m;
}

/* 403 says less than it seems to. */
static const char *denied(const struct s3 *s, const struct s3_rq *rq)
{
	bool reads = streq(rq->method, "GET") || streq(rq->method, "HEAD");

	if (s->c.anonymous)
		return "it is not public: unset allow_anonymous_login and give "
		       "credentials";
	if (!reads)
		return "these credentials may not write there";
	return rq->key ? "these credentials may not read it, or it is not "
			 "there and they may not list the bucket"
		       : "these credentials may not list the bucket";
}

/* Words of the server, as far as it has some. */
static void add_words(struct buf *b, const struct http_reply *reply,
		      const struct s3_error *e)
{
	if (e->is_page) {
		buf_addf(b, "%d and a web page, which no S3 server sends: "
			 "check endpointurl and the proxy", reply->status);
		return;
	}
	/* libs3 gives the code alone. */
	if (*e->code && reply->status)
		buf_addf(b, "%d ", reply->status);
	if (*e->code)
		buf_addstr(b, e->code);
	else
		buf_addf(b, "the answer is %d", reply->status);
	if (*e->message) {
		buf_addstr(b, ": ");
		http_words(b, e->message, strlen(e->message));
	} else if (!*e->code && reply->body.len) {
		buf_addstr(b, ": ");
		http_words(b, reply->body.data, reply->body.len);
	}
}

int s3_error_tell(const struct s3 *s, const struct s3_rq *rq, const char *what,
		  const struct http_reply *reply, const struct s3_error *e,
		  struct dver_err *err)
{
	const struct meaning *m = meaning(e, reply->status);
	AUTO_BUF struct buf words = BUF_INIT(2000);
	const char *hint = m->hint;

	if (reply->status == 403 && !hint)
		hint = denied(s, rq);
	if (e->is_page)
		hint = NULL;
	add_words(&words, reply, e);
	return err_set(err, m->is, "%s%s%s: %s%s%s%s", what,
		       s->c.base ? " at " : "", s->c.base ? s->c.base : "",
		       words.data, hint ? " (" : "", hint ? hint : "",
		       hint ? ")" : "");
}
