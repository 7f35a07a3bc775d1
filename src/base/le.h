/*
 * le - little-endian integers and LEB128 varints in untrusted bytes.
 */
#ifndef BASE_LE_H
#define BASE_LE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t le16_get(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t le64_get(const uint8_t *p)
{
	return (uint64_t)le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline void le32_put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline void le64_put(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

#define VARINT_MAX 10	/* bytes of the longest 64-bit varint */

/* Write v at p, which has VARINT_MAX bytes; returns the length written. */
size_t varint_put(uint8_t *p, uint64_t v);
/*
 * Read a varint from p[0..len).  Returns its length, or 0 when it is
 * truncated, longer than 64 bits or not the shortest form.
 */
size_t varint_get(const uint8_t *p, size_t len, uint64_t *v);

#endif
