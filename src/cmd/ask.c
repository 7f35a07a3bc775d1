#include "cmd/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/progress.h"
#include "cmd/say.h"

#define LINE_LEN 16384	/* a session token can be long */

void ask_wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static volatile sig_atomic_t came;	/* a signal, while asking */

static void on_signal(int sig)
{
	came = sig;
}

/* One byte; 0 at the end, -1 on an error or when a signal came. */
static int next_byte(int fd, char *c)
{
	struct pollfd p = { fd, POLLIN, 0 };
	ssize_t n;

	/* The signal may be another thread's to take: look now and then. */
	for (;;) {
		int ready = poll(&p, 1, 100);

		if (came || (ready < 0 && errno != EINTR))
			return -1;
		if (ready > 0)
			break;
	}
	n = read(fd, c, 1);
	return n < 0 ? -1 : (int)n;
}

/* One line, byte by byte: what follows is somebody else's. */
static int read_line(int fd, char **answer, struct dver_err *err)
{
	char *line = calloc(1, LINE_LEN);
	size_t len = 0;
	char c = 0;
	int n;

	*answer = NULL;
	if (!line)
		return err_nomem(err);
	while ((n = next_byte(fd, &c)) > 0 && c != '\n' &&
	       len < LINE_LEN - 1)
		line[len++] = c;
	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (n >= 0 && len > 0 && len < LINE_LEN - 1)
		*answer = TAKE(line);
	ask_wipe(line);
	if (*answer)
		return 0;
	if (came)
		return err_set(err, DVER_ECANCEL, "interrupted");
	return err_set(err, DVER_EAUTH, n < 0 ? "cannot read the answer"
		       : len ? "the answer is too long"
			     : "nothing was entered");
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };

/*
 * With the echo off, whatever would end or stop us comes after the echo is on
 * again.
 */
static int ask_at(int tty, const char *prompt, bool secret, char **answer,
		  struct dver_err *err)
{
	struct sigaction ours = { .sa_handler = on_signal };
	struct sigaction old[ARRAY_SIZE(signals)];
	AUTO_BUF struct buf shown = BUF_BIG;
	struct termios was, quiet;
	int r;

	if (tcgetattr(tty, &was) < 0)
		return err_set(err, DVER_EAUTH, "there is no terminal to ask "
			       "at");
	quiet = was;
	if (secret)
		quiet.c_lflag &= ~(tcflag_t)ECHO;
	came = 0;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaction(signals[i], &ours, &old[i]);
	(void)tcsetattr(tty, TCSAFLUSH, &quiet);
	/* ssh asks in several lines, and servers word what is asked. */
	say_escape(&shown, prompt, "\n");
	(void)dprintf(tty, "%s", shown.data);
	r = read_line(tty, answer, err);
	(void)tcsetattr(tty, TCSAFLUSH, &was);
	if (secret)
		(void)dprintf(tty, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaction(signals[i], &old[i], NULL);
	if (came)
		(void)raise(came);
	came = 0;
	return r;
}

int ask_terminal(void *data, const char *prompt, bool secret, char **answer,
		 struct dver_err *err)
{
	AUTO_CLOSE int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct progress **shown = data;
	int r;

	if (tty < 0)
		return err_set(err, DVER_EAUTH, "there is no terminal to ask "
			       "at");
	if (shown)
		progress_hold(*shown, true);
	r = ask_at(tty, prompt, secret, answer, err);
	if (shown)
		progress_hold(*shown, false);
	return r;
}

int ask_option(const char *key, const char *value, char **answer,
	       struct dver_err *err)
{
	AUTO_FREE char *prompt = NULL;

	if (value && !streq(value, "-"))
		return err_set(err, DVER_EINVAL, "'%s' is a secret, and a "
			       "command line is seen by others and kept by the "
			       "shell: write '-' for the value, and it is "
			       "asked for or read from standard input", key);
	if (!isatty(STDIN_FILENO))
		return read_line(STDIN_FILENO, answer, err);
	prompt = str_printf("%s: ", key);
	return prompt ? ask_terminal(NULL, prompt, true, answer, err)
		      : err_nomem(err);
}
