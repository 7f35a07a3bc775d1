/*
 * chunker - FastCDC's normalised gear chunking.  The window of a gear hash is
 * its 64 bits, so cut points find back to each other after an edit.
 */
#include "store/chunker.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/le.h"
#include "base/mem.h"

/*
 * A gear hash mixes old bytes into its high bits: the masks take those.  20
 * bits before the average, where a cut is made less likely, 16 after it.
 */
#define MASK_STRICT (~0ull << (64 - 20))
#define MASK_EASY (~0ull << (64 - 16))

static uint64_t gear[256];
static pthread_once_t gear_once = PTHREAD_ONCE_INIT;
static bool gear_ok;

static void make_gear(void)
{
	uint8_t text[] = "dver gear 1?";
	uint8_t id[HASH_SIZE];

	for (unsigned i = 0; i < 256; i++) {
		text[sizeof(text) - 2] = (uint8_t)i;
		if (hash_bytes(id, text, sizeof(text) - 1, NULL) < 0)
			return;
		gear[i] = le64_get(id);
	}
	gear_ok = true;
}

/* The first cut in data[from..to), or 0. */
static size_t scan(const uint8_t *data, size_t from, size_t to, uint64_t mask,
		   uint64_t *hash)
{
	uint64_t h = *hash;

	for (size_t i = from; i < to; i++) {
		h = (h << 1) + gear[data[i]];
		if (!(h & mask))
			return i + 1;
	}
	*hash = h;
	return 0;
}

size_t chunker_cut(const uint8_t *data, size_t len)
{
	size_t end = MIN(len, (size_t)CHUNK_MAX);
	uint64_t hash = 0;
	size_t cut;

	(void)pthread_once(&gear_once, make_gear);
	if (end <= CHUNK_MIN || !gear_ok)
		return end;
	cut = scan(data, CHUNK_MIN, MIN(end, (size_t)CHUNK_AVG), MASK_STRICT,
		   &hash);
	if (!cut && end > CHUNK_AVG)
		cut = scan(data, CHUNK_AVG, end, MASK_EASY, &hash);
	return cut ? cut : end;
}
