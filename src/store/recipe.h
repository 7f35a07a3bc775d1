/*
 * recipe - of which chunks an object of more than 1 MiB consists.
 *
 * Encoding (dver-store(5)): "dvr1", u8 depth, varint total length of what it
 * describes, then entries: id[32], varint length, varint repeat (>= 1).  At
 * depth 1 the entries are chunks of the object.  A recipe of more than 1 MiB
 * is itself cut by content and described by a recipe of depth + 1, whose total
 * length is that of the deeper recipe's bytes; the depth is at most 3.
 * `repeat` counts equal chunks in a row, so that holes stay small.
 */
#ifndef STORE_RECIPE_H
#define STORE_RECIPE_H

#include "base/buf.h"
#include "store/oid.h"

#define RECIPE_DEPTH_MAX 3

struct recipe_entry {
	struct oid id;
	uint32_t length;	/* of one chunk, 1 .. 1 MiB */
	uint64_t repeat;
};

/*
 * Build: entries are appended to `out` (usually backed by memory; a recipe of
 * a 1 TB file has 180 MB, so callers spill `out` when it grows) and equal
 * neighbours are folded.  finish() appends the last entry.
 */
struct recipe_writer {
	struct recipe_entry last;
	uint64_t total;		/* sum of length * repeat so far */
	uint64_t count;		/* entries written */
};
void recipe_writer_init(struct recipe_writer *w);
void recipe_add(struct recipe_writer *w, struct buf *out,
		const struct oid *id, uint32_t length);
void recipe_finish(struct recipe_writer *w, struct buf *out);
/* The header that precedes the entries. */
void recipe_header(struct buf *out, unsigned depth, uint64_t total);

struct recipe_reader {
	const uint8_t *p;
	const uint8_t *end;
	unsigned depth;
	uint64_t total;		/* as the header claims */
	uint64_t seen;
};
/* Parse a recipe that lies whole in memory. */
int recipe_reader_init(struct recipe_reader *r, const void *data, size_t len,
		       struct dver_err *err);
/*
 * 1 and an entry, 0 at the end, DVER_EFORMAT; at the end the lengths must
 * have added up to the total.
 */
int recipe_next(struct recipe_reader *r, struct recipe_entry *e,
		struct dver_err *err);

#endif
