/*
 * pack - many frames in one file, and a footer that lists them.
 *
 * Layout (dver-store(5)): "dverpck1", frames, then the footer: for each frame
 * id[32], u32 offset, u32 stored, u32 length | kind << 24; then the trailer:
 * u32 count, u32 zero, SHA-256 of footer and the 8 bytes before, "dverpck1".
 * The index is made of the same facts, so it can be rebuilt.
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "base/buf.h"
#include "store/facts.h"

#define PACK_MAX (32u << 20)	/* a pack is closed before it grows past it */
#define PACK_HEAD 8
#define PACK_ENTRY 44
#define PACK_TRAILER 48

/*
 * Writes a pack into the folder `dir` under its own random name.  The file is
 * not synced and not published: the writer of the store does that.  One
 * thread per struct pack_out.
 */
struct pack_out;
int pack_out_open(struct pack_out **out, const char *dir,
		  enum fact_place place, struct dver_err *err);
/* Would a frame of `stored` bytes still fit? */
bool pack_out_fits(const struct pack_out *p, size_t stored);
/* Append a frame. */
int pack_out_add(struct pack_out *p, const struct oid *id,
		 enum fact_kind kind, uint32_t length, const void *frame,
		 size_t stored, struct dver_err *err);
/*
 * Write footer and trailer and close.  *facts (owned by the caller) get the
 * pack's name and size; *path (owned) is the finished file.
 */
int pack_out_finish(struct pack_out **p, struct fact **facts, size_t *nfacts,
		    char **path, struct dver_err *err);
void pack_out_discard(struct pack_out *p);	/* unlinks the file */

/* Length of footer and trailer, from the last PACK_TRAILER bytes. */
int pack_footer_length(uint64_t *len, const uint8_t trailer[PACK_TRAILER],
		       uint64_t pack_size, struct dver_err *err);
/*
 * Parse footer and trailer (`len` bytes, the end of the pack), check them and
 * append the facts to *facts, which is grown.
 */
int pack_footer_parse(struct fact **facts, size_t *n, size_t *cap,
		      const uint8_t pack[RAND_NAME], enum fact_place place,
		      uint64_t pack_size, const void *footer, size_t len,
		      struct dver_err *err);

#endif
