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
/* Bytes of the character at `s`; 1 for a byte that is not UTF-8. */
size_t utf8_step(const char *s);
/*
 * Is this character of `len` bytes one that nobody sees, but a terminal or a
 * reader of Markdown would obey?  Controls (C0, DEL, C1), line separators,
 * those of no width, those that turn the order of others round (U+061C,
 * U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF).
 */
bool utf8_unseen(const char *s, size_t len);
/* Columns on a terminal. */
size_t utf8_width(const char *s, size_t len);

/* Append name and version of the library behind this. */
void utf8_library(struct buf *out);

#endif
