#include "cmd/moves.h"

static const struct opt opts[] = {
	MOVE_OPTS,
	DRY_RUN_OPT,
	{ 0, "PATH", OPT_REST, 0, NULL, "outputs or parts; all if none" },
	OPTS_END
};

static int fetch(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	const struct move_args *a = data;
	struct missing m = { ctx, 0 };
	struct dver_exchange_opts o = move_opts(a, &m);
	struct dver_exchange_stats st;
	struct json j;
	int r = dver_fetch(ctx->repo, (const char *const *)words, (size_t)n, &o,
		       &st, err);

	if (r < 0 && r != DVER_EMISSING)
		return r;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
	}
	move_report(ctx, &j, "received", a->dry_run, &st);
	if (ctx->json) {
		json_end_object(&j);
		json_end(&j);
	}
	return r;
}

const struct cmd cmd_fetch = {
	"fetch", "exchange", "bring data of a remote into the local store",
	opts,
	sizeof(struct move_args), fetch, CMD_NEEDS_REPO | CMD_PROGRESS
};
