/*
 * oid - the id of an object: the SHA-256 of its bytes.
 */
#ifndef STORE_OID_H
#define STORE_OID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

#define OID_HEX 64	/* digits, without the NUL */

struct oid { uint8_t id[HASH_SIZE]; };

static inline int oid_cmp(const struct oid *a, const struct oid *b)
{
	return memcmp(a->id, b->id, sizeof(a->id));
}
static inline bool oid_eq(const struct oid *a, const struct oid *b)
{
	return oid_cmp(a, b) == 0;
}
bool oid_is_zero(const struct oid *id);		/* "no id" */
/* Lower-case hex and a NUL; returns `hex`. */
char *oid_hex(char hex[OID_HEX + 1], const struct oid *id);
/* 0, or -1 when the first 64 characters are not lower-case hex. */
int oid_parse(struct oid *out, const char *hex);

#endif
