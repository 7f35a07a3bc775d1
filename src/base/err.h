/*
 * err - fill in a struct dver_err.
 *
 * The function that detects a failure names the thing; callers add context
 * only where it adds a new noun.  Thread-safe: touches only its arguments.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "dver/err.h"

/* Set code and message; returns code.  A NULL err is fine everywhere here. */
int err_set(struct dver_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As err_set() with ": strerror(errno)" appended and the code from errno. */
int err_sys(struct dver_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Prepend "fmt: " to the message that is there; returns its code. */
int err_wrap(struct dver_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Out of memory; returns DVER_ENOMEM. */
int err_nomem(struct dver_err *err);
/* The dver code that stands for an errno value. */
int err_from_errno(int errnum);

#endif
