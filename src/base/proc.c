/*
 * proc - posix_spawn(3) with pipes; input is written and output read by one
 * poll(2) loop, so that neither side can block the other for ever.
 */
#include "base/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
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
 * Asked before a program is run, because where processes are emulated
 * posix_spawn() cannot tell that the exec failed.
 */
bool proc_find(const char *name, char **path)
{
	const char *p = getenv("PATH");

	if (path)
		*path = NULL;
	if (strchr(name, '/')) {
		if (path)
			*path = strdup(name);
		return access(name, X_OK) == 0;
	}
	while (p && *p) {
		size_t len = strcspn(p, ":");
		AUTO_FREE char *there = str_printf("%.*s/%s", (int)len, p,
						   name);

		if (there && len && access(there, X_OK) == 0) {
			if (path)
				*path = TAKE(there);
			return true;
		}
		p += len;
		p += *p == ':';
	}
	return false;
}

/* What a child gets; -1 and NULL: what we have. */
struct gift {
	const char *dir;
	int in, out, err;
	char *const *env;
	const posix_spawnattr_t *attr;
};

static int spawn(pid_t *pid, const char *const argv[], const struct gift *g,
		 struct dver_err *err)
{
	posix_spawn_file_actions_t fa;
	union { const char *const *from; char *const *to; } args = { argv };
	int r;

	if (!proc_find(argv[0], NULL)) {
		(void)err_set(err, DVER_ECHILD, "cannot run '%s': there is no "
			      "such program", argv[0]);
		return DVER_ECHILD;
	}
	posix_spawn_file_actions_init(&fa);
	if (g->dir)
		posix_spawn_file_actions_addchdir_np(&fa, g->dir);
	if (g->in >= 0)
		posix_spawn_file_actions_adddup2(&fa, g->in, STDIN_FILENO);
	if (g->out >= 0)
		posix_spawn_file_actions_adddup2(&fa, g->out, STDOUT_FILENO);
	if (g->err >= 0)
		posix_spawn_file_actions_adddup2(&fa, g->err, STDERR_FILENO);
	r = posix_spawnp(pid, argv[0], &fa, g->attr, args.to,
			 g->env ? g->env : environ);
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

static int run(const char *const argv[], struct gift g, const char *in,
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
	g.in = to[0];
	g.out = from[1];
	r = spawn(&pid, argv, &g, err);
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

int proc_run(const char *const argv[], const char *dir, const char *in,
	     size_t in_len, struct buf *out, struct dver_err *err)
{
	struct gift g = { dir, -1, -1, -1, NULL, NULL };

	return run(argv, g, in, in_len, out, err);
}

/* Does the entry say what one of `env` says anew? */
static bool is_replaced(const char *entry, const char *const env[])
{
	for (size_t i = 0; env && env[i]; i++) {
		size_t len = strcspn(env[i], "=");

		if (strncmp(entry, env[i], len) == 0 && entry[len] == '=')
			return true;
	}
	return false;
}

/* Our environment and `env`; an array of borrowed strings, the caller's. */
static char **with_env(const char *const env[])
{
	union { const char *from; char *to; } u;
	size_t n = 0, more = 0;
	char **all;

	while (environ && environ[n])
		n++;
	while (env && env[more])
		more++;
	all = mem_array(n + more + 1, sizeof(*all));
	if (!all)
		return NULL;
	n = 0;
	for (char **e = environ; e && *e; e++)
		if (!is_replaced(*e, env))
			all[n++] = *e;
	for (size_t i = 0; i < more; i++) {
		u.from = env[i];
		if (strchr(env[i], '='))
			all[n++] = u.to;
	}
	return all;
}

int proc_ask(const char *const argv[], const char *dir,
	     const char *const env[], const char *in, size_t in_len,
	     struct buf *out, struct dver_err *err)
{
	AUTO_CLOSE int nowhere = os_open("/dev/null", O_WRONLY, 0);
	AUTO_FREE char **all = with_env(env);
	struct gift g = { dir, -1, -1, nowhere, all, NULL };

	return all ? run(argv, g, in, in_len, out, err) : err_nomem(err);
}

/* SIGINT held back, SIGPIPE as a program expects it. */
static void prepare_signals(posix_spawnattr_t *attr)
{
	sigset_t held, standard;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigemptyset(&standard);
	sigaddset(&standard, SIGPIPE);
	posix_spawnattr_init(attr);
	posix_spawnattr_setsigmask(attr, &held);
	posix_spawnattr_setsigdefault(attr, &standard);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
}

#define SOCKET_BUFFER (1 << 20)

/* As far as the system lets us: with little room both sides sleep a lot. */
static void enlarge(int fd)
{
	const int size = SOCKET_BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

int proc_start(struct proc *p, const char *const argv[],
	       const char *const env[], struct dver_err *err)
{
	AUTO_FREE char **all = with_env(env);
	AUTO_CLOSE int theirs = -1;
	AUTO_CLOSE int complaint = -1;
	posix_spawnattr_t attr;
	struct gift g = { .env = all, .attr = &attr };
	int io[2], said[2];
	int r;

	*p = (struct proc)PROC_INIT;
	if (!all)
		return err_nomem(err);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, io) < 0)
		return err_sys(err, "cannot make a socket for '%s'", argv[0]);
	p->io = io[0];
	theirs = io[1];
	enlarge(io[0]);
	enlarge(io[1]);
	if (pipe2(said, O_CLOEXEC) < 0) {
		r = err_sys(err, "cannot make a pipe for '%s'", argv[0]);
		(void)proc_end(p, 0);
		return r;
	}
	p->err = said[0];
	complaint = said[1];
	g.in = g.out = theirs;
	g.err = complaint;
	prepare_signals(&attr);
	r = spawn(&p->pid, argv, &g, err);
	posix_spawnattr_destroy(&attr);
	if (r < 0) {
		p->pid = 0;
		(void)proc_end(p, 0);
	}
	return r;
}

/* Has it ended within `ms` milliseconds? */
static bool ends(pid_t pid, int ms, int *status)
{
	const int step = 5;

	for (;; ms -= step) {
		pid_t r = waitpid(pid, status, WNOHANG);

		if (r == pid || (r < 0 && errno != EINTR))
			return true;
		if (ms <= 0)
			return false;
		(void)poll(NULL, 0, MIN(ms, step));
	}
}

int proc_end(struct proc *p, int ms)
{
	int status = 0;

	close_end(&p->io);
	if (p->pid <= 0) {
		close_end(&p->err);
		return -1;
	}
	if (!ends(p->pid, ms, &status)) {
		(void)kill(p->pid, SIGTERM);
		if (!ends(p->pid, ms, &status)) {
			(void)kill(p->pid, SIGKILL);
			(void)ends(p->pid, 10000, &status);
		}
	}
	close_end(&p->err);
	p->pid = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
