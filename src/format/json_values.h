/*
 * json_values - JSON as people's programs write it: json_parse() beside this
 * is for the answers of servers.
 *
 * It keeps what that one cannot: where each value stands, integers of any
 * size, and NaN, Infinity and -Infinity, which Python and others write for
 * metrics.  A key that comes twice is refused.
 */
#ifndef FORMAT_JSON_VALUES_H
#define FORMAT_JSON_VALUES_H

#include "format/value.h"

struct dver_err;

/* As values_parse(), of which this is a part. */
int json_values(struct value_doc *out, const char *name, const void *data,
		size_t len, struct dver_err *err);

#endif
