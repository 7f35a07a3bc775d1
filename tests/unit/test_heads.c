/* heads: what a store writes is what a web remote reads. */
#include "tests/harness.h"

#include "base/hash.h"
#include "base/os.h"
#include "base/rand.h"
#include "remotes/web.h"
#include "store/heads.h"
#include "store/writer.h"

static struct store *open_remote(void)
{
	struct store_opts opts = { .create = true };
	struct transport *t = NULL;
	struct store *s = NULL;

	assert_int_equal(transport_directory_open(&t, "remote",
						  TRANSPORT_CREATE, 0, NULL),
			 0);
	assert_int_equal(store_open(&s, &t, &opts, NULL), 0);
	return s;
}

static void publish(struct store *s, const char *text)
{
	struct writer_opts opts = { .workers = 1, .stage = "stage" };
	AUTO_STORE_IO struct store_io *io = NULL;
	struct writer_stats st;
	struct writer *w = NULL;
	struct oid id;

	assert_int_equal(os_mkdirs("stage", 0777), 0);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(writer_open(&w, s, &opts, NULL), 0);
	assert_int_equal(hash_bytes(id.id, text, strlen(text), NULL), 0);
	assert_int_equal(writer_put(w, 0, io, PLACE_PACK, &id, text,
				    strlen(text), NULL), 1);
	assert_int_equal(writer_commit(&w, &st, NULL), 0);
}

static void parse_file(struct heads_list *h)
{
	AUTO_FREE char *text = NULL;
	struct dver_err err;
	size_t len;

	assert_int_equal(os_slurp(&text, &len, "remote/heads", 1 << 20, NULL),
			 0);
	if (heads_parse(h, "heads", text, len, &err) < 0)
		fail_msg("%s", err.msg);
}

static void is_file(const struct heads_entry *e)
{
	char path[200];
	struct os_stat st;

	(void)snprintf(path, sizeof(path), "remote/%s", e->key);
	assert_int_equal(os_stat(path, &st, true), 0);
	assert_int_equal(st.size, e->size);
}

static void what_is_written_is_read(void **state)
{
	static const char gc[] = "gc/00112233445566778899aabbccddeeff";
	AUTO_STORE struct store *s = open_remote();
	AUTO_HEADS struct heads_list first = { .v = NULL };
	AUTO_HEADS struct heads_list second = { .v = NULL };

	(void)state;
	publish(s, "one");
	assert_int_equal(os_mkdirs("remote/gc", 0777), 0);
	spit("remote/gc/00112233445566778899aabbccddeeff", "x");
	spit("remote/gc/something else", "x");
	spit("remote/index/odd", "x");
	assert_int_equal(heads_write(s, NULL), 0);
	parse_file(&first);
	assert_int_equal(first.n, 2);
	assert_true(str_starts(first.v[0].key, "index/0-"));
	is_file(&first.v[0]);
	assert_string_equal(first.v[1].key, gc);
	is_file(&first.v[1]);
	assert_int_equal(rename("remote/gc", "gone"), 0);
	publish(s, "two");
	assert_int_equal(heads_write(s, NULL), 0);
	parse_file(&second);
	assert_int_equal(second.n, 2);
}

/* Where the listing is the old heads itself, the new is in it all the same. */
static void what_was_published_is_in_it(void **state)
{
	AUTO_STORE struct store *s = open_remote();
	AUTO_HEADS struct heads_list h = { .v = NULL };

	(void)state;
	publish(s, "one");
	assert_int_equal(rename("remote/index", "remote/hidden"), 0);
	assert_int_equal(heads_write(s, NULL), 0);
	assert_int_equal(rename("remote/hidden", "remote/index"), 0);
	parse_file(&h);
	assert_int_equal(h.n, 1);
	is_file(&h.v[0]);
}

static int parse(struct heads_list *h, const char *text, bool right_sum,
		 struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];

	buf_addstr(&b, text);
	assert_int_equal(hash_bytes(sum, b.data, b.len, NULL), 0);
	sum[5] ^= !right_sum;
	hex_encode(hex, sum, HASH_SIZE);
	buf_addf(&b, "sum %s\n", hex);
	return heads_parse(h, "http://h/heads", b.data, b.len, err);
}

static void a_damaged_one_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "dver", "dver heads 1\nindex/a",
		"dver heads 1\nindex/a\n", "dver heads 1\nindex/a 1",
		"dver heads 1\nindex/a -1\n", "dver heads 1\nindex/a 1x\n",
		"dver heads 1\nindex/a 99999999999999999999\n",
		"dver heads 1\n 5\n", "dver heads 1\n/a 5\n",
		"dver heads 1\na/../b 5\n", "dver heads 1\na//b 5\n",
		"dver heads 1\na/ 5\n", "dver heads 1\n. 5\n",
		"dver heads 1\n\n", "<html><head>1\n",
	};
	struct heads_list h;
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (parse(&h, bad[i], true, &err) != DVER_ECORRUPT)
			fail_msg("'%s' was taken", bad[i]);
	assert_non_null(strstr(err.msg, "'http://h/heads' is damaged"));
	assert_int_equal(parse(&h, "dver heads 1\na 5\n", false, &err),
			 DVER_ECORRUPT);
	assert_int_equal(parse(&h, "dver heads 2\na 5\n", true, &err),
			 DVER_EUNSUPPORTED);
	assert_int_equal(heads_parse(&h, "x", "", 0, &err), DVER_ECORRUPT);
	assert_int_equal(parse(&h, "dver heads 1\n", true, &err), 0);
	assert_int_equal(h.n, 0);
	heads_release(&h);
	assert_int_equal(parse(&h, "dver heads 1\na/b 5\nc 0\n", true, &err),
			 0);
	assert_int_equal(h.n, 2);
	assert_string_equal(h.v[0].key, "a/b");
	assert_int_equal(h.v[0].size, 5);
	heads_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_read),
		T(what_was_published_is_in_it),
		T(a_damaged_one_is_refused),
	};

	return RUN(tests);
}
