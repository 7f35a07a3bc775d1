/* index: found by range and by map, merged as a union, refused when damaged. */
#include "tests/harness.h"

#include "base/os.h"
#include "store/index.h"

struct image {
	char *bytes;
	size_t len;
	size_t reads;
	size_t read_bytes;
};

static struct fact fact_of(uint32_t i)
{
	struct fact f = { .pack_size = 1u << 30, .offset = 8 + i,
			  .stored = 5, .length = 4, .kind = FACT_CHUNK };

	assert_int_equal(hash_bytes(f.id.id, &i, sizeof(i), NULL), 0);
	return f;
}

static char *write_facts(uint32_t from, uint32_t to)
{
	AUTO_FREE struct fact *facts = mem_array(to - from, sizeof(*facts));
	struct index_root root = { .kind = ROOT_TREE, .id = fact_of(from).id,
				   .time = from };
	struct index_content c = { .facts = facts, .nfacts = to - from,
				   .roots = &root, .nroots = 1,
				   .other = "\x09\0\0\0\2\0\0\0\0\0\0\0hi",
				   .other_len = 14 };
	char name[INDEX_NAME_MAX];

	for (uint32_t i = from; i < to; i++)
		facts[i - from] = fact_of(i);
	assert_int_equal(index_write(name, ".", 0, &c, NULL), 0);
	return strdup(name);
}

static int image_read(void *data, uint64_t off, void *out, size_t len,
		      struct dver_err *err)
{
	struct image *im = data;

	(void)err;
	im->reads++;
	im->read_bytes += len;
	memcpy(out, im->bytes + off, len);
	return 0;
}

static struct index_file *open_image(struct image *im, const char *name,
				     bool mapped)
{
	struct index_file *f = NULL;

	assert_int_equal(os_slurp(&im->bytes, &im->len, name, 1 << 28, NULL),
			 0);
	im->reads = im->read_bytes = 0;
	assert_int_equal(index_open(&f, name, im->len,
				    mapped ? im->bytes : NULL, image_read, im,
				    NULL), 0);
	return f;
}

static void check_range(struct index_file *f, uint32_t from, uint32_t to,
			uint32_t end)
{
	for (uint32_t i = 0; i < end; i += 7) {
		struct fact want = fact_of(i), got[3];
		int n = index_find(f, &want.id, got, 3, NULL);

		assert_int_equal(n, i >= from && i < to);
		if (n) {
			assert_true(got[0].offset == want.offset);
			assert_int_equal(got[0].pack_size, want.pack_size);
		}
	}
}

static void every_id_is_found_and_no_other(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 2, 1022, 1023, 1024, 5000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO_FREE char *name = write_facts(0, sizes[i]);
		struct image im;
		struct index_name in;

		assert_int_equal(index_name_parse(&in, name), 0);
		for (int mapped = 0; mapped < 2; mapped++) {
			struct index_file *f = open_image(&im, name, mapped);

			assert_int_equal(in.bytes, im.len);
			assert_int_equal(index_count(f), sizes[i]);
			check_range(f, 0, sizes[i], 6000);
			assert_int_equal(index_verify(f, NULL), 0);
			index_close(f);
			free(im.bytes);
		}
	}
}

static void one_look_up_reads_one_page(void **state)
{
	AUTO_FREE char *name = write_facts(0, 50000);
	struct fact want = fact_of(4711), got;
	struct image im;
	struct index_file *f = open_image(&im, name, false);

	(void)state;
	assert_int_equal(im.reads, 1);
	assert_true(im.read_bytes <= 16384);
	im.reads = im.read_bytes = 0;
	assert_int_equal(index_find(f, &want.id, &got, 1, NULL), 1);
	assert_int_equal(im.reads, 1);
	assert_int_equal(im.read_bytes, INDEX_PAGE);
	index_close(f);
	free(im.bytes);
}

static void a_merge_is_the_union(void **state)
{
	AUTO_FREE char *a = write_facts(0, 3000);
	AUTO_FREE char *b = write_facts(2000, 4000);
	AUTO_STRVEC struct strvec out = STRVEC_INIT;
	struct image ia, ib, im;
	struct index_file *in[2] = { open_image(&ia, a, true),
				     open_image(&ib, b, false) };
	struct index_file *f;
	struct index_tail tail;

	(void)state;
	assert_int_equal(index_merge(&out, ".", 1, in, NULL, 2, NULL, NULL,
				     NULL), 0);
	assert_int_equal(out.n, 1);
	f = open_image(&im, out.v[0], true);
	assert_int_equal(index_count(f), 4000);
	check_range(f, 0, 4000, 5000);
	assert_int_equal(index_verify(f, NULL), 0);
	assert_int_equal(index_tail(f, &tail, NULL), 0);
	assert_int_equal(tail.nroots, 2);
	assert_int_equal(tail.roots[0].time + tail.roots[1].time, 2000);
	assert_int_equal(tail.replaces.n, 2);
	assert_string_equal(tail.replaces.v[0], a);
	assert_int_equal(tail.other.len, 28);
	index_tail_release(&tail);
	for (int i = 0; i < 2; i++)
		index_close(in[i]);
	index_close(f);
	free(ia.bytes);
	free(ib.bytes);
	free(im.bytes);
}

