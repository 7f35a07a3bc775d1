/*
 * values - parameter and metric files of any kind as one tree.
 */
#ifndef FORMAT_VALUES_H
#define FORMAT_VALUES_H

#include "format/value.h"

struct dver_err;

#define VALUES_SIZE_MAX (32u << 20)	/* bytes */

/*
 * Parse a document; its kind is that of the extension of `name`: .json,
 * .toml, .py (literals; nothing is executed), else YAML with aliases.
 *
 * Strings that are quoted, or that can be nothing else, are `quoted`; all but
 * YAML's numbers have their canonical text; dates of TOML are strings.  Lines
 * and columns are kept.  An empty YAML document has no root.
 *
 * DVER_EFORMAT "name:line:col: ..." for what is none of that kind, is not
 * UTF-8, is larger than VALUES_SIZE_MAX, holds over two million values or is
 * nested deeper than 48.
 */
int values_parse(struct value_doc *out, const char *name, const void *data,
		 size_t len, struct dver_err *err);

#endif
