/*
 * utf8 - utf8proc's one door.
 */
#include "base/utf8.h"

#include <utf8proc.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

bool utf8_valid(const char *s, size_t len)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
	utf8proc_ssize_t left = (utf8proc_ssize_t)len;
	utf8proc_int32_t cp;

	while (left > 0) {
		utf8proc_ssize_t n = utf8proc_iterate(p, left, &cp);

		if (n <= 0)
			return false;
		p += n;
		left -= n;
	}
	return true;
}

size_t utf8_step(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return strnlen(s, n) == n && utf8_valid(s, n) ? n : 1;
}

bool utf8_unseen(const char *s, size_t len)
{
	static const struct { int first, last; } ranges[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
	};
	utf8proc_int32_t cp;

	if (utf8proc_iterate((const utf8proc_uint8_t *)s,
			     (utf8proc_ssize_t)len, &cp) <= 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

int utf8_fold(struct buf *out, const char *s, size_t len, struct dver_err *err)
{
	AUTO_FREE utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n;

	if (!utf8_valid(s, len)) {
		buf_add(out, s, len);
		return buf_check(out, err);
	}
	n = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
			 &folded, UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
					  UTF8PROC_STABLE);
	if (n < 0)
		return err_set(err, DVER_ENOMEM, "cannot fold a name: %s",
			       utf8proc_errmsg(n));
	buf_add(out, folded, (size_t)n);
	return buf_check(out, err);
}

size_t utf8_width(const char *s, size_t len)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
	utf8proc_ssize_t left = (utf8proc_ssize_t)len;
	size_t width = 0;

	while (left > 0) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t n = utf8proc_iterate(p, left, &cp);

		/* A byte that is not UTF-8 is shown as one replacement. */
		width += n > 0 ? (size_t)utf8proc_charwidth(cp) : 1;
		n = n > 0 ? n : 1;
		p += n;
		left -= n;
	}
	return width;
}

void utf8_library(struct buf *out)
{
	buf_addf(out, "utf8proc %s", utf8proc_version());
}
