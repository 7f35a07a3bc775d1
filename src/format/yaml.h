/*
 * yaml - YAML 1.1 documents as value trees: libyaml's one door.
 */
#ifndef FORMAT_YAML_H
#define FORMAT_YAML_H

#include "base/buf.h"
#include "format/value.h"

#define YAML_DEPTH_MAX 64

/*
 * Parse one document.  Anchors and aliases, nesting deeper than
 * YAML_DEPTH_MAX, keys that are no scalars or come twice, and a second
 * document are refused: DVER_EFORMAT with "name:line:col: ...".
 */
int yaml_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err);
/*
 * Append a scalar so that a YAML reader gets exactly these UTF-8 bytes as a
 * string: plain where that is safe, else in double quotes.
 */
void yaml_put_string(struct buf *out, const char *s, size_t len);

/* Append name and version of the library behind this. */
void yaml_library(struct buf *out);

#endif
