/*
 * recipe - lists of chunks, equal neighbours folded.
 */
#include "store/recipe.h"

#include "base/err.h"
#include "base/le.h"
#include "store/chunker.h"

static const char magic[4] = { 'd', 'v', 'r', '1' };

void recipe_writer_init(struct recipe_writer *w)
{
	*w = (struct recipe_writer){ .total = 0 };
}

void recipe_add(struct recipe_writer *w, struct buf *out, const struct oid *id,
		uint32_t length)
{
	w->total += length;
	if (w->last.repeat && w->last.length == length &&
	    oid_eq(&w->last.id, id)) {
		w->last.repeat++;
		return;
	}
	recipe_finish(w, out);
	w->last = (struct recipe_entry){ *id, length, 1 };
}

void recipe_finish(struct recipe_writer *w, struct buf *out)
{
	if (!w->last.repeat)
		return;
	buf_add(out, w->last.id.id, sizeof(w->last.id.id));
	buf_add_varint(out, w->last.length);
	buf_add_varint(out, w->last.repeat);
	w->last.repeat = 0;
	w->count++;
}

void recipe_header(struct buf *out, unsigned depth, uint64_t total)
{
	buf_add(out, magic, sizeof(magic));
	buf_addc(out, (int)depth);
	buf_add_varint(out, total);
}

static int malformed(const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "malformed recipe: %s", what);
}

static bool take_varint(struct recipe_reader *r, uint64_t *v)
{
	size_t n = varint_get(r->p, (size_t)(r->end - r->p), v);

	r->p += n;
	return n > 0;
}

int recipe_reader_init(struct recipe_reader *r, const void *data, size_t len,
		       struct dver_err *err)
{
	const uint8_t *p = data;

	if (len < sizeof(magic) + 1 ||
	    memcmp(data, magic, sizeof(magic)) != 0)
		return malformed("it does not start with 'dvr1'", err);
	*r = (struct recipe_reader){ .p = p + sizeof(magic) + 1,
				     .end = p + len,
				     .depth = p[sizeof(magic)] };
	if (r->depth < 1 || r->depth > RECIPE_DEPTH_MAX)
		return malformed("a depth that is not 1 to 3", err);
	if (!take_varint(r, &r->total))
		return malformed("a length that is cut off", err);
	return 0;
}

int recipe_next(struct recipe_reader *r, struct recipe_entry *e,
		struct dver_err *err)
{
	uint64_t length, bytes;

	if (r->p == r->end) {
		if (r->seen != r->total)
			return malformed("chunks do not add up to its length",
					 err);
		return 0;
	}
	if ((size_t)(r->end - r->p) < sizeof(e->id.id))
		return malformed("it is cut off", err);
	memcpy(e->id.id, r->p, sizeof(e->id.id));
	r->p += sizeof(e->id.id);
	if (!take_varint(r, &length) || !take_varint(r, &e->repeat))
		return malformed("a number that is cut off", err);
	if (length == 0 || length > CHUNK_MAX || e->repeat == 0)
		return malformed("a chunk of impossible length", err);
	if (__builtin_mul_overflow(length, e->repeat, &bytes) ||
	    bytes > r->total - r->seen)
		return malformed("chunks exceed its length", err);
	r->seen += bytes;
	e->length = (uint32_t)length;
	return 1;
}
