/*
 * status_stages - the part of status that is about pipelines.
 */
#ifndef CMD_STATUS_STAGES_H
#define CMD_STATUS_STAGES_H

#include "cmd/cmd.h"
#include "format/json.h"

struct status_telling {
	const struct cmd_ctx *ctx;
	struct json j;
	uint64_t dirty;
	uint64_t told;
	const char *only;	/* of this stage alone; NULL: of all */
};

/* Stages that would run, and why. */
int status_stages(struct status_telling *t, struct dver_err *err);
/* One stage: why it would run, and how it ran last. */
int status_why(struct status_telling *t, const char *stage,
	       struct dver_err *err);

#endif
