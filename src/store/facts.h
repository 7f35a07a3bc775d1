/*
 * facts - what an index says of an id: where its bytes are.
 *
 * On disk 64 bytes, little-endian (dver-store(5)):
 *
 *	id[32] pack[16] u32 pack_size, u32 offset, u32 stored,
 *	u32 length (bits 0-23) | kind (bits 24-27) | place (bits 28-31)
 *
 * For PLACE_LOOSE (local indexes only) pack[] is the first 16 bytes of the
 * loose object's id and pack_size and offset together are the 64-bit offset
 * in it (pack_size the high half); stored == length and there is no frame.
 */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "base/rand.h"
#include "store/oid.h"

enum fact_kind {
	FACT_CHUNK = 1,		/* the frame holds the object itself */
	FACT_RECIPE = 2		/* the frame holds a recipe of the object */
};

enum fact_place {
	PLACE_PACK = 0,		/* packs/ */
	PLACE_META = 1,		/* meta/ */
	PLACE_LOOSE = 2		/* loose/ */
};

#define FACT_SIZE 64

struct fact {
	struct oid id;
	uint8_t pack[RAND_NAME];
	uint32_t pack_size;	/* bytes of the whole pack file */
	uint64_t offset;
	uint32_t stored;	/* length of the frame */
	uint32_t length;	/* of what the frame holds, <= 1 MiB */
	enum fact_kind kind;
	enum fact_place place;
};

void fact_put(uint8_t out[FACT_SIZE], const struct fact *f);
/* DVER_EFORMAT for an impossible one. */
int fact_get(struct fact *f, const uint8_t in[FACT_SIZE],
	     struct dver_err *err);
/* Sort by id, then pack, then offset. */
int fact_cmp(const void *a, const void *b);

#define FACT_KEY_MAX 64
/* The key of the pack: "packs/ab/<rest>" or "meta/ab/<rest>". */
void fact_key(char out[FACT_KEY_MAX], const struct fact *f);
/* The reverse: the pack's name from its key; false for another key. */
bool fact_pack_of_key(const char *key, uint8_t pack[RAND_NAME]);

#endif
