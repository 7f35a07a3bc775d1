/*
 * json_read - JSON documents (RFC 8259) as value trees: jansson's one door.
 *
 * Strings are `quoted` scalars; numbers, true, false and null are plain ones
 * with their text.  There are no positions in the tree.
 */
#ifndef FORMAT_JSON_READ_H
#define FORMAT_JSON_READ_H

#include "format/value.h"

struct dver_err;

#define JSON_DEPTH_MAX 64

/*
 * Parse one document.  What is no JSON, is nested deeper than JSON_DEPTH_MAX,
 * has a key twice or a NUL in a string is refused: DVER_EFORMAT with
 * "name:line:col: ...".
 */
int json_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err);

/* Append name and version of the library behind this. */
struct buf;
void json_library(struct buf *out);

#endif
