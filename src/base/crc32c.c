/*
 * crc32c - eight bytes a step, as M. Kounavis and F. Berry describe it
 * ("Novel Table Lookup-Based Algorithms for High-Performance CRC
 * Generation", 2008): table[k] is what a byte does that k bytes follow.
 */
#include "base/crc32c.h"

#include <pthread.h>

#include "base/le.h"

#define POLYNOMIAL 0x82f63b78u	/* its bits from the low one */

static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ POLYNOMIAL : c >> 1;
		table[0][i] = c;
	}
	for (int k = 1; k < 8; k++)
		for (int i = 0; i < 256; i++)
			table[k][i] = table[0][table[k - 1][i] & 0xff] ^
				      table[k - 1][i] >> 8;
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t c = ~crc;

	(void)pthread_once(&once, fill);
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t a = c ^ le32_get(p), b = le32_get(p + 4);

		c = table[7][a & 0xff] ^ table[6][a >> 8 & 0xff] ^
		    table[5][a >> 16 & 0xff] ^ table[4][a >> 24] ^
		    table[3][b & 0xff] ^ table[2][b >> 8 & 0xff] ^
		    table[1][b >> 16 & 0xff] ^ table[0][b >> 24];
	}
	for (; len > 0; p++, len--)
		c = table[0][(c ^ *p) & 0xff] ^ c >> 8;
	return ~c;
}
