/*
 * aws_sign - sign a request as AWS and all that speak S3 want it: Signature
 * Version 4.
 *
 * Source: "AWS Signature Version 4 for API requests" in the IAM user guide,
 * and for S3 its API reference, "Authenticating Requests".  As S3 has it: a
 * path is signed as it is sent, escaped once and never normalised.
 *
 * Thread-safe: all functions touch their arguments only.
 */
#ifndef NET_AWS_SIGN_H
#define NET_AWS_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "net/http.h"

struct buf;
struct dver_err;

/* What signs; `token` is NULL for keys that do not expire. */
struct aws_key {
	const char *id;
	const char *secret;
	const char *token;
};

struct aws_scope {
	const struct aws_key *key;
	const char *region;	/* "us-east-1" */
	const char *service;	/* "s3", "sts" */
	int64_t now;		/* seconds since 1970, by the server's clock */
};

/* Instead of a hash of the body: over TLS, where nobody can change it. */
#define AWS_UNSIGNED "UNSIGNED-PAYLOAD"

/*
 * Sign rq with headers: x-amz-date, x-amz-security-token and Authorization
 * are added, and x-amz-content-sha256 if `tell_hash`; those of an earlier try
 * are taken out first.  All headers that rq has are signed, so the sender may
 * add only others.  `payload` is the body's SHA-256 in hex or AWS_UNSIGNED.
 * rq->url is escaped already (net/url.h); its query may be in any order.
 */
int aws_sign(struct http_request *rq, const struct aws_scope *scope,
	     const char *payload, bool tell_hash, struct dver_err *err);
/*
 * A URL that does what rq would for `seconds` (at most a week) to whoever has
 * it.  Only "host" is signed, rq's headers are not looked at.
 */
int aws_presign(struct buf *out, const struct http_request *rq,
		const struct aws_scope *scope, unsigned seconds,
		struct dver_err *err);

/* SHA-256 in hex, as `payload`. */
#define AWS_HASH_HEX (2 * HASH_SIZE + 1)
int aws_hash(char out[AWS_HASH_HEX], const void *data, size_t len,
	     struct dver_err *err);

/*
 * The two texts on the way to a signature with headers, for tests and for
 * -vv when a server says they differ: nothing secret is in them.
 */
int aws_canonical(struct buf *out, const struct http_request *rq,
		  const char *payload, struct dver_err *err);
int aws_string_to_sign(struct buf *out, const struct aws_scope *scope,
		       const char *canonical, struct dver_err *err);

#endif
