/*
 * Let each system call fail in turn: the old state or the new one, a message,
 * no litter, and the same call works afterwards.
 */
#include "tests/harness.h"

#include <errno.h>

#include "base/afile.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/os.h"
#include "store/transport.h"
#include "store/writer.h"

#ifdef DVER_FAULT

/* Far more calls than any of these needs. */
#define SWEEP_MAX 1000

static int sum(const char *path)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	struct dver_err err;
	int n = 0;

	if (dir_open(&d, AT_FDCWD, path, &err) < 0)
		return 0;
	while (dir_next(d, &e, &err) > 0) {
		AUTO_FREE char *below = str_printf("%s/%s", path, e.name);
		struct stat st;

		assert_int_equal(lstat(below, &st), 0);
		n += S_ISDIR(st.st_mode) ? sum(below) : 1;
	}
	return n;
}

static void a_replacement(int error)
{
	bool hit = true;
	int nth;

	for (nth = 1; hit; nth++) {
		struct dver_err err = { 0 };
		const char *now;
		int r;

		assert_true(nth < SWEEP_MAX);
		spit("f", "old");
		fault_arm(nth, error);
		r = afile_replace("f", "new", 3, 0644, 0, &err);
		hit = fault_disarm();
		assert_int_equal(r < 0, hit);
		now = slurp("f");
		if (r < 0)
			assert_non_null(strstr(err.msg, strerror(error)));
		assert_true(streq(now, "new") || (r < 0 && streq(now, "old")));
		assert_int_equal(dir_entries("."), 1);
	}
	/* create, mode, write, sync, rename, sync of the folder */
	assert_true(nth > 6);
}

static void a_file_is_old_or_new(void **state)
{
	(void)state;
	a_replacement(EIO);
	a_replacement(ENOSPC);
}

static int put_once(const struct transport_src *src, struct dver_err *err)
{
	AUTO_TRANSPORT struct transport *t = NULL;
	int r = transport_directory_open(&t, "store", TRANSPORT_CREATE, 0,
					 err);

	if (r == 0)
		r = transport_put(t, "packs/ab/x", src, err);
	return r < 0 ? r : transport_flush(t, err);
}

static void puts_with(const struct transport_src *src, int error)
{
	bool hit = true;

	for (int nth = 1; hit; nth++) {
		struct dver_err err = { 0 };
		struct os_stat st;
		int r;

		assert_true(nth < SWEEP_MAX);
		spit("src", "bytes");
		(void)dir_remove_all(AT_FDCWD, "store", &err);
		fault_arm(nth, error);
		r = put_once(src, &err);
		hit = fault_disarm();
		/* A clone that is refused becomes a copy: no failure. */
		if (!hit)
			assert_int_equal(r, 0);
		if (r < 0)
			assert_true(err.msg[0]);
		if (os_stat("store/packs/ab/x", &st, true) == 0) {
			assert_string_equal(slurp("store/packs/ab/x"),
					    "bytes");
			assert_int_equal(sum("store"), 1);
		} else {
			assert_true(r < 0);
			assert_int_equal(sum("store"), 0);
			assert_string_equal(slurp("src"), "bytes");
			assert_int_equal(put_once(src, &err), 0);
		}
	}
}

static void a_key_is_there_whole_or_not_at_all(void **state)
{
	const struct transport_src sources[] = {
		{ .data = "bytes", .len = 5 },
		{ .path = "src", .len = 5 },
		{ .path = "src", .len = 5, .consume = true },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		puts_with(&sources[i], EIO);
		puts_with(&sources[i], ENOSPC);
	}
}

static const char text[] = "what the writer is given";

static int write_once(struct oid *id, struct dver_err *err)
{
	struct writer_opts opts = { .workers = 1, .stage = "stage",
				    .reuse = true };
	struct store_opts store_opts = { .local = "store", .create = true };
	AUTO_TRANSPORT struct transport *t = NULL;
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_WRITER struct writer *w = NULL;
	struct writer_stats st;
	int r = hash_bytes(id->id, text, sizeof(text), err);

	if (r == 0)
		r = store_io_new(&io, err);
	if (r == 0)
		r = transport_directory_open(&t, "store", TRANSPORT_CREATE, 0,
					     err);
	if (r == 0)
		r = store_open(&s, &t, &store_opts, err);
	if (r == 0)
		r = writer_open(&w, s, &opts, err);
	if (r == 0)
		r = writer_put(w, 0, io, PLACE_PACK, id, text, sizeof(text),
			       err);
	return r < 0 ? r : writer_commit(&w, &st, err);
}

static int read_once(const struct oid *id, struct dver_err *err)
{
	struct store_opts opts = { .local = "store", .create = true };
	AUTO_TRANSPORT struct transport *t = NULL;
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf b = BUF_BIG;
	int r = store_io_new(&io, err);

	if (r == 0)
		r = transport_directory_open(&t, "store", TRANSPORT_CREATE, 0,
					     err);
	if (r == 0)
		r = store_open(&s, &t, &opts, err);
	if (r == 0)
		r = store_read(s, io, id, sizeof(text), &b, err);
	if (r == 0)
		assert_string_equal(b.data, text);
	return r;
}

static void a_commit(int error)
{
	bool hit = true;

	for (int nth = 1; hit; nth++) {
		struct dver_err err = { 0 };
		struct oid id;
		int r, got;

		assert_true(nth < SWEEP_MAX);
		(void)dir_remove_all(AT_FDCWD, "store", &err);
		(void)dir_remove_all(AT_FDCWD, "stage", &err);
		assert_int_equal(os_mkdirs("stage", 0777), 0);
		fault_arm(nth, error);
		r = write_once(&id, &err);
		hit = fault_disarm();
		assert_true(hit || r == 0);
		if (r < 0)
			assert_true(err.msg[0]);
		got = read_once(&id, &err);
		assert_true(got == 0 || (r < 0 && got == DVER_EMISSING));
		assert_int_equal(sum("stage"), 0);
		assert_int_equal(sum("store/tmp"), 0);
		assert_int_equal(write_once(&id, &err), 0);
		assert_int_equal(read_once(&id, &err), 0);
	}
}

static void a_writer_publishes_all_or_nothing(void **state)
{
	(void)state;
	a_commit(EIO);
	a_commit(ENOSPC);
}

/* A read that fails is told; it never looks like an object not there. */
static void a_failed_read_is_no_missing_object(void **state)
{
	struct dver_err err = { 0 };
	struct oid id;
	bool hit = true;

	(void)state;
	assert_int_equal(os_mkdirs("stage", 0777), 0);
	assert_int_equal(write_once(&id, &err), 0);
	for (int nth = 1; hit; nth++) {
		int r;

		assert_true(nth < SWEEP_MAX);
		fault_arm(nth, EIO);
		r = read_once(&id, &err);
		hit = fault_disarm();
		assert_true(r == 0 || (hit && r != DVER_EMISSING &&
				       r != DVER_ENOTFOUND));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_file_is_old_or_new),
		T(a_key_is_there_whole_or_not_at_all),
		T(a_writer_publishes_all_or_nothing),
		T(a_failed_read_is_no_missing_object),
	};

	return RUN(tests);
}

#else

/* The fault points are in the sanitized build only. */
int main(void)
{
	(void)puts("1..0 # SKIP make SAN=asan check-unit");
	return 0;
}

#endif
