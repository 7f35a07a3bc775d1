/*
 * lines - small files of text lines that end with a checksum: the workspace
 * record and the undo log.
 *
 * Values are bytes; control characters and backslashes in them are written as
 * \ooo, so that each stays on its line.  The last line is "sum " and the
 * SHA-256 of all lines before it.
 */
#ifndef WORKSPACE_LINES_H
#define WORKSPACE_LINES_H

#include <stdbool.h>

#include "base/buf.h"

/* Append a value and the end of the line. */
void lines_put(struct buf *out, const char *value);
/* The reverse; false: escapes that nobody writes, or an empty or NUL value. */
bool lines_get(struct buf *out, const char *p, size_t len);
/* "<digits> " at p: what follows, or NULL. */
const char *lines_number(const char *p, const char *end, uint64_t *v);

/* Append the checksum. */
int lines_seal(struct buf *text, struct dver_err *err);
/*
 * Does the text start with `head` and end with its checksum?  Then *from and
 * *to are what stands between.
 */
bool lines_open(const char *head, const char *data, size_t len,
		const char **from, const char **to);

#endif
