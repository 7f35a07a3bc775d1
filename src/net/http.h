/*
 * http - requests over HTTP(S), many at once.
 *
 * One engine holds the connections of one remote: a thread drives libcurl's
 * multi interface, so that requests of any number of threads share keep-alive
 * connections (and HTTP/2 streams where the server offers them).  To a caller
 * http_send() is an ordinary blocking function.
 *
 * What is sent is what is given: a URL is escaped already (net/url.h), headers
 * are whole lines, nothing is added that would break a signature.  TLS is
 * verified unless the options say otherwise.  Nothing secret is logged: a trace
 * shows method, URL without its query's values, status, bytes and time.
 *
 * Thread-safe: http_send() and http_call() from many threads; a request and
 * its reply belong to one thread.  http_free() when none of them is running.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/vec.h"

struct dver_err;
struct http;

struct http_opts {
	int max_requests;	/* in flight at once; 0: 64 */
	long connect_timeout;	/* seconds; 0: 30 */
	/*
	 * Seconds without a byte; 0: 60.  A peer that goes on, but slower than
	 * a few bytes a second, is given up after five times as many.
	 */
	long stall_timeout;
	uint64_t max_rate;	/* bytes a second each way; 0: no limit */
	int tries;		/* http_call(): 0: 8 */
	bool insecure;		/* ssl_verify = false */
	/* File or folder; NULL: $CURL_CA_BUNDLE, $SSL_CERT_FILE, system. */
	const char *ca_file;
	const char *cert, *key;	/* client certificate, PEM files */
	const char *proxy;	/* NULL: http_proxy, https_proxy, no_proxy */
	bool netrc;		/* $NETRC or ~/.netrc may say user, password */
	/* To the host of a request's URL, never to where it redirects. */
	const char *user, *password;
	bool digest;		/* they go as digest, not as basic */
	const struct cancel *cancel;
};
/* Copies the options' strings. */
int http_new(struct http **out, const struct http_opts *opts,
	     struct dver_err *err);
void http_free(struct http *h);		/* NULL is fine */
static inline void http_freep(struct http **h) { http_free(*h); }
#define AUTO_HTTP __attribute__((cleanup(http_freep)))

/*
 * Takes a piece of a reply's body; < 0 stops and is returned.  Status and
 * headers of the reply are there by then.  It runs on the engine's thread while
 * http_send() waits: everybody waits for it, so it had better be quick.
 */
typedef int (*http_sink)(void *data, const void *bytes, size_t len,
			 struct dver_err *err);

struct http_request {
	const char *method;	/* "GET", "PUT", ... */
	const char *url;
	struct strvec headers;	/* "Name: value" */
	/* The body: memory, or `len` bytes of the file from `off` on. */
	const void *data;
	const char *path;	/* NULL: data */
	uint64_t off;
	uint64_t len;
	/*
	 * Where the body of a 2xx reply goes: to memory (`out`, of `out_len`
	 * bytes; a longer body is DVER_EREMOTE), or to the sink, or, when both
	 * are NULL, to reply->body (longer than body_max is DVER_EREMOTE).
	 * Other bodies go to reply->body, what is over body_max is left out.
	 */
	void *out;
	size_t out_len;
	http_sink sink;
	void *sink_data;
	size_t body_max;	/* of reply->body; 0: 1 MiB */
	/*
	 * Redirects (ten at most; never from https to http): to another host
	 * without credentials and without headers but Accept, Content-Type,
	 * Depth, If-*, Range.  Else a 3xx is a reply like any other.
	 */
	bool follow;
};
void http_request_release(struct http_request *rq);	/* the headers */
#define AUTO_HTTP_REQUEST \
	__attribute__((cleanup(http_request_release)))
/* Append "name: value"; values with line breaks are DVER_EINVAL. */
int http_header_add(struct http_request *rq, const char *name,
		    const char *value, struct dver_err *err);

struct http_reply {
	int status;		/* 100 to 599 */
	struct strvec headers;	/* "name: value", names in lower case */
	struct buf body;
	size_t got;		/* bytes in `out` or given to the sink */
	bool again;		/* http_send() failed: worth another try */
	bool moved;		/* by another host, which got no credentials */
};
void http_reply_init(struct http_reply *r);
void http_reply_release(struct http_reply *r);
#define AUTO_HTTP_REPLY __attribute__((cleanup(http_reply_release)))
/* The value of a header, NULL: not there; borrowed. */
const char *http_reply_header(const struct http_reply *r, const char *name);
/* Its number; `otherwise` when it is not there or none. */
int64_t http_reply_number(const struct http_reply *r, const char *name,
			  int64_t otherwise);
/* Its date (RFC 9110 section 5.6.7) in seconds since 1970, or `otherwise`. */
int64_t http_reply_date(const struct http_reply *r, const char *name,
			int64_t otherwise);

/*
 * One try.  0: the server answered, reply->status says what; < 0: it did not
 * (DVER_ENET: unreachable, cut off, stalled; DVER_EAUTH: its certificate is
 * not to be trusted; DVER_ECANCEL), or the sink failed, or a file could not be
 * read.  A reply that is shorter than its Content-Length is DVER_ENET.
 * Clears and fills *reply.
 */
int http_send(struct http *h, const struct http_request *rq,
	      struct http_reply *reply, struct dver_err *err);

/*
 * What a status other than 2xx means when nobody knows better: 401, 403, 407
 * DVER_EAUTH; 404, 410 DVER_ENOTFOUND; 408, 429, 500, 502, 503, 504 DVER_ENET;
 * the rest DVER_EREMOTE.  "what: 403 Forbidden: the server's words", if it has
 * some in plain text.  Always < 0.
 */
int http_reply_error(const struct http_reply *r, const char *what,
		     struct dver_err *err);
/* Append a server's words on one line, cut at 200 bytes, without controls. */
void http_words(struct buf *out, const char *words, size_t len);

/*
 * A request that may be sent again: full-jitter back-off (delays double from
 * 0.2 s up to 20 s, each a random part of that), Retry-After honoured (up to
 * five minutes: who asks for more is not waited for), fewer requests at once
 * while a server says 429 or 503 or does not answer in time, and more again
 * when it does.  A server that never answered is given up after four tries.
 */
struct http_call {
	struct http_request rq;
	/* Before each try, NULL: nothing to do; signs, say. */
	int (*prepare)(void *data, struct http_request *rq,
		       struct dver_err *err);
	/*
	 * What does the answer mean?  0: done; 1: try again; < 0: an error,
	 * described in err.  NULL: 2xx is done, all else http_reply_error().
	 * 408, 429, 500, 502, 503 and 504 are tried again before this is asked,
	 * until there are no more tries; then it says what they mean.  A 1 at
	 * the last try is http_reply_error() too.
	 */
	int (*judge)(void *data, struct http_reply *reply,
		     struct dver_err *err);
	/* Statuses that are judged at the first try too; ends with 0. */
	const int *settled;
	/* Before another try: put a sink back to its start.  NULL: none. */
	int (*rewind)(void *data, struct dver_err *err);
	void *data;
	const char *what;	/* for messages: "cannot read 's3://b/k'" */
};
/* 0: judge() is content; reply has the last answer. */
int http_call(struct http *h, struct http_call *call,
	      struct http_reply *reply, struct dver_err *err);

/* Counted since http_new(): what went over the wire, all tries. */
struct http_stats {
	uint64_t requests, tries, bytes_in, bytes_out;
};
void http_stats(const struct http *h, struct http_stats *out);

/* Append name and version of the library behind this. */
void http_library(struct buf *out);

#endif
