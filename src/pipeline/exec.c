#include "pipeline/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"

#define LINE_MAX_BYTES (64u << 10)
#define PEAK_UNIT 1024		/* ru_maxrss is in KiB, getrusage(2) */

extern char **environ;

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

char *exec_log_path(const struct dver_repo *repo, const struct stage *s)
{
	AUTO_BUF struct buf name = BUF_PATH;
	uint8_t id[HASH_SIZE];

	/* Names may be long, or differ only in what a path cannot tell. */
	if (hash_bytes(id, s->address, strlen(s->address), NULL) < 0)
		return NULL;
	for (const char *p = s->address; *p && name.len < 100; p++)
		buf_addc(&name, strchr("/:\\", *p) ||
			 (unsigned char)*p < 0x20 ? '_' : *p);
	buf_addf(&name, "-%02x%02x%02x%02x.log", id[0], id[1], id[2], id[3]);
	return buf_ok(&name) ? str_printf("%s/stages/%s", repo->meta, name.data)
			     : NULL;
}

static int open_log(struct exec *x, struct dver_err *err)
{
	AUTO_FREE char *path = exec_log_path(x->repo, x->s);
	AUTO_FREE char *dir = path ? path_dir(path) : NULL;

	if (!dir)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	x->log = os_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	return x->log < 0 ? err_sys(err, "cannot write '%s'", path) : 0;
}

/* How shells are kept from reading files of the user's: DVC's list. */
static const struct shell { const char *name, *quiet, *strict; } shells[] = {
	{ "bash", "--noprofile", "-e" },
	{ "zsh", "--no-rcs", "-e" },
	{ "fish", "--no-config", NULL },
	{ "sh", NULL, "-e" },
	{ "dash", NULL, "-e" },
	{ "ksh", NULL, "-e" },
	{ NULL, NULL, NULL }
};

static void shell_argv(const char *argv[8], const char *cmd)
{
	const char *shell = getenv("SHELL");
	const struct shell *s = shells;
	int n = 0;

	if (!shell || !*shell || access(shell, X_OK) < 0)
		shell = "/bin/sh";
	while (s->name && !streq(s->name, path_base(shell)))
		s++;
	argv[n++] = shell;
	if (s->quiet)
		argv[n++] = s->quiet;
	if (streq(path_base(shell), "bash"))
		argv[n++] = "--norc";
	if (s->strict && strchr(cmd, '\n'))
		argv[n++] = s->strict;
	argv[n++] = "-c";
	argv[n++] = cmd;
	argv[n] = NULL;
}

