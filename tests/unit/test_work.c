/* pool, lock, proc: threads and processes. */
#include "tests/harness.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/lock.h"
#include "base/os.h"
#include "base/pool.h"
#include "base/proc.h"

struct count_job {
	struct pool_job job;
	int number;
	int fail_from;
	int fail_to;
	atomic_int *ran;
	atomic_int *released;
};

static int count_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct count_job *c = (struct count_job *)job;

	(void)worker;
	atomic_fetch_add(c->ran, 1);
	if (c->number >= c->fail_from && c->number < c->fail_to) {
		/* The first one fails last. */
		usleep(c->number == c->fail_from ? 20000 : 0);
		return err_set(err, DVER_EIO, "job %d", c->number);
	}
	return 0;
}

static void count_release(struct pool_job *job)
{
	atomic_fetch_add(((struct count_job *)job)->released, 1);
}

static int run_jobs(struct pool *p, int n, int fail_from, int fail_to,
		    int *released, struct dver_err *err)
{
	AUTO_FREE struct count_job *job = mem_array((size_t)n, sizeof(*job));
	atomic_int ran = 0, gone = 0;
	int r = 0;

	for (int i = 0; i < n && r == 0; i++) {
		job[i] = (struct count_job){
			{ count_run, count_release, NULL, 0 },
			i, fail_from, fail_to, &ran, &gone };
		r = pool_submit(p, &job[i].job, err);
	}
	r = pool_wait(p, err);
	*released = atomic_load(&gone);
	if (r == 0)
		assert_int_equal(atomic_load(&ran), n);
	return r;
}

static void every_job_runs_once(void **state)
{
	AUTO_POOL struct pool *p = NULL;
	struct dver_err err;
	int released;

	(void)state;
	assert_int_equal(pool_new(&p, 3, 4, &err), 0);
	assert_int_equal(pool_threads(p), 3);
	for (int round = 0; round < 50; round++) {
		assert_int_equal(run_jobs(p, 100, -1, -1, &released, &err), 0);
		assert_int_equal(released, 100);
	}
}

static void the_first_failure_in_order_is_reported(void **state)
{
	AUTO_POOL struct pool *p = NULL;
	struct dver_err err;
	int released;

	(void)state;
	assert_int_equal(pool_new(&p, 2, 8, &err), 0);
	assert_int_equal(run_jobs(p, 40, 5, 8, &released, &err), DVER_EIO);
	assert_string_equal(err.msg, "job 5");
	/* and the pool can be used again */
	assert_int_equal(run_jobs(p, 10, -1, -1, &released, &err), 0);
}

static void the_default_fits_the_machine(void **state)
{
	(void)state;
	assert_int_equal(setenv("SLURM_CPUS_PER_TASK", "1", 1), 0);
	assert_int_equal(pool_default_threads(), 1);
	assert_int_equal(setenv("SLURM_CPUS_PER_TASK", "rubbish", 1), 0);
	assert_true(pool_default_threads() >= 1);
	assert_int_equal(unsetenv("SLURM_CPUS_PER_TASK"), 0);
}

static char waited[600];

static void note_wait(void *data, const char *line)
{
	(void)data;
	(void)snprintf(waited, sizeof(waited), "%s", line);
}

