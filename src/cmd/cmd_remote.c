#include <string.h>

#include "cmd/cmd.h"
#include "dver/remote.h"
#include "format/json.h"

struct args { bool standard, force, local, global, unset; };

static const struct opt opts[] = {
	{ 'd', "default", OPT_FLAG, AT(standard), NULL,
	  "add: make it the default" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "add: replace one of the same name" },
	{ 0, "local", OPT_FLAG, AT(local), NULL,
	  "write .dver/config.local, which is not committed" },
	{ 0, "global", OPT_FLAG, AT(global), NULL, "write your own settings" },
	{ 0, "unset", OPT_FLAG, AT(unset), NULL, "default: have none" },
	{ 0, "[add|remove|rename|set-url|default] ...", OPT_REST, 0,
	  "add remove rename set-url default",
	  "list the remotes if nothing is named" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell(void *data, const struct dver_remote *x)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "name", x->name);
		json_string(&t->j, "url", x->url);
		json_bool(&t->j, "default", x->is_default);
		json_end_object(&t->j);
		return 0;
	}
	(void)printf("%s\t", x->name);
	out_path(stdout, x->url);
	(void)puts(x->is_default ? "\t(default)" : "");
	return 0;
}

static int list(struct cmd_ctx *ctx, struct dver_err *err)
{
	struct telling t = { .ctx = ctx };
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "remotes");
	}
	r = dver_remote_each(ctx->repo, tell, &t, err);
	if (r == 0 && ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return r;
}

static bool is(char **words, int n, const char *verb, int want)
{
	return n == want && strcmp(words[0], verb) == 0;
}

static int remote(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	enum dver_config_level level = a->local ? DVER_CONFIG_LOCAL
				       : a->global ? DVER_CONFIG_GLOBAL
						   : DVER_CONFIG_REPO;
	unsigned flags = (a->standard ? DVER_REMOTE_DEFAULT : 0u) |
			 (a->force ? DVER_REMOTE_FORCE : 0u);

	if (n == 0 || is(words, n, "list", 1))
		return list(ctx, err);
	if (is(words, n, "add", 3))
		return dver_remote_add(ctx->repo, level, words[1], words[2],
				       flags, err);
	if (is(words, n, "remove", 2))
		return dver_remote_remove(ctx->repo, words[1], err);
	if (is(words, n, "rename", 3))
		return dver_remote_rename(ctx->repo, words[1], words[2], err);
	if (is(words, n, "set-url", 3))
		return dver_remote_set_url(ctx->repo, words[1], words[2], err);
	if (is(words, n, "default", 2))
		return dver_remote_set_default(ctx->repo, level, words[1],
					       err);
	if (is(words, n, "default", 1) && a->unset)
		return dver_remote_set_default(ctx->repo, level, NULL, err);
	return cmd_usage(err, "use: remote add NAME URL, remove NAME, rename "
			 "OLD NEW, set-url NAME URL, default NAME");
}

const struct cmd cmd_remote = {
	"remote", "exchange", "list, add, change and remove remotes", opts,
	sizeof(struct args), remote, CMD_NEEDS_REPO
};
