/*
 * oid - hex in and out.
 */
#include "store/oid.h"

#include "base/rand.h"

bool oid_is_zero(const struct oid *id)
{
	static const struct oid zero;

	return oid_eq(id, &zero);
}

char *oid_hex(char hex[OID_HEX + 1], const struct oid *id)
{
	hex_encode(hex, id->id, sizeof(id->id));
	return hex;
}

int oid_parse(struct oid *out, const char *hex)
{
	return hex_decode(out->id, sizeof(out->id), hex);
}
