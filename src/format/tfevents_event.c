/*
 * tfevents_event - field numbers are those of TensorFlow's event.proto,
 * summary.proto, tensor.proto, tensor_shape.proto and types.proto.
 */
#include "format/tfevents_event.h"

#include <math.h>

#include "base/mem.h"
#include "format/proto.h"

enum {
	EVENT_WALL_TIME = 1, EVENT_STEP = 2, EVENT_SUMMARY = 5,
	EVENT_SESSION_LOG = 7,
	SESSION_STATUS = 1, STATUS_START = 1,
	SUMMARY_VALUE = 1,
	VALUE_TAG = 1, VALUE_SIMPLE = 2, VALUE_TENSOR = 8, VALUE_METADATA = 9,
	METADATA_PLUGIN = 1, PLUGIN_NAME = 1,
	TENSOR_TYPE = 1, TENSOR_SHAPE = 2, TENSOR_CONTENT = 4,
	SHAPE_DIM = 2, DIM_SIZE = 1
};

/* The types that are numbers, and how a tensor holds them. */
static const struct type {
	unsigned type;		/* DT_... */
	uint32_t field;		/* of the list of numbers */
	enum proto_wire wire;	/* in that list */
	unsigned size;		/* in tensor_content, bytes */
	enum kind { FLOATING, SIGNED, UNSIGNED, HALF, BRAIN } kind;
} types[] = {
	{ 1, 5, PROTO_32, 4, FLOATING },	/* FLOAT */
	{ 2, 6, PROTO_64, 8, FLOATING },	/* DOUBLE */
	{ 3, 7, PROTO_VARINT, 4, SIGNED },	/* INT32 */
	{ 4, 7, PROTO_VARINT, 1, UNSIGNED },	/* UINT8 */
	{ 5, 7, PROTO_VARINT, 2, SIGNED },	/* INT16 */
	{ 6, 7, PROTO_VARINT, 1, SIGNED },	/* INT8 */
	{ 9, 10, PROTO_VARINT, 8, SIGNED },	/* INT64 */
	{ 10, 11, PROTO_VARINT, 1, UNSIGNED },	/* BOOL */
	{ 14, 13, PROTO_VARINT, 2, BRAIN },	/* BFLOAT16 */
	{ 17, 7, PROTO_VARINT, 2, UNSIGNED },	/* UINT16 */
	{ 19, 13, PROTO_VARINT, 2, HALF },	/* HALF */
	{ 22, 16, PROTO_VARINT, 4, UNSIGNED },	/* UINT32 */
	{ 23, 17, PROTO_VARINT, 8, UNSIGNED },	/* UINT64 */
};

/* IEEE 754 binary16. */
static double half(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 0x1f);
	double fraction = (double)(bits & 0x3ff) / 1024;
	double x = exponent == 0x1f ? (fraction != 0 ? NAN : INFINITY)
		 : exponent == 0 ? ldexp(fraction, -14)
		 : ldexp(1 + fraction, exponent - 15);

	return bits & 0x8000 ? -x : x;
}

/* The number that these bits of `size` bytes are. */
static double number(const struct type *t, uint64_t bits)
{
	unsigned unused = 64 - 8 * t->size;

	switch (t->kind) {
	case FLOATING:
		return t->size == 4 ? (double)proto_float(bits)
				    : proto_double(bits);
	case SIGNED:
		return (double)((int64_t)(bits << unused) >> unused);
	case UNSIGNED:
		return (double)(bits << unused >> unused);
	case HALF:
		return half(bits);
	case BRAIN:
		return (double)proto_float(bits << 16);
	}
	return NAN;
}

/* A tensor as far as it can be one number. */
struct tensor {
	const struct type *type;	/* NULL: of no numbers */
	uint64_t elements;		/* by its shape; no dimension is 1 */
	size_t n;			/* numbers that are there */
	double first;
	struct proto_field content;	/* len 0: none */
};

static bool is_bytes(const struct proto_field *f)
{
	return f->wire == PROTO_BYTES;
}

static int dimension(const struct proto_field *f, uint64_t *elements)
{
	struct proto m = proto_in(f);
	struct proto_field d;
	uint64_t size = 0;
	int r;

	for (r = proto_next(&m, &d); r > 0; r = proto_next(&m, &d))
		if (d.number == DIM_SIZE && d.wire == PROTO_VARINT)
			size = d.u;
	if (__builtin_mul_overflow(*elements, size, elements))
		*elements = UINT64_MAX;
	return r;
}

static int shape(const struct proto_field *f, uint64_t *elements)
{
	struct proto m = proto_in(f);
	struct proto_field d;
	int r;

	*elements = 1;
	for (r = proto_next(&m, &d); r > 0; r = proto_next(&m, &d))
		if (d.number == SHAPE_DIM && is_bytes(&d) &&
		    dimension(&d, elements) < 0)
			return -1;
	return r;
}

/* Numbers of a list, packed or one by one. */
static int list(struct tensor *t, const struct proto_field *f)
{
	struct proto m = proto_in(f);
	uint64_t bits = f->u;
	int r;

	if (f->wire == t->type->wire) {
		if (t->n++ == 0)
			t->first = number(t->type, bits);
		return 0;
	}
	if (!is_bytes(f))
		return -1;
	do {
		r = proto_number(&m, t->type->wire, &bits);
		if (r > 0 && t->n++ == 0)
			t->first = number(t->type, bits);
	} while (r > 0);
	return r;
}

