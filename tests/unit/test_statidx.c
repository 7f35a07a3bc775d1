/* statidx and record: what is written is read; what is damaged is nothing. */
#include "tests/harness.h"

#include "workspace/record.h"
#include "workspace/statidx.h"

static struct statidx_entry file_entry(const char *name, uint64_t size)
{
	struct statidx_entry e = { .name = name, .kind = TREE_FILE,
				   .name_len = (uint16_t)strlen(name),
				   .flags = STAT_CLEAN | STAT_STORED,
				   .mode = 0100644 };

	e.f.ino = 7;
	e.f.size = size;
	e.f.mtime = -5;
	e.f.ctime = 1234567890123456789;
	memset(e.id.id, (int)size, sizeof(e.id.id));
	return e;
}

static void save(const char *path, struct statidx *old,
		 const char *const *names, size_t n)
{
	struct statidx_out *o = NULL;
	struct statidx_entry v[8], root = { .kind = TREE_DIR };

	for (size_t i = 0; i < n; i++)
		v[i] = file_entry(names[i], i + 1);
	assert_int_equal(statidx_out_new(&o, path, old, NULL), 0);
	assert_int_equal(statidx_out_block(o, v, n, &root, NULL), 0);
	root.d.bytes = 42;
	root.d.files = n;
	assert_int_equal(statidx_out_commit(&o, &root, 99, root.d.len, NULL),
			 0);
	assert_null(o);
}

static size_t load(struct statidx *x, struct statidx_entry **v,
		   struct buf *bytes)
{
	size_t n = 0, cap = 0;

	assert_int_equal(statidx_block(x, statidx_root(x), bytes, v, &n, &cap,
				       NULL), 1);
	return n;
}

static void an_index_comes_back(void **state)
{
	static const char *const names[] = { "a", "b b", "c\n" };
	AUTO_STATIDX struct statidx *x = NULL;
	AUTO_FREE struct statidx_entry *v = NULL;
	AUTO_BUF struct buf bytes = BUF_BIG;

	(void)state;
	save("i", NULL, names, 3);
	assert_int_equal(statidx_open(&x, "i", NULL), 1);
	assert_int_equal(statidx_stamp(x), 99);
	assert_int_equal(statidx_root(x)->d.bytes, 42);
	assert_int_equal(load(x, &v, &bytes), 3);
	assert_memory_equal(v[2].name, "c\n", 2);
	assert_int_equal(v[1].f.size, 2);
	assert_int_equal(v[1].f.mtime, -5);
	assert_int_equal(v[1].f.ctime, 1234567890123456789);
	assert_int_equal(v[1].mode, 0100644);
	assert_int_equal(v[1].flags, STAT_CLEAN | STAT_STORED);
	assert_false(statidx_is_stale(x));
	assert_int_equal(dir_entries("."), 1);
}

/* A new index starts as a copy of the old: old blocks stay readable. */
static void blocks_of_the_old_index_stay(void **state)
{
	static const char *const one[] = { "a" };
	static const char *const two[] = { "a", "b" };
	AUTO_STATIDX struct statidx *x = NULL;
	AUTO_STATIDX struct statidx *y = NULL;
	AUTO_FREE struct statidx_entry *v = NULL;
	AUTO_BUF struct buf bytes = BUF_BIG;
	size_t n = 0, cap = 0;

	(void)state;
	save("i", NULL, one, 1);
	assert_int_equal(statidx_open(&x, "i", NULL), 1);
	save("i", x, two, 2);
	assert_int_equal(statidx_open(&y, "i", NULL), 1);
	assert_int_equal(load(y, &v, &bytes), 2);
	cap = 2;
	assert_int_equal(statidx_block(y, statidx_root(x), &bytes, &v, &n,
				       &cap, NULL), 1);
	assert_int_equal(n, 1);
}

