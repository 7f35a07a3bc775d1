#include "cmd/changes.h"
#include "cmd/moves.h"

static const struct opt opts[] = {
	MOVE_OPTS,
	RUN_CACHE_OPT,
	DRY_RUN_OPT,
	{ 'f', "force", OPT_FLAG, MAT(force), NULL,
	  "store what is in the way, then replace it" },
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs or parts; all if none" },
	OPTS_END
};

static int pull(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct move_args *a = data;
	struct missing m = { .ctx = ctx };
	struct dver_exchange_opts o = move_opts(a, &m);
	struct dver_checkout_opts co = { .force = a->force };
	struct dver_exchange_stats st;
	struct changes c;
	int r;

	changes_begin(&c, ctx);
	r = dver_pull(ctx->repo, (const char *const *)words, (size_t)n, &o,
		      &co, changes_add, &c, &st, err);
	if (r == 0 || r == DVER_EMISSING) {
		changes_close(&c);
		move_report(ctx, &c.j, "received", a->dry_run, &st);
		missing_tell(&m, &c.j);
		changes_end(&c);
	}
	missing_release(&m);
	return r;
}

const struct cmd cmd_pull = {
	"pull", "exchange", "fetch data and check it out", opts,
	sizeof(struct move_args), pull, CMD_NEEDS_REPO | CMD_PROGRESS
};