/* A root without a time is as old as its index, also in the merged one. */
static void roots_grow_no_younger(void **state)
{
	AUTO_FREE char *a = write_facts(0, 10);
	AUTO_FREE char *b = write_facts(0, 20);
	AUTO_FREE char *c = write_facts(700, 710);
	AUTO_STRVEC struct strvec out = STRVEC_INIT;
	static const int64_t born[3] = { 500, 900, 1000 };
	struct image image[4];
	struct index_file *in[3] = { open_image(&image[0], a, true),
				     open_image(&image[1], b, true),
				     open_image(&image[2], c, true) };
	struct index_file *f;
	struct index_tail tail;

	(void)state;
	assert_int_equal(index_merge(&out, ".", 1, in, born, 3, NULL, NULL,
				     NULL), 0);
	f = open_image(&image[3], out.v[0], true);
	assert_int_equal(index_tail(f, &tail, NULL), 0);
	assert_int_equal(tail.nroots, 2);
	for (int i = 0; i < 2; i++) {
		struct oid first = fact_of(0).id;
		bool twice = oid_eq(&tail.roots[i].id, &first);

		assert_int_equal(tail.roots[i].time, twice ? 900 : 700);
	}
	index_tail_release(&tail);
	index_close(f);
	for (int i = 0; i < 3; i++)
		index_close(in[i]);
	for (int i = 0; i < 4; i++)
		free(image[i].bytes);
}

static void loose_objects_are_named_in_full(void **state)
{
	struct oid loose[2] = { { { 1, 2, 3 } }, { { 9, 8, 7 } } };
	struct fact fact = { .offset = 5ull << 32, .stored = 7, .length = 7,
			     .kind = FACT_CHUNK, .place = PLACE_LOOSE };
	struct index_content c = { .facts = &fact, .nfacts = 1,
				   .loose = loose, .nloose = 2 };
	AUTO_STRVEC struct strvec out = STRVEC_INIT;
	char name[INDEX_NAME_MAX];
	struct image im, im2;
	struct index_file *f, *merged;
	struct index_tail tail;
	struct fact got;

	(void)state;
	memcpy(fact.pack, loose[1].id, sizeof(fact.pack));
	assert_int_equal(index_write(name, ".", 0, &c, NULL), 0);
	f = open_image(&im, name, true);
	assert_int_equal(index_merge(&out, ".", 1, &f, NULL, 1, NULL, NULL,
				     NULL), 0);
	merged = open_image(&im2, out.v[0], true);
	assert_int_equal(index_at(merged, 0, &got, NULL), 0);
	assert_true(got.offset == 5ull << 32);
	assert_int_equal(index_tail(merged, &tail, NULL), 0);
	assert_int_equal(tail.nloose, 1);
	assert_true(oid_eq(index_loose_id(&tail, &got), &loose[1]));
	index_tail_release(&tail);
	index_close(f);
	index_close(merged);
	free(im.bytes);
	free(im2.bytes);
}

static int open_and_verify(const char *bytes, size_t len)
{
	struct index_file *f = NULL;
	struct dver_err err;
	int r = index_open(&f, "x", len, bytes, NULL, NULL, &err);

	if (r == 0)
		r = index_verify(f, &err);
	index_close(f);
	return r;
}

static void no_flipped_bit_or_lost_end_goes_unseen(void **state)
{
	AUTO_FREE char *name = write_facts(0, 40);
	AUTO_FREE char *bytes = NULL;
	size_t len;

	(void)state;
	assert_int_equal(os_slurp(&bytes, &len, name, 1 << 20, NULL), 0);
	assert_int_equal(open_and_verify(bytes, len), 0);
	for (size_t i = 0; i < len; i++) {
		bytes[i] ^= 16;
		assert_true(open_and_verify(bytes, len) < 0);
		bytes[i] ^= 16;
	}
	for (size_t cut = 0; cut < len; cut++) {
		AUTO_FREE char *copy = malloc(cut + 1);

		memcpy(copy, bytes, cut);
		assert_true(open_and_verify(copy, cut) < 0);
	}
}

static void only_canonical_names_are_names(void **state)
{
	static const char *const bad[] = {
		"", "0", "heads", "0-0-0-5-00000000000000000000000000000000",
		"00-00000000-ffffffff-5-00000000000000000000000000000000",
		"0-00000000-fffffffff-5-00000000000000000000000000000000",
		"0-00000000-ffffffff-5-0000000000000000000000000000000",
		"0-00000000-ffffffff-05-00000000000000000000000000000000",
		"0-00000000-ffffffff-5-0000000000000000000000000000000G",
		"0-00000000-ffffffff-99999999999999999999-"
		"00000000000000000000000000000000",
	};
	struct index_name n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(index_name_parse(&n, bad[i]), -1);
	assert_int_equal(index_name_parse(&n, "3-0000000a-ffffffff-5-"
					  "0123456789abcdef0123456789abcdef"),
			 0);
	assert_int_equal(n.level, 3);
	assert_int_equal(n.lo, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_id_is_found_and_no_other),
		T(one_look_up_reads_one_page),
		T(a_merge_is_the_union),
		T(roots_grow_no_younger),
		T(loose_objects_are_named_in_full),
		T(no_flipped_bit_or_lost_end_goes_unseen),
		T(only_canonical_names_are_names),
	};

	return RUN(tests);
}
