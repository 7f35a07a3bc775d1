/* walk: everything below a tree, and only what differs between two. */
#include "tests/harness.h"

#include "base/os.h"
#include "store/walk.h"
#include "store/writer.h"

static struct store *s;
static struct store_io *io;
static struct writer *w;

static void begin(void)
{
	struct store_opts opts = { .create = true };
	struct writer_opts wo = { .workers = 1, .stage = "." };
	struct transport *t = NULL;

	assert_int_equal(transport_mem_open(&t, NULL), 0);
	assert_int_equal(store_open(&s, &t, &opts, NULL), 0);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(writer_open(&w, s, &wo, NULL), 0);
}

static void commit(void)
{
	struct writer_stats st;

	assert_int_equal(writer_commit(&w, &st, NULL), 0);
	assert_int_equal(store_refresh(s, NULL), 0);
}

static void end(void)
{
	store_io_free(io);
	store_close(s);
}

/* A tree of two entries; `b` may be a tree given by its id. */
static struct oid tree_of(const char *a, char a_content, const char *b,
			  const struct oid *b_tree)
{
	AUTO_BUF struct buf bytes = BUF_BIG;
	struct tree_writer tw;
	struct tree_entry ea = { .kind = TREE_FILE, .name = a, .bytes = 1,
				 .name_len = strlen(a), .files = 1 };
	struct tree_entry eb = { .kind = TREE_DIR, .name = b, .bytes = 2,
				 .name_len = strlen(b), .files = 2 };
	struct oid id;

	memset(ea.id.id, a_content, sizeof(ea.id.id));
	tree_writer_init(&tw, &bytes);
	assert_int_equal(tree_add(&tw, &ea, NULL), 0);
	if (b_tree) {
		eb.id = *b_tree;
		assert_int_equal(tree_add(&tw, &eb, NULL), 0);
	}
	assert_true(writer_put_tree(w, 0, io, &id, bytes.data, bytes.len,
				    NULL) >= 0);
	return id;
}

static int note(void *data, const char *path, const struct tree_entry *e,
		struct dver_err *err)
{
	buf_addf(data, "%s%s ", path, e->kind == TREE_DIR ? "/" : "");
	(void)err;
	return strcmp(path, "skip") == 0 ? WALK_SKIP : WALK_ON;
}

static int note_diff(void *data, const char *path, const struct tree_entry *a,
		     const struct tree_entry *b, struct dver_err *err)
{
	(void)err;
	buf_addf(data, "%c%s ", a && b ? '~' : a ? '-' : '+', path);
	return WALK_ON;
}

static void trees_are_walked_in_order(void **state)
{
	AUTO_BUF struct buf got = BUF_PATH;
	struct walk_found f;
	struct oid inner, mid, root, skip;

	(void)state;
	begin();
	inner = tree_of("deep", 'd', "", NULL);
	mid = tree_of("a", 'a', "inner", &inner);
	root = tree_of("file", 'f', "mid", &mid);
	skip = tree_of("file", 'f', "skip", &mid);
	commit();
	assert_int_equal(walk_tree(s, io, &root, note, &got, NULL), 0);
	assert_string_equal(got.data, "file mid/ mid/a mid/inner/ "
				      "mid/inner/deep ");
	buf_clear(&got);
	assert_int_equal(walk_tree(s, io, &skip, note, &got, NULL), 0);
	assert_string_equal(got.data, "file skip/ ");
	assert_int_equal(walk_find(s, io, &root, "mid/inner/deep", &f, NULL),
			 1);
	assert_int_equal(f.kind, TREE_FILE);
	assert_int_equal(walk_find(s, io, &root, "", &f, NULL), 1);
	assert_int_equal(walk_find(s, io, &root, "mid/no", &f, NULL), 0);
	assert_int_equal(walk_find(s, io, &root, "file/x", &f, NULL), 0);
	end();
}

static void only_what_differs_is_reported(void **state)
{
	AUTO_BUF struct buf got = BUF_PATH;
	uint64_t before;
	struct oid same, m1, m2, a, b;

	(void)state;
	begin();
	same = tree_of("x", 'x', "", NULL);
	m1 = tree_of("a", '1', "same", &same);
	m2 = tree_of("a", '2', "same", &same);
	a = tree_of("file", 'f', "mid", &m1);
	b = tree_of("file", 'f', "mid", &m2);
	commit();
	assert_int_equal(walk_diff(s, io, &a, &b, note_diff, &got, NULL), 0);
	assert_string_equal(got.data, "~mid ~mid/a ");
	buf_clear(&got);
	assert_int_equal(walk_diff(s, io, NULL, &m1, note_diff, &got, NULL),
			 0);
	assert_string_equal(got.data, "+a +same +same/x ");
	buf_clear(&got);
	assert_int_equal(walk_diff(s, io, &m1, &same, note_diff, &got, NULL),
			 0);
	assert_string_equal(got.data, "-a -same -same/x +x ");
	before = store_transport(s)->requests;
	assert_int_equal(walk_diff(s, io, &a, &a, note_diff, &got, NULL), 0);
	assert_int_equal(store_transport(s)->requests, before);
	end();
}

static void a_missing_tree_is_named(void **state)
{
	AUTO_BUF struct buf got = BUF_PATH;
	char hex[OID_HEX + 1];
	struct oid lost = { { 0xab } }, root;
	struct dver_err err;

	(void)state;
	begin();
	root = tree_of("file", 'f', "lost", &lost);
	commit();
	assert_int_equal(walk_tree(s, io, &root, note, &got, &err),
			 DVER_EMISSING);
	assert_non_null(strstr(err.msg, oid_hex(hex, &lost)));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(trees_are_walked_in_order),
		T(only_what_differs_is_reported),
		T(a_missing_tree_is_named),
	};

	return RUN(tests);
}
