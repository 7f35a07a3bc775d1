/* sftp: servers that end, connections that are shared and replaced. */
#include "tests/harness.h"

#include <pthread.h>

#include "tests/sftp_server.h"

static int stop_at_once(void *data, const struct sftp_listed *l,
			struct dver_err *err)
{
	++*(int *)data;
	return err_set(err, DVER_ECONFLICT, "stop at %s", l->path);
}

static int count(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	(void)l;
	(void)err;
	++*(int *)data;
	return 0;
}

static void many_files_are_listed_once_each(void **state)
{
	/* The second server ends in the middle of its answers. */
	const char *const commands[] = { SAYS(50000), SERVER,
					 NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	int n = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char path[60];

		(void)snprintf(path, sizeof(path), "srv/store/%d/%d/%d",
			       i % 7, i % 30, i);
		assert_int_equal(os_mkdirs(path, 0777), 0);
		(void)snprintf(path, sizeof(path), "srv/store/%d/%d/%d/f",
			       i % 7, i % 30, i);
		spit(path, "");
	}
	assert_int_equal(sftp_folder_list(f, "", count, &n, &err), 0);
	assert_int_equal(n, 3000);
	assert_int_equal(s.opened, 2);
	n = 0;
	assert_int_equal(sftp_folder_list(f, "", stop_at_once, &n, &err),
			 DVER_ECONFLICT);
	assert_int_equal(n, 1);
	sftp_folder_free(f);
}

static void a_cut_connection_is_replaced(void **state)
{
	/* They take so many bytes of requests, or give so many of answers. */
	const char *const commands[] = {
		HEARS(300000), SAYS(500), HEARS(700000), SAYS(20000),
		SAYS(100000), SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	AUTO_FREE uint8_t *data = pattern(2000000);
	AUTO_FREE uint8_t *back = NULL;
	struct sftp_source src = { .data = data, .len = 2000000 };
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(sftp_folder_put(f, "packs/x", &src, &err), 0);
	back = get_all(f, "packs/x", 2000000);
	assert_memory_equal(back, data, 2000000);
	assert_true(s.opened >= 4);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/packs"), 1);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void a_lost_answer_to_the_rename_is_no_loss(void **state)
{
	const char *const commands[] = { SERVER, SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	/* As if an earlier try had come through. */
	assert_int_equal(os_mkdirs("srv/store/a", 0777), 0);
	spit("srv/store/a/key", "value");
	assert_int_equal(put(f, "a/key", "value", &err), 0);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
	assert_string_equal(slurp("srv/store/a/key"), "value");
}

static void no_connection_is_said_once_for_all(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	int tried;

	(void)state;
	/* It comes back in time. */
	s.tries_that_fail = 2;
	assert_int_equal(put(f, "x", "1", &err), 0);
	sftp_folder_free(f);
	f = folder_on(&s, commands, 1);
	s.tries_that_fail = 1000;
	assert_int_equal(put(f, "y", "1", &err), DVER_ENET);
	assert_string_equal(err.msg, "not now");
	tried = s.opened;
	assert_true(tried > 1 && tried < 10);
	assert_int_equal(put(f, "y", "1", &err), DVER_ENET);
	assert_int_equal(s.opened, tried);
	sftp_folder_free(f);
}

struct user {
	struct sftp_folder *f;
	int number;
};

static void *use(void *arg)
{
	const struct user *u = arg;
	struct dver_err err;
	char text[60];

	for (int i = 0; i < 20; i++) {
		char back[60] = "";
		char name[40];
		size_t got;

		(void)snprintf(name, sizeof(name), "%d/%d", i % 3,
			       u->number * 100 + i);
		(void)snprintf(text, sizeof(text), "text %s", name);
		if (put(u->f, name, text, &err) < 0 ||
		    sftp_folder_get(u->f, name, 0, back, 59, &got, &err) < 0 ||
		    strcmp(back, text) != 0 ||
		    (i % 5 == 0 && sftp_folder_remove(u->f, name, &err) < 0))
			return arg;
	}
	return NULL;
}

static void many_threads_share_connections(void **state)
{
	const char *const commands[] = { SAYS(3000), SERVER,
					 NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 3);
	struct user u[24];
	pthread_t t[24];
	int n = 0;

	(void)state;
	for (int i = 0; i < 24; i++) {
		u[i] = (struct user){ f, i };
		assert_int_equal(pthread_create(&t[i], NULL, use, &u[i]), 0);
	}
	for (int i = 0; i < 24; i++) {
		void *failed;

		assert_int_equal(pthread_join(t[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(sftp_folder_flush(f, NULL), 0);
	assert_int_equal(sftp_folder_list(f, "", count, &n, NULL), 0);
	assert_int_equal(n, 24 * 16);
	assert_true(s.opened >= 3);
	sftp_folder_free(f);
}

/*
 * The server meets `fault` at the n-th of these calls, for each n; the next
 * server is sound.  A put comes through, or says that it did not; a key has its
 * whole value or none, and the same put works afterwards.
 */
static void sweep_server(const char *call, const char *fault, bool must_work)
{
	const char *commands[] = { NULL, SERVER, NULL };
	bool hit = true;

	for (int n = 1; hit; n++) {
		AUTO_FREE char *sick = str_printf(
			"exec strace -qq -o log -e trace=%s "
			"-e inject=%s:%s:when=%d " SERVER, call, call, fault,
			n);
		struct dver_err err = { 0 };
		struct sftp_folder *f;
		struct servers s;
		int r;

		assert_non_null(sick);
		assert_true(n < 100);
		commands[0] = sick;
		f = folder_on(&s, commands, 1);
		r = put(f, "a/key", "some value", &err);
		if (r == 0)
			r = sftp_folder_flush(f, &err);
		hit = s.opened > 1 || strstr(slurp("log"), "INJECTED");
		if (r < 0 && must_work)
			fail_msg("%s %d: %s", call, n, err.msg);
		if (r < 0 && access("srv/store/a/key", F_OK) < 0)
			assert_non_null(strstr(err.msg, "server"));
		else
			assert_string_equal(slurp("srv/store/a/key"),
					    "some value");
		sftp_folder_free(f);
		f = folder_on(&s, commands + 1, 1);
		assert_int_equal(put(f, "a/key", "some value", &err), 0);
		sftp_folder_free(f);
		assert_string_equal(slurp("srv/store/a/key"), "some value");
		assert_int_equal(dir_entries("srv/store/a"), 1);
		assert_int_equal(dir_remove_all(AT_FDCWD, "srv", &err), 0);
	}
}

static void a_server_may_die_anywhere(void **state)
{
	static const char *const calls[] = { "write", "mkdir", "fsync", "link",
					     "unlink" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		sweep_server(calls[i], "signal=KILL", true);
}

static void a_server_may_fail_anywhere(void **state)
{
	static const char *const calls[] = { "write", "mkdir", "fsync",
					     "link" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		sweep_server(calls[i], "error=EIO", false);
	sweep_server("write", "error=ENOSPC", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(many_files_are_listed_once_each),
		T(a_cut_connection_is_replaced),
		T(a_lost_answer_to_the_rename_is_no_loss),
		T(no_connection_is_said_once_for_all),
		T(many_threads_share_connections),
		T(a_server_may_die_anywhere),
		T(a_server_may_fail_anywhere),
	};

	return RUN(tests);
}
