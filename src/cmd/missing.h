/*
 * missing - files whose bytes are nowhere, told so that somebody can help.
 */
#ifndef CMD_MISSING_H
#define CMD_MISSING_H

#include "cmd/cmd.h"
#include "dver/workspace.h"
#include "format/json.h"

struct missing_file;

struct missing {
	const struct cmd_ctx *ctx;
	const char *remote;	/* that was asked; NULL: the default one */
	bool only_remote;	/* missing there; here it may be */
	uint64_t n;		/* all of them */
	struct missing_file *v;	/* owned; the first */
	size_t kept, cap;
};
/* A callback of the API; its data is the struct missing. */
int missing_add(void *data, const struct dver_missing *m);
/* Print them with the people who recorded them, or add a JSON member. */
void missing_tell(struct missing *m, struct json *j);
void missing_release(struct missing *m);

#endif
