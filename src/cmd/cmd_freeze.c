#include "cmd/cmd.h"
#include "dver/stage.h"
#include "format/json.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "STAGE...", OPT_REST, 0, "@stages", "stages of dver.yaml" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
	const char *now, *already;
};

static int tell(void *data, const struct dver_stage_change *x)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "stage", x->stage);
		json_string(&t->j, "file", x->file);
		json_bool(&t->j, "changed", x->changed);
		json_end_object(&t->j);
	} else if (!t->ctx->quiet) {
		(void)printf("%s ", x->changed ? t->now : t->already);
		out_path(stdout, x->stage);
		(void)putchar('\n');
	}
	return 0;
}

static int set(struct cmd_ctx *ctx, char **words, int n, bool frozen,
	       struct dver_err *err)
{
	struct telling t = {
		.ctx = ctx, .now = frozen ? "froze" : "unfroze",
		.already = frozen ? "already frozen:" : "not frozen:"
	};
	int r;

	if (n == 0)
		return cmd_usage(err, "name the stages");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "stages");
	}
	r = dver_stage_freeze(ctx->repo, (const char *const *)words, (size_t)n,
			      frozen, tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

static int freeze(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	(void)data;
	return set(ctx, words, n, true, err);
}

static int unfreeze(struct cmd_ctx *ctx, const void *data, char **words,
		    int n, struct dver_err *err)
{
	(void)data;
	return set(ctx, words, n, false, err);
}

const struct cmd cmd_freeze = {
	"freeze", "pipelines", "keep stages from running again", opts,
	sizeof(struct args), freeze, CMD_NEEDS_REPO
};

const struct cmd cmd_unfreeze = {
	"unfreeze", "pipelines", "let frozen stages run again", opts,
	sizeof(struct args), unfreeze, CMD_NEEDS_REPO
};
