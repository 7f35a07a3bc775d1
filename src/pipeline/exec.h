/*
 * exec - the commands of a stage, one after another, in a process group of
 * their own.
 *
 * A command goes to the shell of the user ($SHELL, without its start-up files;
 * /bin/sh else); one of several lines stops at the first that fails.  Its
 * standard input is empty; what it writes comes back a line at a time and
 * goes to a log.  One thread drives any number of them.
 */
#ifndef PIPELINE_EXEC_H
#define PIPELINE_EXEC_H

#define EXECS_MAX 64	/* that one thread may drive */

#include <sys/types.h>

#include "base/buf.h"
#include "pipeline/stage.h"
#include "repo/repo.h"

struct exec {
	struct dver_repo *repo;
	const struct stage *s;
	size_t next;		/* command to start */
	pid_t pid;		/* of the one that runs; 0: none */
	pid_t group;		/* of the last one */
	int pidfd, out;		/* owned; -1: none */
	int hold;		/* borrowed */
	int log;		/* owned; -1: none */
	struct buf line;	/* unfinished */
	char block[16384];
	int64_t began_ns;
	double seconds;		/* of all commands */
	uint64_t memory;	/* peak of the largest process, bytes */
	int code;		/* 0..255, or 128 + signal */
};

/* A line without its end; < 0 stops. */
typedef int (*exec_line_fn)(void *data, const struct stage *s,
			    const char *line, struct dver_err *err);

/*
 * Start the first command; it and its children keep the descriptor `hold`
 * open.  DVER_ECHILD: it could not be started.
 */
int exec_start(struct exec **out, struct dver_repo *repo,
	       const struct stage *s, int hold, struct dver_err *err);
/*
 * Wait up to `ms` for any of n to have something to say, and pass it on.  An
 * exec whose command ended well starts its next one; one that is over has
 * pid 0.
 */
int exec_wait(struct exec *const *v, size_t n, int ms, exec_line_fn fn,
	      void *data, struct dver_err *err);
/* Send a signal to all that the command started and that still runs. */
void exec_signal(const struct exec *x, int sig);
/* Kill what still runs; NULL is fine. */
void exec_free(struct exec *x);

/* Where the output of a stage's last run is kept; owned by the caller. */
char *exec_log_path(const struct dver_repo *repo, const struct stage *s);

#endif
