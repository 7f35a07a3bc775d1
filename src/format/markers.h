/*
 * markers - what git leaves in a text that it could not merge.
 */
#ifndef FORMAT_MARKERS_H
#define FORMAT_MARKERS_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;

/* Did git leave its "<<<<<<< ours" at the start of a line? */
bool text_has_markers(const char *text, size_t len);
/*
 * `r` is what came of reading the text: where that is DVER_EFORMAT because of
 * markers, the error says so.
 */
int markers_tell(const char *name, const char *text, size_t len, int r,
		 struct dver_err *err);

#endif
