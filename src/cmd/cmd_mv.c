#include "cmd/changes.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "PATH... NEW", OPT_REST, 0, "@targets",
	  "outputs or parts, and the new name" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell(void *data, const struct dver_change *x)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "path", x->path);
		json_string(&t->j, "pointer", x->pointer);
		json_bool(&t->j, "directory", x->directory);
		json_number(&t->j, "files", x->files);
		json_number(&t->j, "bytes", x->bytes);
		json_end_object(&t->j);
	} else if (!t->ctx->quiet) {
		(void)fputs("moved to ", stdout);
		out_path(stdout, x->path);
		(void)putchar('\n');
	}
	return 0;
}

static int mv(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	struct telling t = { .ctx = ctx };
	int r;

	(void)data;
	if (n < 2)
		return cmd_usage(err, "name what to move, and where to");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "moved");
	}
	r = dver_move(ctx->repo, (const char *const *)words, (size_t)n - 1,
		      words[n - 1], tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

const struct cmd cmd_mv = {
	"mv", "data", "rename tracked data", opts, sizeof(struct args), mv,
	CMD_NEEDS_REPO
};
