/* store and writer: what is committed is read back, checked, from anywhere. */
#include "tests/harness.h"

#include "base/os.h"
#include "base/pool.h"
#include "store/chunker.h"
#include "store/recipe.h"
#include "store/tree.h"
#include "store/writer.h"

static struct store *open_store(const char *local, bool create)
{
	struct store_opts opts = { .local = local, .create = create,
				   .index_cache = local ? NULL : "cache" };
	struct transport *t = NULL;
	struct store *s = NULL;
	struct dver_err err = { 0 };

	assert_int_equal(transport_directory_open(&t, "store",
						  TRANSPORT_CREATE, 0, &err),
			 0);
	assert_int_equal(store_open(&s, &t, &opts, &err), 0);
	return s;
}

static struct writer *begin(struct store *s, int workers)
{
	struct writer_opts opts = { .workers = workers, .stage = "stage",
				    .reuse = true };
	struct writer *w = NULL;

	assert_int_equal(os_mkdirs("stage", 0777), 0);
	assert_int_equal(writer_open(&w, s, &opts, NULL), 0);
	return w;
}

static void text_of(char text[64], struct oid *id, unsigned i)
{
	(void)snprintf(text, 64, "the %uth text of %u", i, i * i);
	assert_int_equal(hash_bytes(id->id, text, strlen(text), NULL), 0);
}

static void commit_texts(struct store *s, unsigned from, unsigned to,
			 uint64_t expect_new)
{
	AUTO_STORE_IO struct store_io *io = NULL;
	struct writer *w = begin(s, 1);
	struct writer_stats st;

	assert_int_equal(store_io_new(&io, NULL), 0);
	for (unsigned i = from; i < to; i++) {
		char text[64];
		struct oid id;

		text_of(text, &id, i);
		assert_true(writer_put(w, 0, io, PLACE_PACK, &id, text,
				       strlen(text), NULL) >= 0);
	}
	assert_int_equal(writer_commit(&w, &st, NULL), 0);
	assert_int_equal(st.objects, expect_new);
	assert_int_equal(dir_entries("stage"), 0);
}

static void expect_texts(struct store *s, unsigned from, unsigned to)
{
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf b = BUF_BIG;

	assert_int_equal(store_io_new(&io, NULL), 0);
	for (unsigned i = from; i < to; i++) {
		char text[64];
		struct oid id;

		text_of(text, &id, i);
		assert_int_equal(store_read(s, io, &id, 1000, &b, NULL), 0);
		assert_string_equal(b.data, text);
	}
}

static void objects_come_back(void **state)
{
	AUTO_STORE struct store *s = open_store("store", true);
	AUTO_STORE struct store *remote = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_err err;
	struct oid no = { { 7 } };

	(void)state;
	commit_texts(s, 0, 3000, 3000);
	assert_int_equal(store_refresh(s, NULL), 0);
	commit_texts(s, 2000, 3500, 500);
	assert_int_equal(store_refresh(s, NULL), 0);
	expect_texts(s, 0, 3500);
	/* the same folder as a remote: by ranges, then with whole indexes */
	remote = open_store(NULL, false);
	expect_texts(remote, 100, 110);
	assert_int_equal(store_load_indexes(remote, NULL), 0);
	expect_texts(remote, 0, 3500);
	assert_int_equal(dir_entries("cache"), 2);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(store_read(s, io, &no, 100, &b, &err), DVER_EMISSING);
	assert_int_equal(store_has(s, &no, NULL), 0);
}

static void nothing_is_seen_before_the_commit(void **state)
{
	AUTO_STORE struct store *s = open_store("store", true);
	AUTO_STORE_IO struct store_io *io = NULL;
	struct writer *w = begin(s, 1);
	char text[64];
	struct oid id;

	(void)state;
	text_of(text, &id, 1);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(writer_put(w, 0, io, PLACE_PACK, &id, text,
				    strlen(text), NULL), 1);
	assert_int_equal(writer_put(w, 0, io, PLACE_PACK, &id, text,
				    strlen(text), NULL), 0);
	assert_int_equal(store_refresh(s, NULL), 0);
	assert_int_equal(store_has(s, &id, NULL), 0);
	writer_abort(w);
	assert_int_equal(dir_entries("stage"), 0);
	assert_int_equal(dir_entries("store"), 1);	/* the key `store` */
}

struct put_job {
	struct pool_job job;
	struct writer *w;
	struct store_io **io;
	unsigned from;
};

