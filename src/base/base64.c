#include "base/base64.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < len)
			v |= p[i + 2];
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, i + 1 < len ? digits[v >> 6 & 63] : '=');
		buf_addc(out, i + 2 < len ? digits[v & 63] : '=');
	}
}

static int value_of(char c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Four digits, the last `pad` of which are '='. */
static int decode_group(struct buf *out, const char *text, size_t pad)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4 - pad; i++) {
		int d = value_of(text[i]);

		if (d < 0)
			return -1;
		v |= (uint32_t)d << (18 - 6 * i);
	}
	/* Bits that no byte takes are zero, else it has two forms. */
	if (v & ((1u << 8 * pad) - 1))
		return -1;
	for (size_t i = 0; i < 3 - pad; i++)
		buf_addc(out, (int)(v >> (16 - 8 * i) & 255));
	return 0;
}

int base64_decode(struct buf *out, const char *text)
{
	size_t len = strlen(text);
	size_t pad = 0;

	if (len % 4)
		return -1;
	while (pad < 2 && len && text[len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < len; i += 4)
		if (decode_group(out, text + i, i + 4 == len ? pad : 0) < 0)
			return -1;
	return 0;
}
