#include "cmd/moves.h"

static const struct opt opts[] = {
	MOVE_OPTS,
	RUN_CACHE_OPT,
	DRY_RUN_OPT,
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs or parts; all if none" },
	OPTS_END
};

static int fetch(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	return move_run(ctx, data, words, n, "received", dver_fetch, err);
}

const struct cmd cmd_fetch = {
	"fetch", "exchange", "bring data of a remote into the local store",
	opts,
	sizeof(struct move_args), fetch, CMD_NEEDS_REPO | CMD_PROGRESS
};