static const struct type *type_of(struct proto m)
{
	struct proto_field f;
	const struct type *found = NULL;

	while (proto_next(&m, &f) > 0)
		if (f.number == TENSOR_TYPE && f.wire == PROTO_VARINT)
			for (size_t i = 0; i < ARRAY_SIZE(types); i++)
				if (types[i].type == f.u)
					found = &types[i];
	return found;
}

static int tensor(struct tensor *t, const struct proto_field *field)
{
	struct proto m = proto_in(field);
	struct proto_field f;
	int r;

	*t = (struct tensor){ .type = type_of(m), .elements = 1 };
	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f)) {
		if (f.number == TENSOR_SHAPE && is_bytes(&f))
			r = shape(&f, &t->elements);
		else if (f.number == TENSOR_CONTENT && is_bytes(&f))
			t->content = f;
		else if (t->type && f.number == t->type->field)
			r = list(t, &f);
		if (r < 0)
			break;
	}
	return r;
}

/* Is it one number?  A list without numbers is of zeros. */
static bool scalar(const struct tensor *t, double *out)
{
	uint8_t bytes[8] = { 0 };
	uint64_t bits = 0;

	if (!t->type || t->elements != 1 || t->n > 1)
		return false;
	*out = t->first;
	if (t->content.len == 0)
		return true;
	if (t->content.len != t->type->size)
		return false;
	memcpy(bytes, t->content.bytes, t->content.len);
	for (int i = 7; i >= 0; i--)
		bits = bits << 8 | bytes[i];
	*out = number(t->type, bits);
	return true;
}

/* Do the metadata say that this belongs to another plugin? */
static int other_plugin(const struct proto_field *field, bool *other)
{
	struct proto m = proto_in(field), p;
	struct proto_field f, g;
	int r;

	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f)) {
		if (f.number != METADATA_PLUGIN || !is_bytes(&f))
			continue;
		p = proto_in(&f);
		for (r = proto_next(&p, &g); r > 0; r = proto_next(&p, &g))
			if (g.number == PLUGIN_NAME && is_bytes(&g))
				*other = g.len > 0 &&
					 (g.len != 7 || memcmp(g.bytes,
						"scalars", 7) != 0);
		if (r < 0)
			break;
	}
	return r;
}

struct reading {
	struct tfevents_value v;
	struct buf *tag;
	tfevents_fn fn;
	void *data;
};

static int value(struct reading *rd, const struct proto_field *field,
		 struct dver_err *err)
{
	struct proto m = proto_in(field);
	struct tensor t = { .type = NULL };
	struct proto_field f;
	bool has = false, other = false;
	int r;

	buf_clear(rd->tag);
	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f)) {
		if (f.number == VALUE_TAG && is_bytes(&f)) {
			buf_clear(rd->tag);
			buf_add(rd->tag, f.bytes, f.len);
		} else if (f.number == VALUE_SIMPLE && f.wire == PROTO_32) {
			rd->v.value = (double)proto_float(f.u);
			has = true;
		} else if (f.number == VALUE_TENSOR && is_bytes(&f)) {
			r = tensor(&t, &f);
		} else if (f.number == VALUE_METADATA && is_bytes(&f)) {
			r = other_plugin(&f, &other);
		}
		if (r < 0)
			break;
	}
	if (r < 0 || !buf_ok(rd->tag) ||
	    strlen(rd->tag->data) != rd->tag->len)
		return TFEVENTS_NO_EVENT;
	if (!has && (other || !scalar(&t, &rd->v.value)))
		return 0;
	rd->v.tag = rd->tag->data;
	return rd->fn(rd->data, &rd->v, err);
}

static int summary(struct reading *rd, const struct proto_field *field,
		   struct dver_err *err)
{
	struct proto m = proto_in(field);
	struct proto_field f;
	int r, told;

	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f)) {
		if (f.number != SUMMARY_VALUE || !is_bytes(&f))
			continue;
		told = value(rd, &f, err);
		if (told != 0)
			return told;
	}
	return r < 0 ? TFEVENTS_NO_EVENT : 0;
}

static int session(struct reading *rd, const struct proto_field *field,
		   struct dver_err *err)
{
	struct proto m = proto_in(field);
	struct proto_field f;
	bool start = false;
	int r;

	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f))
		if (f.number == SESSION_STATUS && f.wire == PROTO_VARINT)
			start = f.u == STATUS_START;
	if (r < 0)
		return TFEVENTS_NO_EVENT;
	rd->v.tag = NULL;
	rd->v.value = 0;
	return start ? rd->fn(rd->data, &rd->v, err) : 0;
}

int tfevents_event(const void *bytes, size_t len, struct buf *tag,
		   tfevents_fn fn, void *data, struct dver_err *err)
{
	struct reading rd = { .tag = tag, .fn = fn, .data = data };
	struct proto m = proto_of(bytes, len);
	struct proto_field f;
	int r, told = 0;

	/* The step counts for all, wherever in the message it stands. */
	for (r = proto_next(&m, &f); r > 0; r = proto_next(&m, &f)) {
		if (f.number == EVENT_STEP && f.wire == PROTO_VARINT)
			rd.v.step = (int64_t)f.u;
		else if (f.number == EVENT_WALL_TIME && f.wire == PROTO_64)
			rd.v.wall_time = proto_double(f.u);
	}
	if (r < 0)
		return TFEVENTS_NO_EVENT;
	m = proto_of(bytes, len);
	while (told == 0 && proto_next(&m, &f) > 0) {
		if (f.number == EVENT_SUMMARY && is_bytes(&f))
			told = summary(&rd, &f, err);
		else if (f.number == EVENT_SESSION_LOG && is_bytes(&f))
			told = session(&rd, &f, err);
	}
	return told;
}
