/* sftp: packets as bytes, and bytes that are none. */
#include "tests/harness.h"

#include "base/buf.h"
#include "net/sftp_packet.h"

static void numbers_and_strings_are_coded(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct sftp_in in;
	const char *s;
	size_t len;

	(void)state;
	sftp_begin(&b, SFTP_OPEN, 7);
	sftp_add_str(&b, "path");
	sftp_add_u64(&b, 0x0102030405060708u);
	sftp_add_mode(&b, 0644);
	sftp_end(&b, 3);
	sftp_set_id(&b, 0xa0b0c0d0u);
	assert_int_equal(b.len, 9 + 8 + 8 + 8);
	sftp_in_init(&in, b.data, b.len);
	assert_int_equal(sftp_u32(&in), b.len - 4 + 3);
	assert_int_equal(sftp_u8(&in), SFTP_OPEN);
	assert_int_equal(sftp_u32(&in), 0xa0b0c0d0u);
	s = sftp_str(&in, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(s, "path", 4);
	assert_true(sftp_u64(&in) == 0x0102030405060708u);
	assert_int_equal(sftp_u32(&in), SFTP_HAS_MODE);
	assert_int_equal(sftp_u32(&in), 0644);
	assert_false(in.bad);
	/* Past the end all is empty, and stays so. */
	assert_int_equal(sftp_u32(&in), 0);
	assert_true(in.bad);
	(void)sftp_str(&in, &len);
	assert_int_equal(len, 0);
}

static void a_string_longer_than_its_packet_is_none(void **state)
{
	static const uint8_t bytes[] = { 0, 0, 0, 5, 'a', 'b', 'c', 'd' };
	static const uint8_t huge[] = { 255, 255, 255, 255, 'a' };
	struct sftp_in in;
	size_t len;

	(void)state;
	sftp_in_init(&in, bytes, sizeof(bytes));
	(void)sftp_str(&in, &len);
	assert_true(in.bad && len == 0);
	sftp_in_init(&in, huge, sizeof(huge));
	(void)sftp_str(&in, &len);
	assert_true(in.bad && len == 0);
}

static void lengths_that_are_text_are_no_lengths(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(sftp_length((const uint8_t *)"\0\0\0\x05", &len), 0);
	assert_int_equal(len, 5);
	assert_int_equal(sftp_length((const uint8_t *)"\0\x04\0\0", &len), 0);
	assert_int_equal(sftp_length((const uint8_t *)"\0\x04\0\x01", &len),
			 -1);
	assert_int_equal(sftp_length((const uint8_t *)"\0\0\0\x04", &len), -1);
	assert_int_equal(sftp_length((const uint8_t *)"Welc", &len), -1);
}

static void greetings_tell_what_a_server_can(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct dver_err err;
	unsigned can;

	(void)state;
	sftp_add_u32(&b, 3);
	sftp_add_str(&b, "fsync@openssh.com");
	sftp_add_str(&b, "1");
	sftp_add_str(&b, "posix-rename@openssh.com");
	sftp_add_str(&b, "99");
	sftp_add_str(&b, "unheard-of@example.org");
	sftp_add_str(&b, "");
	assert_int_equal(sftp_version(b.data, b.len, &can, &err), 0);
	assert_int_equal(can, SFTP_FSYNC);
	assert_int_equal(sftp_version(b.data, b.len - 1, &can, &err),
			 DVER_EREMOTE);
	buf_clear(&b);
	sftp_add_u32(&b, 2);
	assert_int_equal(sftp_version(b.data, b.len, &can, &err),
			 DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "version 2"));
	assert_int_equal(sftp_version(b.data, 3, &can, &err), DVER_EREMOTE);
}

static void a_servers_words_are_shown_tamed(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	char words[SFTP_WORDS], small[12];
	uint32_t code;

	(void)state;
	sftp_add_u32(&b, SFTP_FAILURE);
	assert_int_equal(sftp_status(b.data, b.len, &code, words), 0);
	assert_int_equal(code, SFTP_FAILURE);
	assert_string_equal(words, "");
	sftp_add_str(&b, "bad\x1b[2J\n\xc2\x9bthing\n");
	assert_int_equal(sftp_status(b.data, b.len, &code, words), 0);
	assert_string_equal(words, "bad [2J \xc2 thing");
	assert_int_equal(sftp_status(b.data, b.len - 1, &code, words), -1);
	assert_int_equal(sftp_status(b.data, 3, &code, words), -1);
	sftp_clean(small, sizeof(small), "abcdefghijklmn", 14);
	assert_string_equal(small, "abcdefgh...");
	sftp_clean(small, sizeof(small), "abcdefgh", 8);
	assert_string_equal(small, "abcdefgh");
}

static void names_come_with_attributes(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct sftp_names n;
	struct sftp_name e;

	(void)state;
	sftp_add_u32(&b, 2);
	sftp_add_str(&b, "one");
	sftp_add_str(&b, "-rw-r--r-- ...");
	sftp_add_u32(&b, SFTP_HAS_SIZE | SFTP_HAS_OWNER | SFTP_HAS_MODE |
		     SFTP_HAS_TIMES | (uint32_t)SFTP_HAS_MORE);
	sftp_add_u64(&b, 1ull << 40);
	sftp_add_u64(&b, 0);
	sftp_add_u32(&b, 0100644);
	sftp_add_u32(&b, 1);
	sftp_add_u32(&b, 4000000000u);
	sftp_add_u32(&b, 1);
	sftp_add_str(&b, "acl");
	sftp_add_str(&b, "x");
	sftp_add_str(&b, "two");
	sftp_add_str(&b, "");
	sftp_add_u32(&b, 0);
	assert_int_equal(sftp_names_init(&n, b.data, b.len), 0);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(e.len, 3);
	assert_memory_equal(e.name, "one", 3);
	assert_true(e.attrs.size == 1ull << 40);
	assert_int_equal(e.attrs.mode, 0100644);
	assert_true(e.attrs.mtime == 4000000000);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(e.attrs.has, 0);
	assert_int_equal(sftp_names_next(&n, &e), 0);
	/* More names than there are bytes for. */
	b.data[1] = 1;
	assert_int_equal(sftp_names_init(&n, b.data, b.len), -1);
	b.data[1] = 0;
	b.data[3] = 3;
	assert_int_equal(sftp_names_init(&n, b.data, b.len), 0);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(sftp_names_next(&n, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_and_strings_are_coded),
		T(a_string_longer_than_its_packet_is_none),
		T(lengths_that_are_text_are_no_lengths),
		T(greetings_tell_what_a_server_can),
		T(a_servers_words_are_shown_tamed),
		T(names_come_with_attributes),
	};

	return RUN(tests);
}
