/*
 * stage_list - `dver stage list`.
 */
#ifndef CMD_STAGE_LIST_H
#define CMD_STAGE_LIST_H

#include "cmd/cmd.h"

int stage_list(struct cmd_ctx *ctx, char **targets, int n, bool all,
	       bool names_only, struct dver_err *err);

#endif
