/*
 * proc - posix_spawn(3) with pipes; input is written and output read by one
 * poll(2) loop, so that neither side can block the other for ever.
 */
#include "base/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

extern char **environ;

struct feed {
	const char *in;
	size_t left;
	int to;		/* the child's standard input, -1: closed */
	int from;	/* its standard output, -1: closed or inherited */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)os_close(*fd);
	*fd = -1;
}

static void feed_input(struct feed *f)
{
	ssize_t n = f->left ? write(f->to, f->in, f->left) : 0;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	/* A child that stops reading says why with its exit status. */
	if (n < 0)
		f->left = 0;
	if (n > 0) {
		f->in += n;
		f->left -= (size_t)n;
	}
	if (f->left == 0)
		close_end(&f->to);
}

static void take_output(struct feed *f, struct buf *out)
{
	char data[2048];
	ssize_t n = os_read(f->from, data, sizeof(data));

	if (n > 0)
		buf_add(out, data, (size_t)n);
	else
		close_end(&f->from);
}

static int pump(struct feed *f, struct buf *out, struct dver_err *err)
{
	while (f->to >= 0 || f->from >= 0) {
		struct pollfd p[2] = { { f->to, POLLOUT, 0 },
				       { f->from, POLLIN, 0 } };

		if (poll(p, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(err, "cannot poll a child");
		}
		if (p[0].revents)
			feed_input(f);
		if (p[1].revents)
			take_output(f, out);
	}
	return out ? buf_check(out, err) : 0;
}

/*
 * Is there such a program?  Asked first, because where processes are emulated
 * posix_spawn() cannot tell that the exec failed.
 */
static bool is_there(const char *name)
{
	const char *p = getenv("PATH");

	if (strchr(name, '/'))
		return access(name, X_OK) == 0;
	while (p && *p) {
		size_t len = strcspn(p, ":");
		AUTO_FREE char *path = str_printf("%.*s/%s", (int)len, p,
						  name);

		if (path && len && access(path, X_OK) == 0)
			return true;
		p += len;
		p += *p == ':';
	}
	return false;
}

static int spawn(pid_t *pid, const char *const argv[], const char *dir,
		 int in, int out, struct dver_err *err)
{
	posix_spawn_file_actions_t fa;
	union { const char *const *from; char *const *to; } args = { argv };
	int r;

	if (!is_there(argv[0])) {
		(void)err_set(err, DVER_ECHILD, "cannot run '%s': there is no "
			      "such program", argv[0]);
		return DVER_ECHILD;
	}
	posix_spawn_file_actions_init(&fa);
	if (dir)
		posix_spawn_file_actions_addchdir_np(&fa, dir);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&fa, in, STDIN_FILENO);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
	r = posix_spawnp(pid, argv[0], &fa, NULL, args.to, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (r == 0)
		return 0;
	errno = r;
	(void)err_sys(err, "cannot run '%s'", argv[0]);
	if (err)
		err->code = DVER_ECHILD;
	return DVER_ECHILD;
}

static int reap(pid_t pid, const char *name, struct dver_err *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(err, "cannot wait for '%s'", name);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(err, DVER_ECHILD, "'%s' was killed by signal %d", name,
		       WTERMSIG(status));
}

int proc_run(const char *const argv[], const char *dir, const char *in,
	     size_t in_len, struct buf *out, struct dver_err *err)
{
	int to[2] = { -1, -1 };
	int from[2] = { -1, -1 };
	struct feed f;
	sigset_t pipe_set, old;
	pid_t pid;
	int r, status;

	if ((in && pipe2(to, O_CLOEXEC) < 0) ||
	    (out && pipe2(from, O_CLOEXEC) < 0)) {
		close_end(&to[0]);
		close_end(&to[1]);
		return err_sys(err, "cannot make a pipe for '%s'", argv[0]);
	}
	r = spawn(&pid, argv, dir, to[0], from[1], err);
	close_end(&to[0]);
	close_end(&from[1]);
	f = (struct feed){ in, in_len, to[1], from[0] };
	if (r < 0) {
		close_end(&f.to);
		close_end(&f.from);
		return r;
	}
	if (f.to >= 0)
		(void)fcntl(f.to, F_SETFL, O_NONBLOCK);
	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
	r = pump(&f, out, err);
	close_end(&f.to);
	close_end(&f.from);
	/* A SIGPIPE that is pending now was ours: take it off. */
	(void)sigtimedwait(&pipe_set, NULL, &(struct timespec){ 0, 0 });
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	status = reap(pid, argv[0], err);
	return r < 0 ? r : status;
}
