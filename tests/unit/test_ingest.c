/* ingest and link: a file goes into the local store and comes back. */
#include "tests/harness.h"

#include "base/rand.h"
#include "store/ingest.h"
#include "store/local.h"
#include "store/loose.h"

struct fixture {
	struct store *s;
	struct store_io *io;
	struct tmpdir *tmp;
	struct writer *w;
	struct link_order order;
};

static void begin(struct fixture *f, const char *order)
{
	struct writer_opts opts = { .workers = 1, .reuse = true };

	*f = (struct fixture){ .s = NULL };
	assert_int_equal(local_open(&f->s, "cache", true, false, 0, NULL), 0);
	assert_int_equal(store_io_new(&f->io, NULL), 0);
	assert_int_equal(tmpdir_new(&f->tmp, "cache", NULL), 0);
	opts.stage = tmpdir_path(f->tmp);
	assert_int_equal(writer_open(&f->w, f->s, &opts, NULL), 0);
	assert_int_equal(link_order_parse(&f->order, order, NULL), 0);
}

static void end(struct fixture *f)
{
	struct writer_stats st;
	struct dver_err err = { 0 };

	assert_int_equal(writer_commit(&f->w, &st, &err), 0);
	assert_int_equal(store_refresh(f->s, &err), 0);
}

static void release(struct fixture *f)
{
	writer_abort(f->w);
	tmpdir_free(f->tmp);
	store_io_free(f->io);
	store_close(f->s);
}

/* Pseudo-random bytes, the same for the same seed. */
static void make_file(const char *path, size_t len, unsigned seed)
{
	FILE *f = fopen(path, "we");
	uint64_t x = seed * 2654435761u + 1;

	assert_non_null(f);
	for (size_t i = 0; i < len; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		fputc((int)(x >> 56), f);
	}
	assert_int_equal(fclose(f), 0);
}

static int take(struct fixture *f, const char *name, uint64_t loose_above,
		struct oid *id, bool *linked, struct dver_err *err)
{
	struct ingest_opts opts = { .loose_above = loose_above,
				    .order = &f->order };
	struct os_stat st;

	assert_int_equal(os_stat(name, &st, true), 0);
	return ingest_file(f->w, 0, f->io, AT_FDCWD, name, &opts, id, &st,
			   linked, err);
}

static bool same_bytes(const char *a, const char *b)
{
	AUTO_FREE char *x = NULL;
	AUTO_FREE char *y = NULL;
	size_t n, m;

	assert_int_equal(os_slurp(&x, &n, a, 64u << 20, NULL), 0);
	assert_int_equal(os_slurp(&y, &m, b, 64u << 20, NULL), 0);
	return n == m && memcmp(x, y, n) == 0;
}

static enum link_type back(struct fixture *f, const char *name,
			   const struct oid *id, uint64_t size, bool exec)
{
	struct link_opts opts = { .order = &f->order };
	struct dver_err err = { 0 };
	enum link_type used;
	int r = link_file(f->s, f->io, AT_FDCWD, name, id, size, exec, &opts,
			  &used, &err);

	if (r < 0)
		print_message("%s\n", err.msg);
	assert_int_equal(r, 0);
	return used;
}

/* Empty, tiny, one chunk, cut, and loose: each comes back as it was. */
static void files_of_all_sizes_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 1000, 1u << 20, (1u << 20) + 1,
					5000000, 9000000 };
	struct oid id[ARRAY_SIZE(sizes)];
	struct fixture f;
	bool linked;

	(void)state;
	begin(&f, "copy");
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "in%u", i);
		make_file(name, sizes[i], i + 1);
		assert_int_equal(take(&f, name, 8u << 20, &id[i], &linked,
				      NULL), 1);
		assert_false(linked);
	}
	end(&f);
	assert_int_equal(loose_has("cache", &id[6], NULL), 1);
	assert_int_equal(loose_has("cache", &id[5], NULL), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		char in[16], out[16];

		(void)snprintf(in, sizeof(in), "in%u", i);
		(void)snprintf(out, sizeof(out), "out%u", i);
		assert_int_equal(back(&f, out, &id[i], sizes[i], i == 3),
				 LINK_COPY);
		assert_true(same_bytes(in, out));
	}
	assert_int_equal(access("out3", X_OK), 0);
	release(&f);
}

static void hard_links_share_and_are_read_only(void **state)
{
	struct os_stat a, b;
	struct fixture f;
	struct oid id;
	bool linked;

	(void)state;
	begin(&f, "hardlink,copy");
	make_file("in", 300000, 7);
	assert_int_equal(take(&f, "in", 128u << 10, &id, &linked, NULL), 1);
	assert_true(linked);
	end(&f);
	assert_int_equal(back(&f, "out", &id, 300000, false), LINK_HARDLINK);
	assert_int_equal(os_stat("in", &a, true), 0);
	assert_int_equal(os_stat("out", &b, true), 0);
	assert_true(a.ino == b.ino && a.nlink == 3);
	assert_int_equal(a.mode & 0777, 0444);
	/* An executable has a mode of its own: never a link. */
	assert_int_equal(back(&f, "exec", &id, 300000, true), LINK_COPY);
	release(&f);
}

