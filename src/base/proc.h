/*
 * proc - run a program with an argument vector; no shell.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct dver_err;

/*
 * Run argv[0] (looked up in PATH) in `dir` (NULL: here) and wait.  Its
 * standard output goes to *out if given, else is inherited; `in` (may be
 * NULL) is its standard input.  Returns its exit status 0..255, or
 * DVER_ECHILD when it could not be run or died of a signal.
 */
int proc_run(const char *const argv[], const char *dir, const char *in,
	     size_t in_len, struct buf *out, struct dver_err *err);
/*
 * The same of a program that may fail quietly (its standard error goes
 * nowhere), with `env` added to the environment: "NAME=value", or "NAME" for
 * what is left out; NULL at the end.
 */
int proc_ask(const char *const argv[], const char *dir,
	     const char *const env[], const char *in, size_t in_len,
	     struct buf *out, struct dver_err *err);

/*
 * A child that is spoken to while it runs.  Its standard input and output are
 * one end of a socket, so that talking to a dead one is an error and no
 * SIGPIPE (send(2), MSG_NOSIGNAL).  SIGINT does not reach it: a Ctrl-C at the
 * terminal is for this process, which ends its children in its own order.
 */
struct proc {
	pid_t pid;	/* 0: none */
	int io;		/* our end of the socket; -1: none */
	int err;	/* where its standard error is read; -1: none */
};
#define PROC_INIT { 0, -1, -1 }

/*
 * Start argv[0] with `env` ("NAME=value", or "NAME" for what is left out; NULL
 * at the end; NULL: nothing) added to the environment.  DVER_ECHILD: it could
 * not be run.
 */
int proc_start(struct proc *p, const char *const argv[],
	       const char *const env[], struct dver_err *err);
/*
 * Hang up and wait: `ms` milliseconds for it to end by itself, as many after a
 * SIGTERM, then SIGKILL.  Returns its exit status, 128 + n when signal n
 * ended it, -1 when there was none.
 */
int proc_end(struct proc *p, int ms);

/*
 * Is there such a program?  A name without a slash is looked up in PATH;
 * *path, unless NULL, is where it was found, the caller's to free.
 */
bool proc_find(const char *name, char **path);

#endif
