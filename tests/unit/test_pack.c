/* pack, codec, facts: what is written is found, what is damaged is refused. */
#include "tests/harness.h"

#include "base/os.h"
#include "store/codec.h"
#include "store/pack.h"

#define FRAMES 50

static const uint8_t some_pack[RAND_NAME] = { 1, 2, 3 };

static void data_of(char data[200], unsigned i)
{
	for (unsigned j = 0; j < 200; j++)
		data[j] = (char)(i * (j + 1) * 2654435761u >> 24);
}

/* A pack of FRAMES frames; returns its bytes. */
static char *make_pack(size_t *len, struct fact **facts, size_t *n)
{
	AUTO_CODEC struct codec *c = NULL;
	AUTO_FREE char *path = NULL;
	struct pack_out *p = NULL;
	char *bytes = NULL;
	char data[200];

	assert_int_equal(codec_new(&c, NULL), 0);
	assert_int_equal(pack_out_open(&p, ".", PLACE_META, NULL), 0);
	for (unsigned i = 0; i < FRAMES; i++) {
		AUTO_BUF struct buf frame = BUF_BIG;
		struct oid id;

		data_of(data, i);
		assert_int_equal(hash_bytes(id.id, data, 200, NULL), 0);
		assert_int_equal(codec_encode(c, &frame, data, 200, NULL), 0);
		assert_true(pack_out_fits(p, frame.len));
		assert_int_equal(pack_out_add(p, &id, FACT_CHUNK, 200,
					      frame.data, frame.len, NULL), 0);
	}
	assert_false(pack_out_fits(p, PACK_MAX));
	assert_int_equal(pack_out_finish(&p, facts, n, &path, NULL), 0);
	assert_int_equal(os_slurp(&bytes, len, path, 1 << 20, NULL), 0);
	return bytes;
}

static int parse(const char *bytes, size_t pack_size, size_t footer,
		 struct fact **facts, size_t *n, struct dver_err *err)
{
	size_t cap = 0;

	*n = 0;
	return pack_footer_parse(facts, n, &cap, some_pack, PLACE_META,
				 pack_size, bytes + pack_size - footer, footer,
				 err);
}

static void frames_are_found_through_the_footer(void **state)
{
	AUTO_CODEC struct codec *c = NULL;
	AUTO_FREE struct fact *facts = NULL;
	AUTO_FREE struct fact *again = NULL;
	AUTO_FREE char *bytes = NULL;
	uint64_t footer;
	size_t len, n, m;

	(void)state;
	bytes = make_pack(&len, &facts, &n);
	assert_int_equal(n, FRAMES);
	assert_int_equal(pack_footer_length(&footer, (uint8_t *)bytes + len -
					    PACK_TRAILER, len, NULL), 0);
	assert_int_equal(parse(bytes, len, footer, &again, &m, NULL), 0);
	assert_int_equal(m, n);
	assert_int_equal(codec_new(&c, NULL), 0);
	for (unsigned i = 0; i < FRAMES; i++) {
		char want[200], got[200];

		data_of(want, i);
		assert_true(oid_eq(&again[i].id, &facts[i].id));
		assert_true(again[i].offset == facts[i].offset);
		assert_int_equal(again[i].pack_size, len);
		assert_int_equal(codec_decode(c, got, 200, bytes +
					      again[i].offset, again[i].stored,
					      NULL), 0);
		assert_memory_equal(got, want, 200);
	}
}

static void every_damaged_footer_is_refused(void **state)
{
	AUTO_FREE struct fact *facts = NULL;
	AUTO_FREE char *bytes = NULL;
	struct dver_err err;
	uint64_t footer;
	size_t len, n, m;

	(void)state;
	bytes = make_pack(&len, &facts, &n);
	assert_int_equal(pack_footer_length(&footer, (uint8_t *)bytes + len -
					    PACK_TRAILER, len, NULL), 0);
	for (size_t at = len - footer; at < len; at++) {
		AUTO_FREE struct fact *none = NULL;

		bytes[at] ^= 4;
		assert_int_equal(parse(bytes, len, footer, &none, &m, &err),
				 DVER_ECORRUPT);
		bytes[at] ^= 4;
	}
	for (size_t cut = 0; cut < footer; cut++) {
		AUTO_FREE struct fact *none = NULL;

		assert_int_equal(parse(bytes, len, cut, &none, &m, &err),
				 DVER_ECORRUPT);
	}
}

static void frames_shrink_and_damage_is_noticed(void **state)
{
	AUTO_CODEC struct codec *c = NULL;
	AUTO_BUF struct buf frame = BUF_BIG;
	static char data[4096], out[4096];
	struct dver_err err;

	(void)state;
	assert_int_equal(codec_new(&c, NULL), 0);
	assert_int_equal(codec_encode(c, &frame, data, sizeof(data), &err), 0);
	assert_int_equal(frame.data[0], FRAME_ZSTD);
	assert_true(frame.len < 100);
	assert_int_equal(codec_decode(c, out, sizeof(out), frame.data,
				      frame.len, &err), 0);
	assert_memory_equal(out, data, sizeof(out));
	assert_int_equal(codec_decode(c, out, 4095, frame.data, frame.len,
				      &err), DVER_ECORRUPT);
	assert_int_equal(codec_decode(c, out, 4096, frame.data, frame.len - 1,
				      &err), DVER_ECORRUPT);
	assert_int_equal(codec_decode(c, out, 0, "", 0, &err), DVER_ECORRUPT);
	frame.data[0] = 9;
	assert_int_equal(codec_decode(c, out, 4096, frame.data, frame.len,
				      &err), DVER_EUNSUPPORTED);
	buf_clear(&frame);
	assert_int_equal(codec_encode(c, &frame, "", 0, &err), 0);
	assert_int_equal(codec_decode(c, out, 0, frame.data, frame.len, &err),
			 0);
}

static void facts_round_trip_and_impossible_ones_are_refused(void **state)
{
	struct fact f = { .pack_size = 5000, .offset = 8, .stored = 20,
			  .length = 1 << 20, .kind = FACT_RECIPE,
			  .place = PLACE_META };
	uint8_t bytes[FACT_SIZE];
	struct fact back;
	char key[FACT_KEY_MAX];

	(void)state;
	memcpy(f.pack, some_pack, sizeof(f.pack));
	fact_put(bytes, &f);
	assert_int_equal(fact_get(&back, bytes, NULL), 0);
	assert_int_equal(back.length, f.length);
	assert_int_equal(back.kind, f.kind);
	assert_int_equal(back.place, f.place);
	fact_key(key, &back);
	assert_string_equal(key, "meta/01/0203"
				 "00000000000000000000000000");
	f.offset = 4990;
	fact_put(bytes, &f);
	assert_int_equal(fact_get(&back, bytes, NULL), DVER_EFORMAT);
	f = (struct fact){ .offset = 1ull << 40, .stored = 9, .length = 9,
			   .kind = FACT_CHUNK, .place = PLACE_LOOSE };
	fact_put(bytes, &f);
	assert_int_equal(fact_get(&back, bytes, NULL), 0);
	assert_true(back.offset == 1ull << 40);
	bytes[63] = 0xf1;
	assert_int_equal(fact_get(&back, bytes, NULL), DVER_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(frames_are_found_through_the_footer),
		T(every_damaged_footer_is_refused),
		T(frames_shrink_and_damage_is_noticed),
		T(facts_round_trip_and_impossible_ones_are_refused),
	};

	return RUN(tests);
}
