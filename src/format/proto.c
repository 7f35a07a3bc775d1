#include "format/proto.h"

#include "base/le.h"

/* As protocol buffers have it: it need not be the shortest form. */
static bool varint(struct proto *m, uint64_t *out)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && m->p < m->end; shift += 7) {
		uint8_t c = *m->p++;

		v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80)) {
			*out = v;
			return true;
		}
	}
	return false;
}

int proto_number(struct proto *m, enum proto_wire wire, uint64_t *out)
{
	size_t left = (size_t)(m->end - m->p);

	if (left == 0)
		return 0;
	switch (wire) {
	case PROTO_VARINT:
		return varint(m, out) ? 1 : -1;
	case PROTO_64:
		if (left < 8)
			return -1;
		*out = le64_get(m->p);
		m->p += 8;
		return 1;
	case PROTO_32:
		if (left < 4)
			return -1;
		*out = le32_get(m->p);
		m->p += 4;
		return 1;
	case PROTO_BYTES:
		break;
	}
	return -1;
}

int proto_next(struct proto *m, struct proto_field *out)
{
	uint64_t key, len;

	if (m->p == m->end)
		return 0;
	if (!varint(m, &key) || key >> 3 == 0 || key >> 3 > 0x1fffffff)
		return -1;
	*out = (struct proto_field){ .number = (uint32_t)(key >> 3),
				     .wire = (enum proto_wire)(key & 7) };
	if (out->wire != PROTO_BYTES)
		return proto_number(m, out->wire, &out->u) > 0 ? 1 : -1;
	if (!varint(m, &len) || len > (size_t)(m->end - m->p))
		return -1;
	out->bytes = m->p;
	out->len = (size_t)len;
	m->p += len;
	return 1;
}

float proto_float(uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	float f;

	memcpy(&f, &low, sizeof(f));
	return f;
}

double proto_double(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}
