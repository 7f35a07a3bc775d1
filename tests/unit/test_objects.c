/* tree, recipe, chunker: encodings that have one form, cuts that find back. */
#include "tests/harness.h"

#include "base/buf.h"
#include "store/chunker.h"
#include "store/recipe.h"
#include "store/tree.h"

static struct tree_entry entry(enum tree_kind kind, const char *name,
			       uint64_t bytes, uint64_t files)
{
	struct tree_entry e = { .kind = kind, .name = name,
				.name_len = strlen(name), .bytes = bytes,
				.files = files };

	memset(e.id.id, name[0], sizeof(e.id.id));
	return e;
}

static void make_tree(struct buf *out)
{
	const struct tree_entry e[] = {
		entry(TREE_DIR, "a", 300, 7), entry(TREE_FILE, "a.b", 5, 1),
		entry(TREE_EXEC, "b\xff\n", 1ull << 40, 1),
		entry(TREE_SYMLINK, "c", 0, 1),
	};
	struct tree_writer w;

	tree_writer_init(&w, out);
	for (size_t i = 0; i < ARRAY_SIZE(e); i++)
		assert_int_equal(tree_add(&w, &e[i], NULL), 0);
	assert_true(w.bytes == 305 + (1ull << 40));
	assert_int_equal(w.files, 10);
}

/* Read a whole tree: how many entries, or the error. */
static int count_entries(const void *data, size_t len)
{
	struct tree_reader r;
	struct tree_entry e;
	struct dver_err err;
	int n = 0;
	int got = tree_reader_init(&r, data, len, &err);

	while (got == 0 && (got = tree_next(&r, &e, &err)) > 0) {
		n++;
		got = 0;
		if (r.p == r.end)
			break;
	}
	return got < 0 ? got : n;
}

static void a_tree_round_trips(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct tree_entry e;

	(void)state;
	make_tree(&b);
	assert_int_equal(count_entries(b.data, b.len), 4);
	assert_int_equal(tree_find(b.data, b.len, "b\xff\n", 3, &e, NULL), 1);
	assert_int_equal(e.kind, TREE_EXEC);
	assert_true(e.bytes == 1ull << 40);
	assert_int_equal(tree_find(b.data, b.len, "a", 1, &e, NULL), 1);
	assert_int_equal(e.files, 7);
	assert_int_equal(tree_find(b.data, b.len, "aa", 2, &e, NULL), 0);
	assert_int_equal(count_entries("dvt1", 4), 0);
}

static void trees_have_one_form(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct tree_entry bad[] = {
		entry(TREE_FILE, "c", 1, 1), entry(TREE_FILE, "b", 1, 1),
		entry(TREE_FILE, ".", 1, 1), entry(TREE_FILE, "..", 1, 1),
		entry(TREE_FILE, "d/e", 1, 1), entry(TREE_FILE, "d", 1, 1),
	};
	struct tree_writer w;

	(void)state;
	tree_writer_init(&w, &b);
	assert_int_equal(tree_add(&w, &bad[0], NULL), 0);
	bad[5].name_len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(tree_add(&w, &bad[i], NULL), DVER_EINVAL);
}

static void no_cut_off_tree_is_read_whole(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;

	(void)state;
	make_tree(&b);
	for (size_t cut = 0; cut < b.len; cut++) {
		/* Exact size, so that a sanitizer sees a read past it. */
		AUTO_FREE char *copy = malloc(cut + 1);
		int n;

		memcpy(copy, b.data, cut);
		n = count_entries(copy, cut);
		assert_true(n < 4);
	}
	b.data[4] = 5;
	assert_int_equal(count_entries(b.data, b.len), DVER_EFORMAT);
}

static void a_recipe_round_trips_and_folds(void **state)
{
	AUTO_BUF struct buf entries = BUF_BIG;
	AUTO_BUF struct buf b = BUF_BIG;
	struct oid one = { { 1 } }, zero = { { 0 } };
	struct recipe_writer w;
	struct recipe_reader r;
	struct recipe_entry e;
	struct dver_err err;

	(void)state;
	recipe_writer_init(&w);
	recipe_add(&w, &entries, &one, 100);
	for (int i = 0; i < 1000000; i++)
		recipe_add(&w, &entries, &zero, CHUNK_MAX);
	recipe_add(&w, &entries, &zero, 5);
	recipe_finish(&w, &entries);
	assert_int_equal(w.count, 3);
	recipe_header(&b, 1, w.total);
	buf_add(&b, entries.data, entries.len);
	assert_true(b.len < 150);
	assert_int_equal(recipe_reader_init(&r, b.data, b.len, &err), 0);
	assert_int_equal(recipe_next(&r, &e, &err), 1);
	assert_int_equal(recipe_next(&r, &e, &err), 1);
	assert_int_equal(e.repeat, 1000000);
	assert_int_equal(recipe_next(&r, &e, &err), 1);
	assert_int_equal(recipe_next(&r, &e, &err), 0);
	for (size_t cut = 0; cut < b.len; cut++) {
		int n = recipe_reader_init(&r, b.data, cut, &err);

		while (n == 0 && (n = recipe_next(&r, &e, &err)) > 0)
			n = 0;
		assert_int_equal(n, DVER_EFORMAT);
		if (cut > 20)
			break;
	}
}

