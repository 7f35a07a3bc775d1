/*
 * http_easy - one transfer as curl's easy handle: options and callbacks.
 *
 * A handle is made once, with the options of the engine, and used for many
 * transfers; what a transfer sets, every transfer sets, so that nothing of the
 * last one is left.  (curl_easy_reset() would also forget the server's nonce,
 * and a digest would cost two requests.)
 */
#include <curl/curl.h>
#include <errno.h>
#include <linux/sockios.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/os.h"
#include "net/http_engine.h"

#define HEADERS_MAX (256 << 10)
#define LARGE (1 << 20)		/* bodies that are worth a question first */

static bool opt_str(CURL *e, CURLoption o, const char *value)
{
	return curl_easy_setopt(e, o, value) == CURLE_OK;
}

static bool opt_long(CURL *e, CURLoption o, long value)
{
	return curl_easy_setopt(e, o, value) == CURLE_OK;
}

static bool opt_data(CURL *e, CURLoption o, void *value)
{
	return curl_easy_setopt(e, o, value) == CURLE_OK;
}

/* Our clock, for stalls: it stands still while max_rate holds us back. */
static void moved(struct transfer *t)
{
	t->active = http_now() - t->h->slept;
}

static size_t stop(struct transfer *t, int code, const char *why)
{
	t->result = err_set(&t->err, code, "%s", why);
	return 0;
}

/* Sockets that a child process does not get. */
static curl_socket_t open_socket(void *data, curlsocktype purpose,
				 struct curl_sockaddr *a)
{
	(void)data;
	(void)purpose;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* "HTTP/1.1 200 OK": of an answer on the way too, whose headers are dropped. */
static void take_status(struct transfer *t, const char *line, size_t len)
{
	const char *p = memchr(line, ' ', len);

	strvec_clear(&t->reply->headers);
	t->header_bytes = 0;
	t->reply->status = 0;
	for (p = p ? p + 1 : line + len; p < line + len; p++) {
		if (*p < '0' || *p > '9' || t->reply->status > 99)
			break;
		t->reply->status = t->reply->status * 10 + *p - '0';
	}
	t->was_asked |= t->reply->status == 100;
}

static bool keep_header(struct strvec *headers, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	AUTO_BUF struct buf b = BUF_INIT(HEADERS_MAX);
	AUTO_FREE char *kept = NULL;
	size_t at = colon ? (size_t)(colon - line) : len;

	if (!colon || memchr(line, '\0', len))
		return true;	/* the empty line at the end, or nonsense */
	for (size_t i = 0; i < at; i++)
		buf_addc(&b, line[i] >= 'A' && line[i] <= 'Z'
			     ? line[i] | 0x20 : line[i]);
	for (at++; at < len && (line[at] == ' ' || line[at] == '\t'); at++)
		;
	while (len > at && strchr(" \t\r\n", line[len - 1]))
		len--;
	buf_addstr(&b, ": ");
	buf_add(&b, line + at, len - at);
	kept = buf_detach(&b);
	return kept && strvec_take(headers, &kept);
}

static size_t on_header(char *line, size_t one, size_t len, void *data)
{
	struct transfer *t = data;

	(void)one;
	moved(t);
	if (len > 5 && strncasecmp(line, "HTTP/", 5) == 0)
		take_status(t, line, len);
	t->header_bytes += len;
	if (t->header_bytes > HEADERS_MAX)
		return stop(t, DVER_EREMOTE, "the server sends too many "
			    "headers");
	if (!keep_header(&t->reply->headers, line, len))
		return stop(t, DVER_ENOMEM, "out of memory");
	return len;
}

/* To the reply's own memory. */
static size_t keep_body(struct transfer *t, const void *bytes, size_t len,
			bool all)
{
	struct buf *body = &t->reply->body;
	size_t max = t->rq->body_max ? t->rq->body_max : 1 << 20;
	size_t n = MIN(len, max - MIN(body->len, max));

	buf_add(body, bytes, n);
	if (!buf_ok(body))
		return stop(t, DVER_ENOMEM, "out of memory");
	if (n == len)
		return len;
	if (all)
		return stop(t, DVER_EREMOTE, "the answer is longer than it "
			    "may be");
	t->enough = true;
	return 0;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *data)
{
	struct transfer *t = data;
	const struct http_request *rq = t->rq;
	struct http_reply *reply = t->reply;
	bool good = reply->status >= 200 && reply->status < 300;

	(void)one;
	moved(t);
	if (!http_throttle(t->h, &t->h->in, len))
		return stop(t, DVER_ECANCEL, "interrupted");
	if (!good || (!rq->out && !rq->sink))
		return keep_body(t, bytes, len, good);
	if (!rq->out) {
		t->result = rq->sink(rq->sink_data, bytes, len, &t->err);
		if (t->result < 0)
			return 0;
	} else if (len > rq->out_len - reply->got) {
		return stop(t, DVER_EREMOTE, "the answer is longer than what "
			    "was asked for");
	} else {
		memcpy((char *)rq->out + reply->got, bytes, len);
	}
	reply->got += len;
	return len;
}

static size_t on_read(char *to, size_t one, size_t max, void *data)
{
	struct transfer *t = data;
	const struct http_request *rq = t->rq;
	size_t n = MIN(max, rq->len - t->sent);
	ssize_t got = (ssize_t)n;

	(void)one;
	moved(t);
	if (rq->path)
		got = os_pread_full(t->fd, to, n, rq->off + t->sent);
	else if (n > 0)
		memcpy(to, (const char *)rq->data + t->sent, n);
	if (got < 0)
		t->result = err_sys(&t->err, "cannot read '%s'", rq->path);
	else if ((size_t)got < n)
		t->result = err_set(&t->err, DVER_EIO, "'%s' became shorter "
				    "while it was sent", rq->path);
	else if (!http_throttle(t->h, &t->h->out, n))
		(void)stop(t, DVER_ECANCEL, "interrupted");
	if (t->result < 0)
		return CURL_READFUNC_ABORT;
	t->sent += n;
	return n;
}

static int on_seek(void *data, curl_off_t off, int origin)
{
	struct transfer *t = data;

	if (origin != SEEK_SET || off < 0 || (uint64_t)off > t->rq->len)
		return CURL_SEEKFUNC_FAIL;
	t->sent = (uint64_t)off;
	return CURL_SEEKFUNC_OK;
}

static bool is_folder(const char *path)
{
	struct os_stat st;

	return os_stat(path, &st, false) == 0 && S_ISDIR(st.mode);
}

static bool trust(CURL *e, const struct http_opts *o)
{
	const char *ca = o->ca_file;
	bool ok = true;

	if (o->insecure)
		ok = opt_long(e, CURLOPT_SSL_VERIFYPEER, 0) &&
		     opt_long(e, CURLOPT_SSL_VERIFYHOST, 0);
	if (ca && is_folder(ca))
		ok &= opt_str(e, CURLOPT_CAPATH, ca) &&
		      opt_str(e, CURLOPT_CAINFO, NULL);
	else if (ca)
		ok &= opt_str(e, CURLOPT_CAINFO, ca) &&
		      opt_str(e, CURLOPT_CAPATH, NULL);
	return ok && (!o->cert || opt_str(e, CURLOPT_SSLCERT, o->cert)) &&
	       (!o->key || opt_str(e, CURLOPT_SSLKEY, o->key)) &&
	       opt_long(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
}

static bool callbacks(CURL *e)
{
	return !curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) &&
	       !curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) &&
	       !curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read) &&
	       !curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek) &&
	       !curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

