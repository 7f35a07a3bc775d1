/*
 * aws_canonical - the one form in which a request is signed; aws_sign.c's own.
 */
#ifndef NET_AWS_CANONICAL_H
#define NET_AWS_CANONICAL_H

#include "net/http.h"
#include "net/url.h"

struct aws_field {
	char *name;	/* owned, lower case, the value behind its NUL */
	const char *value;
	size_t at;	/* which one it was */
};
/* Headers by name, "host" from the URL if it is not among them. */
struct aws_fields {
	struct aws_field *v;
	size_t n;
};
int aws_fields_sort(struct aws_fields *f, const struct http_request *rq,
		    const struct url *u, struct dver_err *err);
void aws_fields_release(struct aws_fields *f);
#define AUTO_AWS_FIELDS __attribute__((cleanup(aws_fields_release)))
/* "host;x-amz-date" */
void aws_fields_names(struct buf *out, const struct aws_fields *f);

int aws_canonical_text(struct buf *out, const char *method,
		       const struct url *u, const char *query, size_t len,
		       const struct aws_fields *f, const char *payload,
		       struct dver_err *err);

#endif