static void a_lock_names_its_holder_and_dies_with_it(void **state)
{
	struct cancel stop = { 1 };
	struct lock *l = NULL;
	struct dver_err err;
	char holder[64];
	int ready[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		(void)lock_take(&l, "lock", LOCK_EXCLUSIVE, 0, NULL, NULL,
				NULL, &err);
		(void)!write(ready[1], "x", 1);
		wait_to_be_killed();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	(void)snprintf(holder, sizeof(holder), "process %ld on ", (long)pid);
	/* Long enough that even a slow machine comes to the waiting. */
	assert_int_equal(lock_take(&l, "lock", LOCK_SHARED, 2000, note_wait,
				   NULL, NULL, &err), DVER_ELOCKED);
	assert_non_null(strstr(err.msg, holder));
	assert_non_null(strstr(waited, holder));
	assert_int_equal(lock_take(&l, "lock", LOCK_SHARED, 1000, NULL, NULL,
				   &stop, &err), DVER_ECANCEL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(lock_take(&l, "lock", LOCK_EXCLUSIVE, 1000, NULL,
				   NULL, NULL, &err), 0);
	lock_release(l);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void shared_locks_are_shared(void **state)
{
	AUTO_LOCK struct lock *a = NULL;
	AUTO_LOCK struct lock *b = NULL;
	struct lock *x = NULL;
	struct dver_err err;

	(void)state;
	assert_int_equal(lock_take(&a, "l", LOCK_SHARED, 0, NULL, NULL, NULL,
				   &err), 0);
	assert_int_equal(lock_take(&b, "l", LOCK_SHARED, 0, NULL, NULL, NULL,
				   &err), 0);
	assert_int_equal(lock_take(&x, "l", LOCK_EXCLUSIVE, 0, NULL, NULL,
				   NULL, &err), DVER_ELOCKED);
}

static void programs_get_input_and_give_output(void **state)
{
	const char *const cat[] = { "cat", NULL };
	const char *const fail[] = { "sh", "-c", "exit 7", NULL };
	const char *const dies[] = { "sh", "-c", "kill -9 $$", NULL };
	const char *const none[] = { "no-such-program-here", NULL };
	const char *const deaf[] = { "true", NULL };
	AUTO_FREE char *big = malloc(1 << 20);
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	memset(big, 'x', 1 << 20);
	assert_int_equal(proc_run(cat, NULL, big, 1 << 20, &out, &err), 0);
	assert_int_equal(out.len, 1 << 20);
	assert_int_equal(proc_run(deaf, NULL, big, 1 << 20, NULL, &err), 0);
	assert_int_equal(proc_run(fail, NULL, NULL, 0, NULL, &err), 7);
	assert_int_equal(proc_run(dies, NULL, NULL, 0, NULL, &err),
			 DVER_ECHILD);
	assert_int_equal(proc_run(none, NULL, NULL, 0, NULL, &err),
			 DVER_ECHILD);
	assert_non_null(strstr(err.msg, "no-such-program-here"));
}

/* What the child writes before it stops, as text. */
static const char *all_of(int fd)
{
	static char text[100];
	ssize_t n = os_read_full(fd, text, sizeof(text) - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void a_child_is_spoken_to(void **state)
{
	const char *const talk[] = { "sh", "-c", "read x; echo \"$x $Y\"; "
				     "kill -INT $$; echo sad >&2; exit 5",
				     NULL };
	const char *const env[] = { "Y=there", "PATH=/usr/bin:/bin", NULL };
	struct proc p = PROC_INIT;
	struct dver_err err;

	(void)state;
	assert_int_equal(proc_end(&p, 0), -1);
	assert_int_equal(proc_start(&p, talk, env, &err), 0);
	assert_int_equal(send(p.io, "hello\n", 6, MSG_NOSIGNAL), 6);
	assert_string_equal(all_of(p.io), "hello there\n");
	assert_string_equal(all_of(p.err), "sad\n");
	assert_int_equal(proc_end(&p, 60000), 5);
	assert_int_equal(p.io, -1);
	assert_int_equal(p.err, -1);
}

static void a_child_that_does_not_end_is_ended(void **state)
{
	const char *const tame[] = { "sleep", "1000", NULL };
	const char *const wild[] = { "sh", "-c", "trap '' TERM; echo; "
				     "while :; do sleep 0.1; done", NULL };
	const char *const none[] = { "no-such-program-here", NULL };
	struct proc p;
	struct dver_err err;
	char c;

	(void)state;
	assert_int_equal(proc_start(&p, tame, NULL, &err), 0);
	assert_int_equal(proc_end(&p, 50), 128 + SIGTERM);
	assert_int_equal(proc_start(&p, wild, NULL, &err), 0);
	assert_int_equal(os_read(p.io, &c, 1), 1);
	assert_int_equal(proc_end(&p, 50), 128 + SIGKILL);
	assert_int_equal(proc_start(&p, none, NULL, &err), DVER_ECHILD);
	assert_non_null(strstr(err.msg, "no-such-program-here"));
	assert_int_equal(p.io, -1);
}

static void programs_are_found(void **state)
{
	AUTO_FREE char *path = NULL;

	(void)state;
	assert_true(proc_find("sh", &path));
	assert_true(path && path[0] == '/');
	assert_false(proc_find("no-such-program-here", NULL));
	assert_false(proc_find("./no-such-program-here", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_job_runs_once),
		T(the_first_failure_in_order_is_reported),
		T(the_default_fits_the_machine),
		T(a_lock_names_its_holder_and_dies_with_it),
		T(shared_locks_are_shared),
		T(programs_get_input_and_give_output),
		T(a_child_is_spoken_to),
		T(a_child_that_does_not_end_is_ended),
		T(programs_are_found),
	};

	return RUN(tests);
}
