/*
 * changes - what add, checkout and pull did, a line an output or as JSON.
 */
#ifndef CMD_CHANGES_H
#define CMD_CHANGES_H

#include "cmd/cmd.h"
#include "dver/workspace.h"
#include "format/json.h"

struct changes {
	const struct cmd_ctx *ctx;
	struct json j;
	uint64_t outputs, moved;	/* told so far; whose pointer moved */
	uint64_t touched;		/* outputs with any difference */
	uint64_t differing;		/* where edits stay */
};

void changes_begin(struct changes *c, const struct cmd_ctx *ctx);
/* A dver_change_fn; its data is the struct changes. */
int changes_add(void *data, const struct dver_change *change);
/* The array is closed; the caller adds more and then calls changes_end(). */
void changes_close(struct changes *c);
void changes_end(struct changes *c);

#endif
