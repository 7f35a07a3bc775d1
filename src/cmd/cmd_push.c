#include "cmd/moves.h"

static const struct opt opts[] = {
	MOVE_OPTS,
	RUN_CACHE_OPT,
	DRY_RUN_OPT,
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs or parts; all if none" },
	OPTS_END
};

static int push(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	return move_run(ctx, data, words, n, "sent", dver_push, err);
}

const struct cmd cmd_push = {
	"push", "exchange", "send data to a remote", opts,
	sizeof(struct move_args), push, CMD_NEEDS_REPO | CMD_PROGRESS
};