/* Each byte flipped, each length cut: never a wrong entry, never a crash. */
static void damage_makes_it_nothing(void **state)
{
	static const char *const names[] = { "a", "bb" };
	AUTO_FREE char *good = NULL;
	size_t len;

	(void)state;
	save("i", NULL, names, 2);
	assert_int_equal(os_slurp(&good, &len, "i", 1 << 20, NULL), 0);
	for (size_t at = 0; at < 2 * len; at++) {
		AUTO_STATIDX struct statidx *x = NULL;
		AUTO_FREE struct statidx_entry *v = NULL;
		AUTO_BUF struct buf bytes = BUF_BIG;
		size_t n = 0, cap = 0;
		FILE *f = fopen("i", "we");
		int r;

		good[at % len] ^= 1;
		fwrite(good, 1, at < len ? len : at - len, f);
		good[at % len] ^= 1;
		assert_int_equal(fclose(f), 0);
		r = statidx_open(&x, "i", NULL);
		if (r == 1)
			r = statidx_block(x, statidx_root(x), &bytes, &v, &n,
					  &cap, NULL);
		assert_int_equal(r, 0);
		assert_int_equal(n, 0);
	}
}

static void save_record(const struct record *r, const char *path)
{
	AUTO_BUF struct buf b = BUF_BIG;
	FILE *f = fopen(path, "we");

	assert_int_equal(record_format(r, &b, NULL), 0);
	assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
	assert_int_equal(fclose(f), 0);
}

static void a_record_comes_back(void **state)
{
	AUTO_RECORD struct record r = RECORD_INIT;
	AUTO_RECORD struct record back = RECORD_INIT;
	struct recorded *e;

	(void)state;
	assert_int_equal(record_load(&r, "none", NULL), 0);
	assert_int_equal(r.n, 0);
	e = record_put(&r, "data/odd\n\\name");
	e->kind = ROOT_TREE;
	e->partial = true;
	e->files = 3;
	e->bytes = 1ull << 40;
	assert_int_equal(recorded_add_here(e, "x/y", NULL), 0);
	assert_int_equal(recorded_add_lack(e, "x/y/z", NULL), 0);
	e = record_put(&r, "a");
	e->kind = ROOT_FILE;
	e->exec = true;
	e->chosen = true;
	save_record(&r, "w");
	assert_int_equal(record_load(&back, "w", NULL), 0);
	assert_int_equal(back.n, 2);
	e = record_find(&back, "data/odd\n\\name");
	assert_non_null(e);
	assert_int_equal(e->bytes, 1ull << 40);
	assert_int_equal(recorded_here(e, "x"), 2);
	assert_int_equal(recorded_here(e, "x/y"), 2);
	assert_int_equal(recorded_here(e, "x/y/a"), 1);
	assert_int_equal(recorded_here(e, "x/y/z/deep"), 0);
	assert_int_equal(recorded_here(e, "other"), 0);
	e = record_find(&back, "a");
	assert_true(e->exec && e->chosen && !e->partial);
}

static void a_damaged_record_is_an_error(void **state)
{
	AUTO_RECORD struct record r = RECORD_INIT;
	AUTO_FREE char *good = NULL;
	size_t len;
	struct recorded *e = record_put(&r, "data");

	(void)state;
	e->kind = ROOT_TREE;
	save_record(&r, "w");
	assert_int_equal(os_slurp(&good, &len, "w", 1 << 20, NULL), 0);
	for (size_t at = 0; at < len; at++) {
		AUTO_RECORD struct record back = RECORD_INIT;
		FILE *f = fopen("w", "we");

		good[at] ^= 4;
		fwrite(good, 1, len, f);
		good[at] ^= 4;
		assert_int_equal(fclose(f), 0);
		assert_int_equal(record_load(&back, "w", NULL),
				 DVER_ECORRUPT);
		assert_int_equal(back.n, 0);
	}
}

static void parts_swallow_parts(void **state)
{
	AUTO_RECORD struct record r = RECORD_INIT;
	struct recorded *e = record_put(&r, "d");

	(void)state;
	e->kind = ROOT_TREE;
	e->partial = true;
	assert_int_equal(recorded_add_here(e, "a/b", NULL), 0);
	assert_int_equal(recorded_add_here(e, "a/c", NULL), 0);
	assert_int_equal(recorded_add_here(e, "a", NULL), 0);
	assert_int_equal(e->here.n, 1);
	assert_int_equal(recorded_add_here(e, "a/x", NULL), 0);
	assert_int_equal(e->here.n, 1);
	recorded_whole(e);
	assert_int_equal(recorded_here(e, "anything"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_index_comes_back),
		T(blocks_of_the_old_index_stay),
		T(damage_makes_it_nothing),
		T(a_record_comes_back),
		T(a_damaged_record_is_an_error),
		T(parts_swallow_parts),
	};

	return RUN(tests);
}
