/*
 * facts - 64 bytes each way.
 */
#include "store/facts.h"

#include <stdio.h>

#include "base/err.h"
#include "base/le.h"
#include "store/chunker.h"

#define AT_PACK 32
#define AT_PACK_SIZE 48
#define AT_OFFSET 52
#define AT_STORED 56
#define AT_LENGTH 60

void fact_put(uint8_t out[FACT_SIZE], const struct fact *f)
{
	uint32_t high = f->place == PLACE_LOOSE ? (uint32_t)(f->offset >> 32)
						: f->pack_size;

	memcpy(out, f->id.id, sizeof(f->id.id));
	memcpy(out + AT_PACK, f->pack, sizeof(f->pack));
	le32_put(out + AT_PACK_SIZE, high);
	le32_put(out + AT_OFFSET, (uint32_t)f->offset);
	le32_put(out + AT_STORED, f->stored);
	le32_put(out + AT_LENGTH, f->length | (uint32_t)f->kind << 24 |
					  (uint32_t)f->place << 28);
}

/* Does what the fact says of its place make sense? */
static bool fits(const struct fact *f)
{
	if (f->length > CHUNK_MAX)
		return false;
	if (f->place == PLACE_LOOSE)
		return f->stored == f->length && f->kind == FACT_CHUNK;
	return f->stored > 0 && f->stored <= f->pack_size &&
	       f->offset <= f->pack_size - f->stored;
}

int fact_get(struct fact *f, const uint8_t in[FACT_SIZE], struct dver_err *err)
{
	uint32_t high = le32_get(in + AT_PACK_SIZE);
	uint32_t word = le32_get(in + AT_LENGTH);
	unsigned kind = word >> 24 & 15;
	unsigned place = word >> 28;

	if (kind < FACT_CHUNK || kind > FACT_RECIPE || place > PLACE_LOOSE)
		return err_set(err, DVER_EFORMAT,
			       "index entry of unknown kind %u, place %u",
			       kind, place);
	memcpy(f->id.id, in, sizeof(f->id.id));
	memcpy(f->pack, in + AT_PACK, sizeof(f->pack));
	f->kind = (enum fact_kind)kind;
	f->place = (enum fact_place)place;
	f->offset = le32_get(in + AT_OFFSET);
	f->pack_size = high;
	if (f->place == PLACE_LOOSE) {
		f->offset |= (uint64_t)high << 32;
		f->pack_size = 0;
	}
	f->stored = le32_get(in + AT_STORED);
	f->length = word & 0xffffff;
	if (!fits(f))
		return err_set(err, DVER_EFORMAT,
			       "index entry that lies outside its pack");
	return 0;
}

int fact_cmp(const void *a, const void *b)
{
	const struct fact *x = a;
	const struct fact *y = b;
	int r = oid_cmp(&x->id, &y->id);

	if (r == 0)
		r = memcmp(x->pack, y->pack, sizeof(x->pack));
	if (r == 0)
		r = (x->offset > y->offset) - (x->offset < y->offset);
	return r;
}

void fact_key(char out[FACT_KEY_MAX], const struct fact *f)
{
	char hex[RAND_NAME_HEX];

	hex_encode(hex, f->pack, sizeof(f->pack));
	(void)snprintf(out, FACT_KEY_MAX, "%s/%.2s/%s",
		       f->place == PLACE_META ? "meta" : "packs", hex,
		       hex + 2);
}

bool fact_pack_of_key(const char *key, uint8_t pack[RAND_NAME])
{
	const char *p = strchr(key, '/');
	char hex[RAND_NAME_HEX];

	if (!p || strlen(p + 1) != RAND_NAME_HEX || p[3] != '/')
		return false;
	memcpy(hex, p + 1, 2);
	memcpy(hex + 2, p + 4, RAND_NAME_HEX - 3);
	return hex_decode(pack, RAND_NAME, hex) == 0;
}
