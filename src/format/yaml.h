/*
 * yaml - YAML 1.1 documents as value trees: libyaml's one door.
 */
#ifndef FORMAT_YAML_H
#define FORMAT_YAML_H

#include "base/buf.h"
#include "format/value.h"

#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX (4u << 20)	/* values in a document */
#define YAML_ANCHORS_MAX 1024

/*
 * Parse one document.  Anchors and aliases, nesting deeper than
 * YAML_DEPTH_MAX, more than YAML_NODES_MAX values, keys that are no scalars
 * or come twice, and a second document are refused: DVER_EFORMAT with
 * "name:line:col: ...".
 */
int yaml_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err);
/*
 * With YAML_ALIASES anchors and aliases are read, at most YAML_ANCHORS_MAX
 * names, and "<<: *base" or "<<: [*a, *b]" brings in the keys that a mapping
 * does not have itself.  What an alias stands for counts each time towards
 * the bounds, so that the tree can be walked as if all were written out.
 * YAML_KEEP_MERGES leaves "<<" as a key like others.
 */
enum { YAML_ALIASES = 1, YAML_KEEP_MERGES = 2 };
int yaml_parse_flags(struct value_doc *out, const char *name,
		     const void *data, size_t len, unsigned flags,
		     struct dver_err *err);
/*
 * Append a scalar so that a YAML reader gets exactly these UTF-8 bytes as a
 * string: plain where that is safe, else in double quotes.
 */
void yaml_put_string(struct buf *out, const char *s, size_t len);
/*
 * The same for a line of block style, where more can stand plain: words with
 * blanks between them.
 */
void yaml_put_line(struct buf *out, const char *s, size_t len);

/* Append name and version of the library behind this. */
void yaml_library(struct buf *out);

#endif
