#include "cmd/changes.h"

struct args { bool cached, force; };

static const struct opt opts[] = {
	{ 0, "cached", OPT_FLAG, AT(cached), NULL,
	  "stop tracking, keep the data" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "store what is stored nowhere, then remove it" },
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs, or parts of them" },
	OPTS_END
};

static int rm(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	const struct args *a = data;
	struct dver_remove_opts o = { a->cached, a->force };
	struct changes c;
	int r;

	if (n == 0)
		return cmd_usage(err, "name what to remove");
	changes_begin(&c, ctx);
	r = dver_remove(ctx->repo, (const char *const *)words, (size_t)n, &o,
			changes_add, &c, err);
	if (r < 0)
		return r;
	changes_close(&c);
	changes_end(&c);
	if (!ctx->json && !ctx->quiet)
		(void)printf("%sdver undo takes it back\n",
			     dver_repo_has_git(ctx->repo)
			     ? "next: git commit; " : "");
	return 0;
}

const struct cmd cmd_rm = {
	"rm", "data", "remove data and stop tracking it", opts,
	sizeof(struct args), rm, CMD_NEEDS_REPO | CMD_PROGRESS
};
