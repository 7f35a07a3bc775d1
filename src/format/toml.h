/*
 * toml - TOML 1.0 (https://toml.io/en/v1.0.0) as value trees.
 *
 * Dates and times are strings, as they are written.  Integers may have any
 * size.
 */
#ifndef FORMAT_TOML_H
#define FORMAT_TOML_H

#include "format/value.h"

struct dver_err;

/* As values_parse(), of which this is a part. */
int toml_values(struct value_doc *out, const char *name, const void *data,
		size_t len, struct dver_err *err);

#endif
