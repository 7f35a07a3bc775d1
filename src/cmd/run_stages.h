/*
 * run_stages - run stages of a pipeline, and say what becomes of them.
 */
#ifndef CMD_RUN_STAGES_H
#define CMD_RUN_STAGES_H

#include "cmd/cmd.h"
#include "dver/repro.h"
#include "format/json.h"

/*
 * dver_repro() with these options (event and data are ours), told as lines or
 * as one object.  `first` (may be NULL) adds members to that before all others.
 */
struct run_first {
	void (*fn)(struct json *j, const void *data);
	const void *data;
};
int run_stages(struct cmd_ctx *ctx, const struct dver_repro_opts *opts,
	       const char *const *targets, size_t n,
	       const struct run_first *first, struct dver_err *err);

#endif
