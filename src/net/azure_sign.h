/*
 * azure_sign - requests signed with the key of a storage account.
 *
 * Source: "Authorize with Shared Key" of the Azure Storage REST reference,
 * the form of version 2009-09-19 and later (an empty Content-Length counts as
 * nothing since 2015-02-21).  Thread-safe.
 */
#ifndef NET_AZURE_SIGN_H
#define NET_AZURE_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "net/http.h"

struct azure_key {
	const char *account;
	const void *key;	/* as bytes, not as Base64 */
	size_t len;
};

/* What is signed (for tests); DVER_EINVAL: the request's URL is none. */
int azure_string_to_sign(struct buf *out, const struct http_request *rq,
			 const char *account, struct dver_err *err);
/*
 * Add the Authorization header to a request that has its URL, its length and
 * all other headers, x-ms-date and x-ms-version among them.
 */
int azure_sign(struct http_request *rq, const struct azure_key *key,
	       struct dver_err *err);

#endif
