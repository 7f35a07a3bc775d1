/*
 * remote_test - `dver remote test`: which rights there are at a remote.
 */
#ifndef CMD_REMOTE_TEST_H
#define CMD_REMOTE_TEST_H

#include "cmd/cmd.h"

int remote_test(struct cmd_ctx *ctx, const char *name, bool read_only,
		struct dver_err *err);

#endif
