/* sftp: a folder on OpenSSH's own sftp-server. */
#include "tests/harness.h"

#include <pthread.h>
#include <time.h>

#include "base/vec.h"
#include "tests/sftp_server.h"

static int note(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	char line[300];

	(void)err;
	assert_true(l->mtime > 1000000000);
	(void)snprintf(line, sizeof(line), "%s=%llu", l->path,
		       (unsigned long long)l->size);
	return strvec_push(data, line) ? 0 : DVER_ENOMEM;
}

static void expect_files(struct sftp_folder *f, const char *prefix,
			 const char *want)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	AUTO_BUF struct buf all = BUF_PATH;

	assert_int_equal(sftp_folder_list(f, prefix, note, &v, NULL), 0);
	strvec_sort(&v);
	for (size_t i = 0; i < v.n; i++)
		buf_addf(&all, "%s ", v.v[i]);
	assert_string_equal(all.data, want);
}

static void files_go_there_and_back(const char *server)
{
	const char *const commands[] = { server, NULL };
	const size_t sizes[] = { 0, 1, 32768, 32769, 261120, 3000001 };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO_FREE uint8_t *data = pattern(sizes[i] + 1);
		AUTO_FREE uint8_t *back = NULL;
		struct sftp_source src = { .data = data, .len = sizes[i] };
		char name[40];
		size_t got;

		(void)snprintf(name, sizeof(name), "d/%zu/x", sizes[i]);
		assert_int_equal(sftp_folder_put(f, name, &src, &err), 0);
		back = get_all(f, name, sizes[i]);
		assert_memory_equal(back, data, sizes[i]);
		if (sizes[i] < 100)
			continue;
		assert_int_equal(sftp_folder_get(f, name, 77, back, 20000,
						 &got, &err), 0);
		assert_int_equal(got, 20000);
		assert_memory_equal(back, data + 77, 20000);
		assert_int_equal(sftp_folder_get(f, name, sizes[i] - 5, back,
						 300000, &got, &err), 0);
		assert_int_equal(got, 5);
		assert_int_equal(sftp_folder_get(f, name, sizes[i] + 5, back,
						 10, &got, &err), 0);
		assert_int_equal(got, 0);
	}
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	assert_int_equal(s.opened, 1);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void files_go_to_a_new_server_and_back(void **state)
{
	(void)state;
	files_go_there_and_back(SERVER);
}

static void files_go_to_an_old_server_and_back(void **state)
{
	(void)state;
	files_go_there_and_back(OLD_SERVER);
}

