/*
 * utf8 - what other file systems would make of a name: utf8proc's one door.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;
struct buf;

bool utf8_valid(const char *s, size_t len);
/*
 * The form in which names clash on file systems that fold case and normal
 * form (NFC, case folded).  Bytes that are not UTF-8 stay as they are.
 */
int utf8_fold(struct buf *out, const char *s, size_t len,
	      struct dver_err *err);
/* Columns on a terminal. */
size_t utf8_width(const char *s, size_t len);

/* Append name and version of the library behind this. */
void utf8_library(struct buf *out);

#endif