int http_easy_new(void **out, const struct http *h, struct dver_err *err)
{
	const struct http_opts *o = &h->opts;
	const char *netrc = getenv("NETRC");
	CURL *e = curl_easy_init();
	bool ok;

	if (!e)
		return err_nomem(err);
	ok = opt_long(e, CURLOPT_NOSIGNAL, 1) &&
	     opt_str(e, CURLOPT_PROTOCOLS_STR, "http,https") &&
	     opt_long(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS) &&
	     opt_long(e, CURLOPT_BUFFERSIZE, 128 << 10) &&
	     opt_long(e, CURLOPT_CONNECTTIMEOUT, o->connect_timeout) &&
	     opt_long(e, CURLOPT_TCP_KEEPALIVE, 1) &&
	     opt_long(e, CURLOPT_PATH_AS_IS, 1) &&
	     /* A name server that is slow does not hold up an end. */
	     opt_long(e, CURLOPT_QUICK_EXIT, 1) &&
	     opt_long(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1) &&
	     opt_str(e, CURLOPT_USERAGENT, "dver") &&
	     (!o->proxy || opt_str(e, CURLOPT_PROXY, o->proxy)) &&
	     opt_long(e, CURLOPT_PROXYAUTH, (long)CURLAUTH_ANY) &&
	     opt_long(e, CURLOPT_NETRC, o->netrc ? CURL_NETRC_OPTIONAL
						 : CURL_NETRC_IGNORED) &&
	     (!netrc || opt_str(e, CURLOPT_NETRC_FILE, netrc)) &&
	     opt_long(e, CURLOPT_HTTPAUTH, (long)(o->digest ? CURLAUTH_DIGEST
							  : CURLAUTH_BASIC)) &&
	     trust(e, o) && callbacks(e);
	if (!ok) {
		curl_easy_cleanup(e);
		return err_nomem(err);
	}
	*out = e;
	return 0;
}

void http_easy_free(void *easy)
{
	curl_easy_cleanup(easy);
}