static int put_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct put_job *p = (struct put_job *)job;

	for (unsigned i = p->from; i < p->from + 200; i++) {
		char text[64];
		struct oid id;
		int r;

		text_of(text, &id, i);
		r = writer_put(p->w, worker, p->io[worker], PLACE_PACK, &id,
			       text, strlen(text), err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void many_put_at_once_and_nothing_twice(void **state)
{
	AUTO_STORE struct store *s = open_store("store", true);
	AUTO_POOL struct pool *p = NULL;
	struct put_job job[20];
	struct store_io *io[4];
	struct writer *w = begin(s, 4);
	struct writer_stats st;

	(void)state;
	assert_int_equal(store_refresh(s, NULL), 0);
	assert_int_equal(pool_new(&p, 4, 4, NULL), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(store_io_new(&io[i], NULL), 0);
	for (unsigned i = 0; i < 20; i++) {
		job[i] = (struct put_job){ { put_run, NULL, NULL, 0 }, w, io,
					   i * 100 };
		assert_int_equal(pool_submit(p, &job[i].job, NULL), 0);
	}
	assert_int_equal(pool_wait(p, NULL), 0);
	assert_int_equal(writer_commit(&w, &st, NULL), 0);
	assert_int_equal(st.objects, 2100);
	for (int i = 0; i < 4; i++)
		store_io_free(io[i]);
	assert_int_equal(store_refresh(s, NULL), 0);
	expect_texts(s, 0, 2100);
}

/* A tree of more than 1 MiB is cut like a file and read as one. */
static void a_huge_tree_round_trips(void **state)
{
	AUTO_STORE struct store *s = open_store("store", true);
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf tree = BUF_BIG;
	AUTO_BUF struct buf back = BUF_BIG;
	struct tree_writer tw;
	struct writer *w = begin(s, 1);
	struct writer_stats st;
	struct oid id;

	(void)state;
	tree_writer_init(&tw, &tree);
	for (unsigned i = 0; i < 60000; i++) {
		char name[16];
		struct tree_entry e = { .kind = TREE_FILE, .name = name,
					.bytes = i, .files = 1 };

		e.name_len = (size_t)snprintf(name, sizeof(name), "%08u", i);
		assert_int_equal(hash_bytes(e.id.id, name, 8, NULL), 0);
		assert_int_equal(tree_add(&tw, &e, NULL), 0);
	}
	assert_true(tree.len > 2 * CHUNK_MAX);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(writer_put_tree(w, 0, io, &id, tree.data, tree.len,
					 NULL), 1);
	assert_int_equal(writer_add_root(w, ROOT_TREE, &id, NULL), 0);
	assert_int_equal(writer_commit(&w, &st, NULL), 0);
	assert_int_equal(store_refresh(s, NULL), 0);
	assert_int_equal(store_read(s, io, &id, SIZE_MAX, &back, NULL), 0);
	assert_int_equal(back.len, tree.len);
	assert_memory_equal(back.data, tree.data, tree.len);
	assert_true(store_read(s, io, &id, 1000, &back, NULL) < 0);
}

static int flip_pack(void *data, const struct transport_key *k,
		     struct dver_err *err)
{
	char path[200];
	int fd;

	(void)data;
	(void)err;
	(void)snprintf(path, sizeof(path), "store/%s", k->key);
	assert_int_equal(chmod(path, 0644), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "\xff\xff", 2, 12), 2);
	return close(fd);
}

static void damage_is_named_not_returned(void **state)
{
	AUTO_STORE struct store *s = open_store("store", true);
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_err err;
	char text[64], hex[OID_HEX + 1];
	struct oid id;

	(void)state;
	commit_texts(s, 5, 6, 1);
	assert_int_equal(store_refresh(s, NULL), 0);
	assert_int_equal(transport_list(store_transport(s), "packs/",
					flip_pack, NULL, NULL), 0);
	text_of(text, &id, 5);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(store_read(s, io, &id, 100, &b, &err), DVER_ECORRUPT);
	assert_non_null(strstr(err.msg, oid_hex(hex, &id)));
	assert_non_null(strstr(err.msg, "packs/"));
}

static void another_format_is_refused(void **state)
{
	struct store_opts opts = { .local = "store" };
	struct transport *t = NULL;
	struct store *s = NULL;
	struct dver_err err;

	(void)state;
	assert_int_equal(transport_directory_open(&t, "store",
						  TRANSPORT_CREATE, 0, NULL),
			 0);
	assert_int_equal(store_open(&s, &t, &opts, &err), DVER_ENOTFOUND);
	spit("store/store", "dver store 2\nhash sha256\n");
	assert_int_equal(transport_directory_open(&t, "store", 0, 0, NULL), 0);
	assert_int_equal(store_open(&s, &t, &opts, &err), DVER_EUNSUPPORTED);
	spit("store/store", "something else");
	assert_int_equal(transport_directory_open(&t, "store", 0, 0, NULL), 0);
	assert_int_equal(store_open(&s, &t, &opts, &err), DVER_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(objects_come_back),
		T(nothing_is_seen_before_the_commit),
		T(many_put_at_once_and_nothing_twice),
		T(a_huge_tree_round_trips),
		T(damage_is_named_not_returned),
		T(another_format_is_refused),
	};

	return RUN(tests);
}
