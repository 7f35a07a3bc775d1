/*
 * remote_copy - `dver remote copy`: all of one remote into another.
 */
#ifndef CMD_REMOTE_COPY_H
#define CMD_REMOTE_COPY_H

#include "cmd/cmd.h"

int remote_copy(struct cmd_ctx *ctx, const char *from, const char *to,
		bool dry_run, struct dver_err *err);

#endif
