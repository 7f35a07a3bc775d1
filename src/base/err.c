/*
 * err - messages are built in the caller's struct; what does not fit is cut.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_from_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM:
		return DVER_ENOMEM;
	case ENOENT:
	case ENOTDIR:
		return DVER_ENOTFOUND;
	case EEXIST:
		return DVER_EEXISTS;
	case EINVAL:
		return DVER_EINVAL;
	default:
		return DVER_EIO;
	}
}

__attribute__((format(printf, 3, 0)))
static void err_vset(struct dver_err *err, int code, const char *fmt,
		     va_list ap)
{
	err->code = code;
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
}

int err_set(struct dver_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	return code;
}

int err_sys(struct dver_err *err, const char *fmt, ...)
{
	int saved = errno;
	int code = err_from_errno(saved);
	va_list ap;
	size_t len;

	if (!err)
		return code;
	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	(void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
		       strerror(saved));
	return code;
}

int err_wrap(struct dver_err *err, const char *fmt, ...)
{
	struct dver_err old;
	va_list ap;
	size_t len;

	if (!err)
		return DVER_EIO;
	old = *err;
	va_start(ap, fmt);
	err_vset(err, old.code, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	(void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
		       old.msg);
	return old.code;
}

int err_nomem(struct dver_err *err)
{
	return err_set(err, DVER_ENOMEM, "out of memory");
}