/* A file that somebody writes at this moment must not become read-only. */
static void a_file_open_for_writing_is_copied(void **state)
{
	struct fixture f;
	struct oid id;
	bool linked;
	int fd;

	(void)state;
	begin(&f, "hardlink,copy");
	make_file("in", 300000, 8);
	fd = open("in", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(take(&f, "in", 128u << 10, &id, &linked, NULL), 1);
	assert_false(linked);
	(void)close(fd);
	end(&f);
	release(&f);
}

static void symlinks_into_the_store_are_known(void **state)
{
	struct fixture f;
	struct oid id, found;
	char target[1024];
	ssize_t n;
	bool linked;

	(void)state;
	begin(&f, "symlink");
	make_file("in", 300000, 9);
	assert_int_equal(take(&f, "in", 0, &id, &linked, NULL), 1);
	end(&f);
	assert_int_equal(back(&f, "out", &id, 300000, false), LINK_SYMLINK);
	n = readlink("out", target, sizeof(target) - 1);
	assert_true(n > 0);
	target[n] = '\0';
	assert_true(link_is_loose("cache", target, &found));
	assert_true(oid_eq(&found, &id));
	assert_false(link_is_loose("cache", "cache/loose/aa/bb", &found));
	assert_false(link_is_loose("cach", target, &found));
	release(&f);
}

static void holes_stay_holes(void **state)
{
	struct os_stat st;
	struct fixture f;
	struct oid id[2];
	bool linked;
	int fd;

	(void)state;
	begin(&f, "copy");
	fd = open("in", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(ftruncate(fd, 20u << 20), 0);
	assert_int_equal(pwrite(fd, "data", 4, 10u << 20), 4);
	(void)close(fd);
	assert_int_equal(take(&f, "in", 8u << 20, &id[0], &linked, NULL), 1);
	assert_int_equal(truncate("in", 4u << 20), 0);
	assert_int_equal(take(&f, "in", 8u << 20, &id[1], &linked, NULL), 1);
	end(&f);
	(void)back(&f, "big", &id[0], 20u << 20, false);
	(void)back(&f, "small", &id[1], 4u << 20, false);
	assert_int_equal(os_stat("big", &st, true), 0);
	assert_true(st.size == 20u << 20 && st.blocks < 200);
	assert_int_equal(os_stat("small", &st, true), 0);
	assert_true(st.size == 4u << 20 && st.blocks < 200);
	release(&f);
}

static void a_loose_object_is_cut_once_and_noted(void **state)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	struct writer_opts opts = { .workers = 1, .reuse = true };
	struct writer_stats st;
	struct fixture f;
	struct fact fact;
	struct oid id;
	bool linked;

	(void)state;
	begin(&f, "copy");
	make_file("in", 3000000, 11);
	assert_int_equal(take(&f, "in", 0, &id, &linked, NULL), 1);
	end(&f);
	assert_int_equal(store_find(f.s, &id, false, &fact, NULL), 0);
	assert_int_equal(tmpdir_new(&tmp, "cache", NULL), 0);
	opts.stage = tmpdir_path(tmp);
	assert_int_equal(writer_open(&f.w, f.s, &opts, NULL), 0);
	assert_int_equal(ingest_chunk_loose(f.w, 0, f.io, &id, NULL, NULL),
			 1);
	assert_int_equal(writer_commit(&f.w, &st, NULL), 0);
	assert_true(st.stored < 4096);
	assert_int_equal(store_refresh(f.s, NULL), 0);
	assert_int_equal(store_find(f.s, &id, false, &fact, NULL), 1);
	assert_int_equal(fact.kind, FACT_RECIPE);
	release(&f);
}

/* A damaged object never becomes a file, whatever the link type. */
static void damage_is_refused(void **state)
{
	static const char *const orders[] = { "copy", "hardlink", "symlink",
					      "reflink" };
	AUTO_BUF struct buf path = BUF_PATH;
	struct fixture f;
	struct oid id;
	bool linked;
	int fd;

	(void)state;
	begin(&f, "copy");
	make_file("in", 300000, 12);
	assert_int_equal(take(&f, "in", 0, &id, &linked, NULL), 1);
	end(&f);
	loose_path(&path, "cache", &id);
	assert_int_equal(chmod(path.data, 0644), 0);
	fd = open(path.data, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "x", 1, 1000), 1);
	(void)close(fd);
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
		struct link_opts opts = { .order = &f.order };
		struct dver_err err = { 0 };
		enum link_type used;

		assert_int_equal(link_order_parse(&f.order, orders[i], &err),
				 0);
		assert_int_equal(link_file(f.s, f.io, AT_FDCWD, "out", &id,
					   300000, false, &opts, &used, &err),
				 DVER_ECORRUPT);
		assert_int_equal(access("out", F_OK), -1);
	}
	release(&f);
}

static void link_words_are_checked(void **state)
{
	struct link_order o;
	struct dver_err err;

	(void)state;
	assert_int_equal(link_order_parse(&o, "reflink", &err), 0);
	assert_int_equal(o.n, 2);
	assert_int_equal(o.type[1], LINK_COPY);
	assert_int_equal(link_order_parse(&o, "reflink,soft", &err),
			 DVER_EINVAL);
	assert_non_null(strstr(err.msg, "'soft'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(files_of_all_sizes_come_back),
		T(hard_links_share_and_are_read_only),
		T(a_file_open_for_writing_is_copied),
		T(symlinks_into_the_store_are_known),
		T(holes_stay_holes),
		T(a_loose_object_is_cut_once_and_noted),
		T(damage_is_refused),
		T(link_words_are_checked),
	};

	return RUN(tests);
}
