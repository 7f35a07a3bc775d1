/* os, afile, hash: bytes to the disk and their checksum. */
#include "tests/harness.h"

#include <errno.h>

#include "base/afile.h"
#include "base/hash.h"
#include "base/os.h"
#include "base/rand.h"

static void a_file_is_replaced_whole(void **state)
{
	AUTO_FREE char *big = malloc(200000);
	struct os_stat st;
	struct dver_err err;

	(void)state;
	spit("f", "old");
	assert_int_equal(afile_replace("f", "new", 3, 0640, 0, &err), 0);
	assert_string_equal(slurp("f"), "new");
	assert_int_equal(os_stat("f", &st, true), 0);
	assert_int_equal(st.mode & 0777, 0640);
	memset(big, 'x', 200000);
	assert_int_equal(afile_replace("f", big, 200000, 0644, AFILE_NOSYNC,
				       &err), 0);
	assert_int_equal(os_stat("f", &st, true), 0);
	assert_int_equal(st.size, 200000);
	assert_int_equal(dir_entries("."), 1);
}

static void a_discarded_replacement_leaves_nothing(void **state)
{
	struct afile *af = NULL;
	struct dver_err err;

	(void)state;
	spit("f", "old");
	assert_int_equal(afile_open(&af, "f", 0644, 0, &err), 0);
	assert_int_equal(afile_write(af, "new", 3, &err), 0);
	afile_discard(af);
	assert_string_equal(slurp("f"), "old");
	assert_int_equal(dir_entries("."), 1);
	assert_int_equal(afile_open(&af, "no/f", 0644, 0, &err),
			 DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "no/f"));
}

static void a_failed_replacement_keeps_the_old_state(void **state)
{
	struct dver_err err;

	(void)state;
	assert_int_equal(mkdir("f", 0777), 0);
	spit("f/in", "x");
	assert_true(afile_replace("f", "new", 3, 0644, 0, &err) < 0);
	assert_string_equal(slurp("f/in"), "x");
	assert_int_equal(dir_entries("."), 1);
}

static void ranges_are_copied_and_short_sources_noticed(void **state)
{
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;

	(void)state;
	spit("a", "0123456789");
	from = os_open("a", O_RDONLY, 0);
	to = os_open("b", O_RDWR | O_CREAT, 0644);
	assert_int_equal(os_copy_range(to, 1, from, 2, 5), 0);
	assert_memory_equal(slurp("b"), "\0" "23456", 7);
	assert_true(os_copy_range(to, 0, from, 8, 5) < 0);
	assert_int_equal(errno, ENODATA);
}

static void folders_are_made_and_files_in_the_way_named(void **state)
{
	struct os_stat st;

	(void)state;
	assert_int_equal(os_mkdirs("a/b/c", 0777), 0);
	assert_int_equal(os_mkdirs("a/b/c", 0777), 0);
	assert_int_equal(os_stat("a/b/c", &st, true), 0);
	assert_true(S_ISDIR(st.mode));
	spit("f", "x");
	assert_true(os_mkdirs("f/x", 0777) < 0);
	assert_int_equal(errno, ENOTDIR);
}

static void a_rename_can_refuse_to_replace(void **state)
{
	(void)state;
	spit("a", "1");
	spit("b", "2");
	assert_true(os_rename_new(AT_FDCWD, "a", AT_FDCWD, "b") < 0);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(os_rename_new(AT_FDCWD, "a", AT_FDCWD, "c"), 0);
	assert_string_equal(slurp("c"), "1");
	assert_string_equal(slurp("b"), "2");
}

static void a_file_over_the_limit_is_refused(void **state)
{
	AUTO_FREE char *text = NULL;
	struct dver_err err;
	size_t len;

	(void)state;
	spit("f", "12345");
	assert_int_equal(os_slurp(&text, &len, "f", 4, &err), DVER_EFORMAT);
	assert_int_equal(os_slurp(&text, &len, "f", 5, &err), 0);
	assert_int_equal(len, 5);
	assert_string_equal(text, "12345");
	assert_int_equal(os_slurp(&text, &len, "g", 5, &err), DVER_ENOTFOUND);
}

/* FIPS 180-4, from NIST's example values. */
static void sha256_of_the_standard(void **state)
{
	static const char *const cases[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599"
		      "1b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb41"
			 "0ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419"
		  "db06c1" },
	};
	AUTO_HASH struct hash *h = NULL;
	uint8_t id[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];

	(void)state;
	assert_int_equal(hash_new(&h, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(hash_one(h, id, cases[i][0],
					  strlen(cases[i][0]), NULL), 0);
		hex_encode(hex, id, sizeof(id));
		assert_string_equal(hex, cases[i][1]);
	}
	assert_int_equal(hash_init(h, NULL), 0);
	assert_int_equal(hash_update(h, "a", 1, NULL), 0);
	assert_int_equal(hash_update(h, "bc", 2, NULL), 0);
	assert_int_equal(hash_final(h, id, NULL), 0);
	hex_encode(hex, id, sizeof(id));
	assert_string_equal(hex, cases[1][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_file_is_replaced_whole),
		T(a_discarded_replacement_leaves_nothing),
		T(a_failed_replacement_keeps_the_old_state),
		T(ranges_are_copied_and_short_sources_noticed),
		T(folders_are_made_and_files_in_the_way_named),
		T(a_rename_can_refuse_to_replace),
		T(a_file_over_the_limit_is_refused),
		T(sha256_of_the_standard),
	};

	return RUN(tests);
}
