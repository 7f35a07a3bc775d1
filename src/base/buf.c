/*
 * buf - doubles up to its maximum; the empty one points at a shared NUL.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"

char buf_empty[1];

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *b)
{
	if (b->cap)
		free(b->data);
	buf_init(b, b->max);
}

void buf_truncate(struct buf *b, size_t len)
{
	if (!b->cap || len > b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
	b->failed = false;
}

bool buf_reserve(struct buf *b, size_t more)
{
	size_t need, want;
	char *grown;

	if (b->failed)
		return false;
	if (more > b->max - b->len) {
		b->failed = true;
		return false;
	}
	need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	want = MAX(need, MIN(b->cap * 2, b->max + 1));
	want = MAX(want, (size_t)64);
	grown = realloc(b->cap ? b->data : NULL, want);
	if (!grown) {
		b->failed = true;
		return false;
	}
	grown[b->len] = '\0';
	b->data = grown;
	b->cap = want;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_addstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, int c)
{
	char ch = (char)c;

	buf_add(b, &ch, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	/* Mostly it fits where there is room, and need not be written twice. */
	size_t end = MIN(b->cap, b->max + 1);
	size_t room = !b->failed && end > b->len ? end - b->len : 0;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, again);
	va_end(again);
	if (room && (n < 0 || (size_t)n >= room))
		b->data[b->len] = '\0';
	if (n < 0)
		b->failed = true;
	if (n <= 0)
		return;
	if ((size_t)n >= room) {
		if (!buf_reserve(b, (size_t)n))
			return;
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	}
	b->len += (size_t)n;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void buf_setstr(struct buf *b, const char *s)
{
	buf_clear(b);
	buf_addstr(b, s);
}

void buf_addpath(struct buf *b, const char *name)
{
	if (b->len && b->data[b->len - 1] != '/')
		buf_addc(b, '/');
	buf_addstr(b, name);
}

void buf_add_le16(struct buf *b, uint16_t v)
{
	uint8_t p[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	buf_add(b, p, sizeof(p));
}

void buf_add_le32(struct buf *b, uint32_t v)
{
	uint8_t p[4];

	le32_put(p, v);
	buf_add(b, p, sizeof(p));
}

void buf_add_le64(struct buf *b, uint64_t v)
{
	uint8_t p[8];

	le64_put(p, v);
	buf_add(b, p, sizeof(p));
}

void buf_add_varint(struct buf *b, uint64_t v)
{
	uint8_t p[VARINT_MAX];

	buf_add(b, p, varint_put(p, v));
}

int buf_check(const struct buf *b, struct dver_err *err)
{
	if (!b->failed)
		return 0;
	if (b->len >= b->max / 2)
		return err_set(err, DVER_EINVAL, "text of over %zu bytes",
			       b->max);
	return err_nomem(err);
}

char *buf_detach(struct buf *b)
{
	char *out;

	if (b->failed)
		return NULL;
	out = b->cap ? b->data : calloc(1, 1);
	buf_init(b, b->max);
	return out;
}