static void recipes_that_lie_are_refused(void **state)
{
	static const struct { uint64_t total, length, repeat; } bad[] = {
		{ 10, 11, 1 }, { 10, 9, 1 }, { 10, 0, 1 }, { 0, 10, 0 },
		{ 10, 5, UINT64_MAX }, { 3u << 20, (1u << 20) + 1, 1 },
	};
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_BUF struct buf b = BUF_BIG;
		struct oid id = { { 1 } };
		struct recipe_reader r;
		struct recipe_entry e;
		int n;

		recipe_header(&b, 1, bad[i].total);
		buf_add(&b, id.id, sizeof(id.id));
		buf_add_varint(&b, bad[i].length);
		buf_add_varint(&b, bad[i].repeat);
		assert_int_equal(recipe_reader_init(&r, b.data, b.len, &err),
				 0);
		n = recipe_next(&r, &e, &err);
		if (n > 0)
			n = recipe_next(&r, &e, &err);
		assert_int_equal(n, DVER_EFORMAT);
	}
}

#define BIG (6u << 20)

static void fill(uint8_t *data, size_t len)
{
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		data[i] = (uint8_t)x;
	}
}

/* Ends of the chunks of data[0..len); returns how many. */
static size_t cuts(size_t *at, const uint8_t *data, size_t len)
{
	size_t n = 0, pos = 0;

	while (pos < len) {
		size_t cut = chunker_cut(data + pos, len - pos);

		assert_true(cut > 0 && cut <= CHUNK_MAX);
		if (pos + cut < len)
			assert_true(cut >= CHUNK_MIN);
		pos += cut;
		at[n++] = pos;
	}
	return n;
}

static void cuts_find_back_after_an_insertion(void **state)
{
	AUTO_FREE uint8_t *a = malloc(BIG);
	AUTO_FREE uint8_t *b = malloc(BIG + 1000);
	size_t ca[BIG / CHUNK_MIN + 1], cb[BIG / CHUNK_MIN + 2];
	size_t na, nb, same = 0;

	(void)state;
	fill(a, BIG);
	memcpy(b, a, 3u << 20);
	memset(b + (3u << 20), 7, 1000);
	memcpy(b + (3u << 20) + 1000, a + (3u << 20), BIG - (3u << 20));
	na = cuts(ca, a, BIG);
	nb = cuts(cb, b, BIG + 1000);
	assert_true(na > 8 && na < 60);
	while (same < na && same < nb &&
	       ca[na - 1 - same] + 1000 == cb[nb - 1 - same])
		same++;
	assert_true(same >= 3);
}

/* Other cuts would be another store: these are the format. */
static void cuts_are_those_of_the_format(void **state)
{
	AUTO_FREE uint8_t *a = malloc(BIG);
	size_t at[BIG / CHUNK_MIN + 1];
	size_t n, again;

	(void)state;
	fill(a, BIG);
	n = cuts(at, a, BIG);
	again = chunker_cut(a, CHUNK_MAX);
	assert_int_equal(at[0], again);
	memset(a, 0, BIG);
	assert_int_equal(chunker_cut(a, CHUNK_MAX), CHUNK_MAX);
	assert_int_equal(chunker_cut(a, 10), 10);
	assert_int_equal(at[n - 1], BIG);
	assert_int_equal(at[0], 411916);
	assert_int_equal(at[1], 870791);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_tree_round_trips),
		T(trees_have_one_form),
		T(no_cut_off_tree_is_read_whole),
		T(a_recipe_round_trips_and_folds),
		T(recipes_that_lie_are_refused),
		T(cuts_find_back_after_an_insertion),
		T(cuts_are_those_of_the_format),
	};

	return RUN(tests);
}
