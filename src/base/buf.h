/*
 * buf - a growing string of bytes with a maximum, failing sticky.
 *
 * Append as often as you like and ask buf_ok() once: after the first failure
 * (out of memory, over the maximum) every later append does nothing.  `data`
 * is always NUL-terminated and never NULL.  One thread per buf.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dver_err;

struct buf {
	char *data;	/* owned, len bytes and a NUL; never NULL */
	size_t len;
	size_t cap;
	size_t max;	/* more than this fails */
	bool failed;
};

extern char buf_empty[];
#define BUF_INIT(max_) { buf_empty, 0, 0, (max_), false }
#define BUF_PATH BUF_INIT(65536)	/* plenty for any path */
#define BUF_BIG BUF_INIT(SIZE_MAX / 4)

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);		/* empty, keeps the memory and max */
void buf_truncate(struct buf *b, size_t len);
/* Make room for `more` bytes past len; false when that fails (sticky). */
bool buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_addstr(struct buf *b, const char *s);
void buf_addc(struct buf *b, int c);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void buf_setstr(struct buf *b, const char *s);
/* Append "/" (unless empty or there) and a path component. */
void buf_addpath(struct buf *b, const char *name);
void buf_add_le16(struct buf *b, uint16_t v);
void buf_add_le32(struct buf *b, uint32_t v);
void buf_add_le64(struct buf *b, uint64_t v);
void buf_add_varint(struct buf *b, uint64_t v);	/* LEB128, minimal */
/* 0, or DVER_ENOMEM / DVER_EINVAL (too long) when an append failed. */
int buf_check(const struct buf *b, struct dver_err *err);
static inline bool buf_ok(const struct buf *b) { return !b->failed; }
/* Hand over the string; the buf is empty afterwards.  NULL if it failed. */
char *buf_detach(struct buf *b);
#define AUTO_BUF __attribute__((cleanup(buf_release)))

#endif
