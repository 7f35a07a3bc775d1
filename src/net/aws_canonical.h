/*
 * aws_canonical - the one form in which a request is signed; aws_sign.c's own.
 */
#ifndef NET_AWS_CANONICAL_H
#define NET_AWS_CANONICAL_H

#include "net/http.h"

/* A URL cut into what is signed; all borrowed from it. */
struct aws_parts {
	const char *host;
	size_t host_len;
	const char *path;
	size_t path_len;
	const char *query;	/* "" if there is none */
};
int aws_cut_url(struct aws_parts *p, const char *url, struct dver_err *err);

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
		    const struct aws_parts *p, struct dver_err *err);
void aws_fields_release(struct aws_fields *f);
#define AUTO_AWS_FIELDS __attribute__((cleanup(aws_fields_release)))
/* "host;x-amz-date" */
void aws_fields_names(struct buf *out, const struct aws_fields *f);

int aws_canonical_text(struct buf *out, const char *method,
		       const struct aws_parts *p, const char *query,
		       const struct aws_fields *f, const char *payload,
		       struct dver_err *err);

#endif
