#include <stdlib.h>

#include "base/err.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "dver/config.h"
#include "format/json.h"

struct args { bool list, unset, local, repo, global, system; };

static const struct opt opts[] = {
	{ 'l', "list", OPT_FLAG, AT(list), NULL, "list what is set" },
	{ 0, "unset", OPT_FLAG, AT(unset), NULL, "remove the setting" },
	{ 0, "repo", OPT_FLAG, AT(repo), NULL, "in .dver/config (committed)" },
	{ 0, "local", OPT_FLAG, AT(local), NULL,
	  "in .dver/config.local (not committed)" },
	{ 0, "global", OPT_FLAG, AT(global), NULL, "in ~/.config/dver/config" },
	{ 0, "system", OPT_FLAG, AT(system), NULL, "in /etc/dver/config" },
	{ 0, "KEY [VALUE]", OPT_REST, 0, "@keys", "dver-config(5) lists them" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell(void *data, const struct dver_config_entry *e)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "key", e->key);
		json_string(&t->j, "value", e->value);
		json_string(&t->j, "file", e->file);
		json_end_object(&t->j);
		return 0;
	}
	(void)printf("%s=%s\n", e->key, e->value);
	return 0;
}

static int list(struct cmd_ctx *ctx, enum dver_config_level level,
		struct dver_err *err)
{
	struct telling t = { .ctx = ctx };
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "settings");
	}
	r = dver_config_each(ctx->repo, level, tell, &t, err);
	if (r == 0 && ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return r;
}

static int show(struct cmd_ctx *ctx, enum dver_config_level level,
		const char *key, struct dver_err *err)
{
	char *value = NULL;
	struct json j;
	int r = dver_config_get(ctx->repo, level, key, &value, err);

	if (r < 0)
		return r;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_string(&j, "key", key);
		json_string(&j, "value", value);
		json_end_object(&j);
		json_end(&j);
	} else if (r > 0) {
		(void)puts(value);
	}
	dver_free(value);
	return r > 0 ? 0 : 1;
}

static int set(struct cmd_ctx *ctx, enum dver_config_level level,
	       const char *key, const char *value, struct dver_err *err)
{
	char *secret = NULL;
	int r = 0;

	if (dver_config_is_secret(key))
		r = ask_option(key, value, &secret, err);
	if (r == 0)
		r = dver_config_set(ctx->repo, level, key,
				    secret ? secret : value, err);
	ask_wipe(secret);
	return r;
}

static int config(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	enum dver_config_level level = a->local ? DVER_CONFIG_LOCAL
				       : a->repo ? DVER_CONFIG_REPO
				       : a->global ? DVER_CONFIG_GLOBAL
				       : a->system ? DVER_CONFIG_SYSTEM
						   : DVER_CONFIG_ANY;
	int r;

	if (a->list && n == 0)
		return list(ctx, level, err);
	if (a->unset && n == 1) {
		r = dver_config_unset(ctx->repo, level, words[0], err);
		return r < 0 ? r : r == 0;
	}
	if (!a->list && !a->unset && n == 1)
		return show(ctx, level, words[0], err);
	if (!a->list && !a->unset && n == 2)
		return set(ctx, level, words[0], words[1], err);
	return cmd_usage(err, "use: config KEY, config KEY VALUE, config "
			 "--unset KEY, config --list");
}

const struct cmd cmd_config = {
	"config", "care", "show and change settings", opts,
	sizeof(struct args), config, CMD_WANTS_REPO
};
