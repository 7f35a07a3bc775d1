/*
 * proc - run a program with an argument vector; no shell.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

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

#endif
