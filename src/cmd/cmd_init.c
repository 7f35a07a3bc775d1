#include "cmd/cmd.h"
#include "format/json.h"

struct args { bool no_git, subdir; };

static const struct opt opts[] = {
	{ 0, "no-git", OPT_FLAG, AT(no_git), NULL, "a workspace without git" },
	{ 0, "subdir", OPT_FLAG, AT(subdir), NULL,
	  "a workspace in a folder of git's tree" },
	{ 0, "DIR", OPT_REST, 0, "@dirs", "the folder; this one if none" },
	OPTS_END
};

static int init(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	const char *dir = n ? words[0] : ".";
	struct json j;
	int r;

	if (n > 1)
		return cmd_usage(err, "init takes one folder");
	r = dver_repo_init(dir, (a->no_git ? DVER_INIT_NO_GIT : 0u) |
			   (a->subdir ? DVER_INIT_SUBDIR : 0u), err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_bool(&j, "created", r > 0);
		json_end_object(&j);
		json_end(&j);
	} else if (!ctx->quiet) {
		(void)printf(r ? "made a dver workspace; next: dver add\n"
			       : "this is a dver workspace already\n");
	}
	return 0;
}

const struct cmd cmd_init = {
	"init", "data", "make this folder a workspace", opts,
	sizeof(struct args), init, 0
};
