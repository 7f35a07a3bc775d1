/* buf, le, err, mem: the pieces that everything is made of. */
#include "tests/harness.h"

#include <errno.h>

#include "base/buf.h"
#include "base/le.h"

static void varints_round_trip(void **state)
{
	uint64_t v = 1;

	(void)state;
	for (int i = 0; i < 200; i++) {
		uint8_t p[VARINT_MAX];
		uint64_t back = 0;
		size_t n = varint_put(p, v);

		assert_int_equal(varint_get(p, n, &back), n);
		assert_true(back == v);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(varint_get(p, cut, &back), 0);
		v = v * 3 + (uint64_t)i;
	}
}

static void varints_have_one_form(void **state)
{
	static const uint8_t longer[] = { 0x81, 0x00 };
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 0xff,
					0xff, 0xff, 0xff, 0xff, 0x02 };
	static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					   0xff, 0xff, 0xff, 0xff, 0x01 };
	uint64_t v;

	(void)state;
	assert_int_equal(varint_get(longer, sizeof(longer), &v), 0);
	assert_int_equal(varint_get(huge, sizeof(huge), &v), 0);
	assert_int_equal(varint_get(endless, sizeof(endless), &v), 0);
}

static void a_buf_stops_at_its_maximum_and_stays_failed(void **state)
{
	AUTO_BUF struct buf b = BUF_INIT(8);
	struct dver_err err;

	(void)state;
	buf_addstr(&b, "12345678");
	assert_true(buf_ok(&b));
	buf_addc(&b, '9');
	assert_false(buf_ok(&b));
	assert_string_equal(b.data, "12345678");
	buf_addstr(&b, "");
	assert_int_equal(buf_check(&b, &err), DVER_EINVAL);
	assert_null(buf_detach(&b));
	buf_clear(&b);
	buf_addf(&b, "%d", 42);
	assert_true(buf_ok(&b));
	assert_string_equal(b.data, "42");
}

static void an_empty_buf_can_be_read_and_detached(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	AUTO_FREE char *s = NULL;

	(void)state;
	assert_string_equal(b.data, "");
	buf_truncate(&b, 0);
	s = buf_detach(&b);
	assert_string_equal(s, "");
}

static void paths_join_with_one_slash(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;

	(void)state;
	buf_addpath(&b, "a");
	buf_addpath(&b, "b");
	assert_string_equal(b.data, "a/b");
	buf_setstr(&b, "/");
	buf_addpath(&b, "c");
	assert_string_equal(b.data, "/c");
}

static void errors_name_the_thing_and_nest(void **state)
{
	struct dver_err err;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_sys(&err, "cannot open '%s'", "x"),
			 DVER_ENOTFOUND);
	assert_string_equal(err.msg,
			    "cannot open 'x': No such file or directory");
	assert_int_equal(err_wrap(&err, "stage '%s'", "s"), DVER_ENOTFOUND);
	assert_string_equal(err.msg, "stage 's': cannot open 'x': "
				     "No such file or directory");
	assert_int_equal(err_set(NULL, DVER_EINVAL, "x"), DVER_EINVAL);
}

static void an_arena_keeps_every_piece_apart(void **state)
{
	AUTO_ARENA struct arena a = ARENA_INIT;
	char *piece[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(piece); i++) {
		piece[i] = arena_alloc(&a, i % 97 + 1);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % 8, 0);
		memset(piece[i], (int)(i % 251), i % 97 + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(piece); i++)
		for (size_t j = 0; j <= i % 97; j++)
			assert_int_equal((uint8_t)piece[i][j], i % 251);
	assert_non_null(arena_alloc(&a, 1u << 20));
	assert_true(arena_bytes(&a) > 1u << 20);
	assert_null(arena_alloc(&a, SIZE_MAX));
}

static void growing_refuses_sizes_that_overflow(void **state)
{
	AUTO_FREE uint64_t *v = NULL;
	size_t cap = 0;

	(void)state;
	assert_true(mem_grow(&v, &cap, 100, sizeof(*v)));
	assert_true(cap >= 100);
	assert_false(mem_grow(&v, &cap, SIZE_MAX, sizeof(*v)));
	assert_false(mem_grow(&v, &cap, SIZE_MAX / 4, sizeof(*v)));
}

static void a_folder_is_listed_and_removed_but_no_link_followed(void **state)
{
	struct dver_err err;

	(void)state;
	assert_int_equal(mkdir("keep", 0777), 0);
	spit("keep/f", "x");
	assert_int_equal(mkdir("d", 0777), 0);
	assert_int_equal(mkdir("d/e", 0777), 0);
	spit("d/e/g", "y");
	assert_int_equal(symlink("../keep", "d/link"), 0);
	assert_int_equal(dir_entries("d"), 2);
	assert_int_equal(dir_remove_all(AT_FDCWD, "d", &err), 0);
	assert_int_equal(dir_entries("."), 1);
	assert_string_equal(slurp("keep/f"), "x");
	assert_int_equal(dir_remove_all(AT_FDCWD, "d", &err), DVER_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(varints_round_trip),
		T(varints_have_one_form),
		T(a_buf_stops_at_its_maximum_and_stays_failed),
		T(an_empty_buf_can_be_read_and_detached),
		T(paths_join_with_one_slash),
		T(errors_name_the_thing_and_nest),
		T(an_arena_keeps_every_piece_apart),
		T(growing_refuses_sizes_that_overflow),
		T(a_folder_is_listed_and_removed_but_no_link_followed),
	};

	return RUN(tests);
}
