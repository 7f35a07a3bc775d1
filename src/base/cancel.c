/*
 * cancel - the flag is the whole of it; this gives it a message.
 */
#include "base/cancel.h"

#include "base/err.h"

int cancel_check(const struct cancel *c, struct dver_err *err)
{
	if (!cancel_is_set(c))
		return 0;
	return err_set(err, DVER_ECANCEL, "interrupted");
}
