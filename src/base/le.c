/*
 * le - varints: seven bits a byte, low ones first, only the shortest form.
 */
#include "base/le.h"

size_t varint_put(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		p[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	p[n++] = (uint8_t)v;
	return n;
}

size_t varint_get(const uint8_t *p, size_t len, uint64_t *v)
{
	uint64_t out = 0;

	for (size_t i = 0; i < len && i < VARINT_MAX; i++) {
		if (i == VARINT_MAX - 1 && p[i] > 1)
			return 0;
		out |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] & 0x80)
			continue;
		if (i > 0 && p[i] == 0)
			return 0;
		*v = out;
		return i + 1;
	}
	return 0;
}
