/*
 * http_message - requests and replies as data: headers, words, meaning.
 */
#include <errno.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/http.h"
#include "net/http_date.h"

#define WORDS_MAX 200

void http_request_release(struct http_request *rq)
{
	strvec_release(&rq->headers);
}

/* RFC 9110 section 5.6.2: what a header's name is made of. */
static bool is_token(const char *s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	const char *p = s;

	for (; *p; p++)
		if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= 'a' && *p <= 'z') || strchr(marks, *p)))
			return false;
	return p > s;
}

int http_header_add(struct http_request *rq, const char *name,
		    const char *value, struct dver_err *err)
{
	AUTO_FREE char *line = NULL;

	if (!is_token(name))
		return err_set(err, DVER_EINVAL, "'%.100s' cannot be the name "
			       "of a header", name);
	/* The value may be a secret: it is not told. */
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < 0x20 && *p != '\t')
			return err_set(err, DVER_EINVAL, "the value of header "
				       "'%s' has a line break or another "
				       "control character", name);
	line = str_printf("%s: %s", name, value);
	return line && strvec_take(&rq->headers, &line) ? 0 : err_nomem(err);
}

void http_reply_init(struct http_reply *r)
{
	*r = (struct http_reply){ .headers = STRVEC_INIT };
	buf_init(&r->body, SIZE_MAX / 4);
}

void http_reply_release(struct http_reply *r)
{
	strvec_release(&r->headers);
	buf_release(&r->body);
}

const char *http_reply_header(const struct http_reply *r, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < r->headers.n; i++) {
		const char *line = r->headers.v[i];

		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line[len + 1] ? line + len + 2 : "";
	}
	return NULL;
}

int64_t http_reply_number(const struct http_reply *r, const char *name,
			  int64_t otherwise)
{
	const char *text = http_reply_header(r, name);
	long long v;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return otherwise;
	errno = 0;
	v = strtoll(text, &end, 10);
	return errno || *end ? otherwise : v;
}

int64_t http_reply_date(const struct http_reply *r, const char *name,
			int64_t otherwise)
{
	const char *text = http_reply_header(r, name);
	int64_t when;

	return text && http_date_parse(&when, text) ? when : otherwise;
}

/* The control characters of ISO 8859 in UTF-8: some terminals obey them. */
static bool is_c1(const char *p, size_t left)
{
	return left > 1 && (unsigned char)p[0] == 0xc2 &&
	       ((unsigned char)p[1] & 0xe0) == 0x80;
}

void http_words(struct buf *out, const char *words, size_t len)
{
	bool utf8 = utf8_valid(words, len), gap = false;
	size_t start = out->len;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)words[i];

		if (c <= ' ' || c == 0x7f || is_c1(words + i, len - i)) {
			i += c >= 0x80;
			gap = out->len > start;
			continue;
		}
		if (out->len - start >= WORDS_MAX && (c & 0xc0) != 0x80) {
			buf_addstr(out, "...");
			break;
		}
		if (gap)
			buf_addc(out, ' ');
		gap = false;
		buf_addc(out, c >= 0x80 && !utf8 ? '?' : c);
	}
}

static const struct { int status; const char *name; } names[] = {
	{ 400, "Bad Request" }, { 401, "Unauthorized" },
	{ 402, "Payment Required" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" }, { 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
	{ 411, "Length Required" }, { 412, "Precondition Failed" },
	{ 413, "Content Too Large" }, { 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" }, { 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" }, { 421, "Misdirected Request" },
	{ 423, "Locked" }, { 424, "Failed Dependency" },
	{ 429, "Too Many Requests" }, { 500, "Internal Server Error" },
	{ 501, "Not Implemented" }, { 502, "Bad Gateway" },
	{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	{ 507, "Insufficient Storage" }, { 300, "Multiple Choices" },
	{ 301, "Moved Permanently" }, { 302, "Found" }, { 303, "See Other" },
	{ 304, "Not Modified" }, { 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
};

static int code_of(int status)
{
	switch (status) {
	case 401: case 403: case 407:
		return DVER_EAUTH;
	case 404: case 410:
		return DVER_ENOTFOUND;
	case 408: case 429: case 500: case 502: case 503: case 504:
		return DVER_ENET;
	}
	return DVER_EREMOTE;
}

static void add_body(struct buf *out, const struct http_reply *r)
{
	const char *type = http_reply_header(r, "content-type");

	if (!type || strncasecmp(type, "text/plain", 10) != 0 ||
	    r->body.len == 0)
		return;
	buf_addstr(out, ": ");
	http_words(out, r->body.data, r->body.len);
}

int http_reply_error(const struct http_reply *r, const char *what,
		     struct dver_err *err)
{
	AUTO_BUF struct buf words = BUF_INIT(1000);

	buf_addf(&words, "%d", r->status);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].status == r->status)
			buf_addf(&words, " %s", names[i].name);
	if (r->moved)
		buf_addstr(&words, " (by a host that was redirected to, which "
			   "gets no credentials)");
	add_body(&words, r);
	return err_set(err, code_of(r->status), "%s%s%s", what ? what : "",
		       what ? ": " : "", words.data);
}