/* The environment, and what a command may want to know. */
static char **make_env(const struct exec *x, char **root, char **stage)
{
	size_t n = 0, k = 0;
	char **env;

	while (environ[n])
		n++;
	env = mem_array(n + 3, sizeof(*env));
	*root = str_printf("DVER_ROOT=%s", x->repo->root);
	*stage = str_printf("DVER_STAGE=%s", x->s->address);
	if (!env || !*root || !*stage) {
		free(env);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (!str_starts(environ[i], "DVER_ROOT=") &&
		    !str_starts(environ[i], "DVER_STAGE="))
			env[k++] = environ[i];
	env[k++] = *root;
	env[k++] = *stage;
	env[k] = NULL;
	return env;
}

static int spawn_with(struct exec *x, const char *const argv[], int out,
		      const char *dir, posix_spawn_file_actions_t *fa,
		      posix_spawnattr_t *attr)
{
	AUTO_FREE char *root = NULL;
	AUTO_FREE char *stage = NULL;
	AUTO_FREE char **env = make_env(x, &root, &stage);
	union { const char *const *from; char *const *to; } args = { argv };
	sigset_t all, none;
	int r = env ? 0 : ENOMEM;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	if (r == 0)
		r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
					     POSIX_SPAWN_SETSIGDEF |
					     POSIX_SPAWN_SETSIGMASK);
	if (r == 0)
		r = posix_spawnattr_setpgroup(attr, 0);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(attr, &all);
	if (r == 0)
		r = posix_spawnattr_setsigmask(attr, &none);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(fa, 0, "/dev/null",
						     O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(fa, out, 1);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(fa, out, 2);
	/* Onto itself: it is not closed then. */
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(fa, x->hold, x->hold);
	if (r == 0)
		r = posix_spawn_file_actions_addchdir_np(fa, dir);
	return r ? r : posix_spawn(&x->pid, argv[0], fa, attr, args.to,
				   env);
}

static int spawn(struct exec *x, const char *cmd, int out,
		 struct dver_err *err)
{
	AUTO_FREE char *dir = path_join(x->repo->root, x->s->dir);
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	const char *argv[8];
	int r;

	if (!dir)
		return err_nomem(err);
	shell_argv(argv, cmd);
	r = posix_spawn_file_actions_init(&fa);
	if (r)
		return err_nomem(err);
	r = posix_spawnattr_init(&attr);
	if (r == 0) {
		r = spawn_with(x, argv, out, dir, &fa, &attr);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	if (r == 0)
		return 0;
	x->pid = 0;
	errno = r;
	return err_set(err, DVER_ECHILD, "cannot run stage '%s' in '%s': %s",
		       x->s->address, dir, strerror(r));
}

static int start_next(struct exec *x, struct dver_err *err)
{
	const char *cmd = x->s->cmds.v[x->next++];
	AUTO_CLOSE int in = -1;
	int ends[2];
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot run stage '%s'", x->s->address);
	x->out = ends[0];
	in = ends[1];
	(void)fcntl(x->out, F_SETFL, O_NONBLOCK);
	x->began_ns = now_ns();
	r = spawn(x, cmd, in, err);
	if (r < 0)
		return r;
	x->group = x->pid;
	x->pidfd = (int)syscall(SYS_pidfd_open, x->pid, 0);
	return x->pidfd < 0 ? err_sys(err, "cannot watch stage '%s'",
				      x->s->address) : 0;
}

int exec_start(struct exec **out, struct dver_repo *repo,
	       const struct stage *s, int hold, struct dver_err *err)
{
	struct exec *x = malloc(sizeof(*x));
	int r;

	if (!x)
		return err_nomem(err);
	*x = (struct exec){ .repo = repo, .s = s, .pidfd = -1, .out = -1,
			    .hold = hold,
			    .log = -1, .line = BUF_INIT(LINE_MAX_BYTES) };
	r = open_log(x, err);
	if (r == 0 && s->cmds.n)
		r = start_next(x, err);
	if (r < 0)
		exec_free(x);
	else
		*out = x;
	return r;
}

static int tell(struct exec *x, exec_line_fn fn, void *data,
		struct dver_err *err)
{
	int r = fn ? fn(data, x->s, x->line.data, err) : 0;

	buf_clear(&x->line);
	return r;
}

static int take_bytes(struct exec *x, const char *p, size_t len,
		      exec_line_fn fn, void *data, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < len; i++) {
		/* A bar that redraws itself is a line each time. */
		if (p[i] == '\n' || p[i] == '\r') {
			if (x->line.len || p[i] == '\n')
				r = tell(x, fn, data, err);
			continue;
		}
		if (x->line.len + 1 >= LINE_MAX_BYTES)
			r = tell(x, fn, data, err);
		buf_addc(&x->line, p[i] ? p[i] : '?');
	}
	return r;
}

/* 1: there may be more, 0: not now or the end. */
static int read_some(struct exec *x, exec_line_fn fn, void *data,
		     struct dver_err *err)
{
	ssize_t n = x->out < 0 ? 0 : read(x->out, x->block,
					  sizeof(x->block));
	int r;

	if (n < 0)
		return errno == EINTR;
	if (n == 0 && x->out >= 0) {
		(void)os_close(x->out);
		x->out = -1;
	}
	if (n == 0)
		return 0;
	if (os_write_all(x->log, x->block, (size_t)n) < 0)
		return err_sys(err, "cannot write the log of stage '%s'",
			       x->s->address);
	r = take_bytes(x, x->block, (size_t)n, fn, data, err);
	return r < 0 ? r : 1;
}

/* The command ended: take what it left to say, and its end. */
static int reap(struct exec *x, exec_line_fn fn, void *data,
		struct dver_err *err)
{
	struct rusage use;
	int status = 0;
	int r;

	while ((r = read_some(x, fn, data, err)) > 0)
		;
	if (r == 0 && x->line.len)
		r = tell(x, fn, data, err);
	while (wait4(x->pid, &status, 0, &use) < 0)
		if (errno != EINTR)
			return err_sys(err, "cannot wait for stage '%s'",
				       x->s->address);
	x->pid = 0;
	(void)os_close(x->pidfd);
	if (x->out >= 0)
		(void)os_close(x->out);
	x->pidfd = x->out = -1;
	x->seconds += (double)(now_ns() - x->began_ns) / 1e9;
	x->memory = MAX(x->memory, (uint64_t)use.ru_maxrss * PEAK_UNIT);
	x->code = WIFEXITED(status) ? WEXITSTATUS(status)
				    : 128 + WTERMSIG(status);
	if (r == 0 && x->code == 0 && x->next < x->s->cmds.n)
		r = start_next(x, err);
	return r;
}

int exec_wait(struct exec *const *v, size_t n, int ms, exec_line_fn fn,
	      void *data, struct dver_err *err)
{
	struct pollfd fds[2 * EXECS_MAX];
	int r = 0;

	n = MIN(n, (size_t)EXECS_MAX);
	for (size_t i = 0; i < n; i++) {
		fds[2 * i] = (struct pollfd){ v[i]->out, POLLIN, 0 };
		fds[2 * i + 1] = (struct pollfd){ v[i]->pidfd, POLLIN, 0 };
	}
	if (poll(fds, 2 * n, ms) < 0)
		return errno == EINTR ? 0 : err_sys(err, "cannot poll");
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (fds[2 * i + 1].revents)
			r = reap(v[i], fn, data, err);
		else if (fds[2 * i].revents)
			r = MIN(read_some(v[i], fn, data, err), 0);
	}
	return r;
}

void exec_signal(const struct exec *x, int sig)
{
	if (x->group > 0)
		(void)kill(-x->group, sig);
}

void exec_free(struct exec *x)
{
	if (!x)
		return;
	if (x->pid > 0) {
		exec_signal(x, SIGKILL);
		(void)waitpid(x->pid, NULL, 0);
		x->pid = 0;
	}
	if (x->pidfd >= 0)
		(void)os_close(x->pidfd);
	if (x->out >= 0)
		(void)os_close(x->out);
	if (x->log >= 0)
		(void)os_close(x->log);
	buf_release(&x->line);
	free(x);
}
