/*
 * base64 - bytes as text (RFC 4648 section 4), for headers and keys.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

struct buf;

/* Append, with padding. */
void base64_encode(struct buf *out, const void *data, size_t len);
/*
 * Append the bytes that the text stands for: 0, or -1 if it is not exactly
 * what base64_encode() would have made of them.
 */
int base64_decode(struct buf *out, const char *text);

#endif