static void names_are_given_once(const char *server)
{
	const char *const commands[] = { server, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	AUTO_FREE uint8_t *back = NULL;

	assert_int_equal(put(f, "a/key", "first", &err), 0);
	/* The same length is a repetition; another one is another value. */
	assert_int_equal(put(f, "a/key", "FIRST", &err), 0);
	assert_int_equal(put(f, "a/key", "second", &err), DVER_EEXISTS);
	assert_non_null(strstr(err.msg, "'sftp://r/store'"));
	assert_non_null(strstr(err.msg, "a/key"));
	assert_string_equal(slurp("srv/store/a/key"), "first");
	assert_int_equal(sftp_folder_replace(f, "heads", "one", 3, &err), 0);
	assert_int_equal(sftp_folder_replace(f, "heads", "other", 5, &err), 0);
	assert_string_equal(slurp("srv/store/heads"), "other");
	assert_int_equal(sftp_folder_remove(f, "heads", &err), 0);
	assert_int_equal(sftp_folder_remove(f, "heads", &err), 0);
	assert_int_equal(sftp_folder_get(f, "heads", 0, &s, 1, &(size_t){ 0 },
					 &err), DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "heads"));
	assert_non_null(strstr(err.msg, "No such file"));
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void a_new_server_gives_names_once(void **state)
{
	(void)state;
	names_are_given_once(SERVER);
}

static void an_old_server_gives_names_once(void **state)
{
	(void)state;
	names_are_given_once(OLD_SERVER);
}

static void names_are_given_where_there_are_no_links(void **state)
{
	const char *const commands[] = {
		"exec strace -qq -o /dev/null -e trace=link,linkat "
		"-e inject=link,linkat:error=EPERM " SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	if (put(f, "a/key", "first", &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(put(f, "a/key", "FIRST", &err), 0);
	assert_int_equal(put(f, "a/key", "second", &err), DVER_EEXISTS);
	sftp_folder_free(f);
	assert_string_equal(slurp("srv/store/a/key"), "first");
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void files_are_durable_before_their_names(void **state)
{
	const char *const commands[] = {
		"exec strace -qq -y -o trace -e trace=write,pwrite64,fsync,"
		"link,openat " SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	const char *text, *data, *sync, *name;

	(void)state;
	assert_int_equal(put(f, "a/b/key", "some text", &err), 0);
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	sftp_folder_free(f);
	text = slurp("trace");
	data = strstr(text, "\"some text\"");
	assert_non_null(data);
	sync = strstr(data, "\nfsync(");
	name = strstr(text, "\nlink(\"srv/store/tmp/");
	assert_true(sync && name && sync < name);
	/* Then, with flush(), the folders. */
	assert_non_null(strstr(name, "srv/store/a/b>) = 0"));
	assert_non_null(strstr(name, "srv/store/a>) = 0"));
}

static void folders_are_listed_by_prefix(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	expect_files(f, "", "");
	assert_int_equal(put(f, "index/0-a", "1", &err), 0);
	assert_int_equal(put(f, "index/0-b", "22", &err), 0);
	assert_int_equal(put(f, "indexes", "4444", &err), 0);
	assert_int_equal(put(f, "packs/ab/1", "333", &err), 0);
	assert_int_equal(put(f, "packs/a b\xc3\xa4%/deep/er/1", "333", &err),
			 0);
	assert_int_equal(symlink("index", "srv/store/link"), 0);
	assert_int_equal(symlink("/etc/passwd", "srv/store/index/link"), 0);
	assert_int_equal(mkfifo("srv/store/index/fifo", 0666), 0);
	spit("srv/store/tmp/unfinished", "x");
	expect_files(f, "", "index/0-a=1 index/0-b=2 indexes=4 "
		     "packs/a b\xc3\xa4%/deep/er/1=3 packs/ab/1=3 ");
	expect_files(f, "index/", "index/0-a=1 index/0-b=2 ");
	expect_files(f, "index", "index/0-a=1 index/0-b=2 indexes=4 ");
	expect_files(f, "index/0-b", "index/0-b=2 ");
	expect_files(f, "packs/a", "packs/a b\xc3\xa4%/deep/er/1=3 "
		     "packs/ab/1=3 ");
	expect_files(f, "gc/", "");
	sftp_folder_free(f);
}

static void what_killed_writers_left_is_swept(void **state)
{
	static const char old[] =
		"srv/store/tmp/0123456789abcdef0123456789abcdef";
	static const char young[] =
		"srv/store/tmp/1123456789abcdef0123456789abcdef";
	const char *const commands[] = { SERVER, NULL };
	const struct timespec times[2] = { { 1000000000, 0 },
					   { 1000000000, 0 } };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(os_mkdirs("srv/store/tmp", 0777), 0);
	spit(old, "x");
	spit(young, "x");
	spit("srv/store/tmp/somebody's", "x");
	assert_int_equal(utimensat(AT_FDCWD, old, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, "srv/store/tmp/somebody's",
				   times, 0), 0);
	/* Nothing was written, nothing is swept. */
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	assert_int_equal(access(old, F_OK), 0);
	assert_int_equal(put(f, "x", "1", &err), 0);
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	sftp_folder_free(f);
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(young, F_OK), 0);
	assert_int_equal(access("srv/store/tmp/somebody's", F_OK), 0);
}

static int64_t milliseconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_limit_is_kept(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	AUTO_FREE uint8_t *data = pattern(400000);
	AUTO_FREE uint8_t *back = NULL;
	struct sftp_source src = { .data = data, .len = 400000 };
	struct sftp_pace pace;
	struct dver_err err = { 0 };
	int64_t start = milliseconds(), middle;

	(void)state;
	sftp_pace_init(&pace, 1000000);
	s.pace = &pace;
	assert_int_equal(sftp_folder_put(f, "x", &src, &err), 0);
	middle = milliseconds();
	assert_true(middle - start >= 350);
	back = get_all(f, "x", 400000);
	assert_true(milliseconds() - middle >= 350);
	assert_memory_equal(back, data, 400000);
	/* An interrupt need not wait for its turn. */
	sftp_pace_init(&pace, 1);
	cancel_set(&s.cancel);
	assert_int_equal(sftp_folder_put(f, "y", &src, &err), DVER_ECANCEL);
	sftp_folder_free(f);
	sftp_pace_release(&pace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(files_go_to_a_new_server_and_back),
		T(files_go_to_an_old_server_and_back),
		T(a_new_server_gives_names_once),
		T(an_old_server_gives_names_once),
		T(names_are_given_where_there_are_no_links),
		T(files_are_durable_before_their_names),
		T(folders_are_listed_by_prefix),
		T(what_killed_writers_left_is_swept),
		T(a_limit_is_kept),
	};

	return RUN(tests);
}