static bool add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	*list = longer ? longer : *list;
	return longer != NULL;
}

static bool list_headers(struct transfer *t)
{
	struct curl_slist *list = NULL;
	bool ok = true;

	for (size_t i = 0; i < t->rq->headers.n && ok; i++) {
		const char *line = t->rq->headers.v[i];
		const char *colon = strchr(line, ':');
		AUTO_FREE char *empty = NULL;

		/* "Name: " takes a header away; "Name;" sends it empty. */
		if (colon && colon[1 + strspn(colon + 1, " ")] == '\0')
			empty = str_printf("%.*s;", (int)(colon - line), line);
		ok = add_line(&list, empty ? empty : line);
	}
	t->expects = t->rq->len > LARGE && !t->h->no_expect;
	if (ok && !t->expects)
		ok = add_line(&list, "Expect:");
	t->headers = list;
	return ok;
}

static bool set_method(struct transfer *t)
{
	const char *m = t->rq->method;
	CURL *e = t->easy;
	bool upload = t->rq->len > 0 || streq(m, "PUT") || streq(m, "POST");
	bool ok = opt_long(e, CURLOPT_HTTPGET, 1);

	if (streq(m, "HEAD"))
		ok = ok && opt_long(e, CURLOPT_NOBODY, 1);
	if (upload)
		ok = ok && opt_long(e, CURLOPT_UPLOAD, 1) &&
		     opt_long(e, CURLOPT_UPLOAD_BUFFERSIZE,
			      t->rq->len > LARGE ? 256 << 10 : 64 << 10) &&
		     !curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
				       (curl_off_t)t->rq->len);
	return ok && opt_str(e, CURLOPT_CUSTOMREQUEST, m);
}

int http_easy_setup(struct transfer *t, struct dver_err *err)
{
	const struct http_opts *o = &t->h->opts;
	const struct http_request *rq = t->rq;
	CURL *e = t->easy;

	if (rq->path && rq->len > 0) {
		t->fd = os_open(rq->path, O_RDONLY, 0);
		if (t->fd < 0)
			return err_sys(err, "cannot open '%s'", rq->path);
	}
	if (opt_str(e, CURLOPT_URL, t->url) && set_method(t) &&
	    list_headers(t) && opt_data(e, CURLOPT_HTTPHEADER, t->headers) &&
	    opt_str(e, CURLOPT_USERNAME, t->foreign ? NULL : o->user) &&
	    opt_str(e, CURLOPT_PASSWORD, t->foreign ? NULL : o->password) &&
	    opt_data(e, CURLOPT_HEADERDATA, t) &&
	    opt_data(e, CURLOPT_WRITEDATA, t) &&
	    opt_data(e, CURLOPT_READDATA, t) &&
	    opt_data(e, CURLOPT_SEEKDATA, t) &&
	    opt_data(e, CURLOPT_PRIVATE, t) &&
	    opt_data(e, CURLOPT_ERRORBUFFER, t->words))
		return 0;
	return err_nomem(err);
}

void http_easy_done(struct transfer *t)
{
	CURL *e = t->easy;

	curl_slist_free_all(t->headers);
	t->headers = NULL;
	if (t->fd >= 0)
		(void)os_close(t->fd);
	t->fd = -1;
	/* Nothing of this transfer's may be touched any more. */
	(void)opt_data(e, CURLOPT_HTTPHEADER, NULL);
	(void)opt_data(e, CURLOPT_ERRORBUFFER, NULL);
	(void)opt_data(e, CURLOPT_PRIVATE, NULL);
}

static uint64_t info(const struct transfer *t, CURLINFO what)
{
	curl_off_t v = 0;

	(void)curl_easy_getinfo(t->easy, what, &v);
	return v > 0 ? (uint64_t)v : 0;
}

static uint64_t info_long(const struct transfer *t, CURLINFO what)
{
	long v = 0;

	(void)curl_easy_getinfo(t->easy, what, &v);
	return v > 0 ? (uint64_t)v : 0;
}

void http_easy_count(const struct transfer *t, uint64_t *in, uint64_t *out)
{
	*in = info(t, CURLINFO_SIZE_DOWNLOAD_T) +
	      info_long(t, CURLINFO_HEADER_SIZE);
	*out = info(t, CURLINFO_SIZE_UPLOAD_T) +
	       info_long(t, CURLINFO_REQUEST_SIZE);
}

uint64_t http_easy_moved(const struct transfer *t)
{
	return info(t, CURLINFO_SIZE_DOWNLOAD_T) + t->header_bytes + t->sent;
}

int http_easy_unsent(const struct transfer *t)
{
	int n = 0;

	if (t->sent == 0 || t->socket < 0 ||
	    ioctl(t->socket, SIOCOUTQ, &n) < 0)
		return 0;
	return n;
}
