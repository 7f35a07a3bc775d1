/*
 * proto - the fields of a message in protocol buffers' wire format
 * (https://protobuf.dev/programming-guides/encoding/), one after the other.
 *
 * What fields mean, and how often they may come, is for who reads them.
 * Nothing is copied: byte fields point into the message.
 */
#ifndef FORMAT_PROTO_H
#define FORMAT_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proto { const uint8_t *p, *end; };

enum proto_wire { PROTO_VARINT = 0, PROTO_64 = 1, PROTO_BYTES = 2,
		  PROTO_32 = 5 };

struct proto_field {
	uint32_t number;
	enum proto_wire wire;
	uint64_t u;		/* a varint, or the bits of 64 or 32 */
	const uint8_t *bytes;	/* PROTO_BYTES: len bytes */
	size_t len;
};

static inline struct proto proto_of(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	return (struct proto){ p, p + len };
}
/* The message that a field is. */
static inline struct proto proto_in(const struct proto_field *f)
{
	return proto_of(f->bytes, f->len);
}
/*
 * 1: a field; 0: that was the last; -1: this is no message.  Groups, which
 * are deprecated, are none here.
 */
int proto_next(struct proto *m, struct proto_field *out);
/* The same for the numbers of a packed field. */
int proto_number(struct proto *m, enum proto_wire wire, uint64_t *out);

float proto_float(uint64_t bits);
double proto_double(uint64_t bits);

#endif
