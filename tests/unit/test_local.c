/* local, loose: the store on this disk. */
#include "tests/harness.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/os.h"
#include "store/local.h"
#include "store/loose.h"

static void scratch_of_the_dead_is_swept_and_no_other(void **state)
{
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE struct store *again = NULL;
	AUTO_TMPDIR struct tmpdir *mine = NULL;
	int ready[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(local_open(&s, "c", true, false, 0, NULL), 0);
	assert_int_equal(tmpdir_new(&mine, "c", NULL), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct tmpdir *t = NULL;

		(void)tmpdir_new(&t, "c", NULL);
		(void)!write(ready[1], "x", 1);
		wait_to_be_killed();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(dir_entries("c/tmp"), 2);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(local_open(&again, "c", false, false, 0, NULL), 0);
	assert_int_equal(dir_entries("c/tmp"), 1);
	assert_int_equal(access(tmpdir_path(mine), F_OK), 0);
	tmpdir_free(TAKE(mine));
	assert_int_equal(dir_entries("c/tmp"), 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static int note_workspace(void *data, const struct local_workspace *w,
			  struct dver_err *err)
{
	struct buf *text = data;

	buf_addf(text, "%s", w->path);
	for (size_t i = 0; i < w->n; i++)
		buf_addf(text, " %s of %s", w->git[i].tree, w->git[i].dir);
	buf_addc(text, '\n');
	return buf_check(text, err);
}

static void workspaces_are_registered_once(void **state)
{
	const struct local_git one = { "/g/one", "/home/a" };
	const struct local_git two = { "/g/t\nwo", "/home/a" };
	AUTO_BUF struct buf text = BUF_INIT(1000);
	struct os_stat before, after;

	(void)state;
	assert_int_equal(local_register("c", "/home/a/repo", NULL, NULL), 0);
	assert_int_equal(local_register("c", "/home/b/repo", NULL, NULL), 0);
	assert_int_equal(local_register("c", "/home/a/repo", &one, NULL), 0);
	assert_int_equal(local_register("c", "/home/a/repo", &two, NULL), 0);
	assert_int_equal(os_stat("c/repos", &before, true), 0);
	assert_int_equal(local_register("c", "/home/a/repo", NULL, NULL), 0);
	assert_int_equal(local_register("c", "/home/a/repo", &one, NULL), 0);
	assert_int_equal(local_register("c", "/home/a/repo", &two, NULL), 0);
	assert_int_equal(os_stat("c/repos", &after, true), 0);
	assert_true(before.mtime_ns == after.mtime_ns);
	assert_int_equal(dir_entries("c/repos"), 2);
	assert_int_equal(local_forget("c", "/home/b/repo", NULL), 1);
	assert_int_equal(local_forget("c", "/home/b/repo", NULL), 0);
	assert_int_equal(local_each_workspace("c", note_workspace, &text,
					      NULL), 0);
	assert_string_equal(text.data, "/home/a/repo /home/a of /g/one "
			    "/home/a of /g/t\nwo\n");
}

static void who_adds_shares_and_who_collects_does_not(void **state)
{
	AUTO_LOCK struct lock *a = NULL;
	AUTO_LOCK struct lock *b = NULL;
	struct lock *gc = NULL;
	struct cancel stop = { 1 };
	struct dver_err err;

	(void)state;
	assert_int_equal(mkdir("c", 0777), 0);
	assert_int_equal(local_lock(&a, "c", LOCK_SHARED, NULL, NULL, NULL,
				    &err), 0);
	assert_int_equal(local_lock(&b, "c", LOCK_SHARED, NULL, NULL, NULL,
				    &err), 0);
	assert_int_equal(local_lock(&gc, "c", LOCK_EXCLUSIVE, NULL, NULL,
				    &stop, &err), DVER_ECANCEL);
}

static int append(void *data, const void *bytes, size_t len,
		  struct dver_err *err)
{
	buf_add(data, bytes, len);
	return buf_check(data, err);
}

static void loose_objects_are_read_and_checked(void **state)
{
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_BUF struct buf got = BUF_BIG;
	AUTO_FREE char *dir = NULL;
	struct dver_err err;
	struct oid id;

	(void)state;
	assert_int_equal(local_open(&s, "c", true, false, 0, NULL), 0);
	assert_int_equal(hash_bytes(id.id, "loose bytes", 11, NULL), 0);
	assert_int_equal(loose_has("c", &id, NULL), 0);
	loose_path(&path, "c", &id);
	dir = str_ndup(path.data, strlen("c/loose/ab"));
	assert_int_equal(os_mkdirs(dir, 0777), 0);
	spit(path.data, "loose bytes");
	assert_int_equal(loose_has("c", &id, NULL), 1);
	assert_int_equal(store_has(s, &id, NULL), 1);
	assert_int_equal(loose_verify("c", &id, NULL, NULL), 0);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(store_stream(s, io, &id, append, &got, NULL, NULL),
			 0);
	assert_string_equal(got.data, "loose bytes");
	spit(path.data, "other bytes");
	assert_int_equal(loose_verify("c", &id, NULL, &err), DVER_ECORRUPT);
	buf_clear(&got);
	assert_int_equal(store_stream(s, io, &id, append, &got, NULL, &err),
			 DVER_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(scratch_of_the_dead_is_swept_and_no_other),
		T(workspaces_are_registered_once),
		T(who_adds_shares_and_who_collects_does_not),
		T(loose_objects_are_read_and_checked),
	};

	return RUN(tests);
}
