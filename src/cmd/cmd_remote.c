#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/remote_copy.h"
#include "cmd/remote_test.h"
#include "cmd/say.h"
#include "dver/remote.h"
#include "format/json.h"

struct args {
	bool standard, force, local, global, unset, read_only, dry_run;
	struct opt_list options;
};

static const struct opt opts[] = {
	{ 'd', "default", OPT_FLAG, AT(standard), NULL,
	  "add: make it the default" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "add: replace one of the same name" },
	{ 0, "local", OPT_FLAG, AT(local), NULL,
	  "write .dver/config.local, which is not committed" },
	{ 0, "global", OPT_FLAG, AT(global), NULL, "write your own settings" },
	{ 'o', "option", OPT_LIST, AT(options), "OPT=VAL",
	  "add: with this option; may be repeated" },
	{ 0, "read-only", OPT_FLAG, AT(read_only), NULL,
	  "test: try nothing that writes" },
	{ 'n', "dry-run", OPT_FLAG, AT(dry_run), NULL,
	  "copy: only say what would be copied" },
	{ 0, "unset", OPT_FLAG, AT(unset), NULL,
	  "default: have none; modify: remove the option" },
	{ 0, "[VERB] ...", OPT_REST, 0,
	  "add remove rename set-url default modify trust test copy list "
	  "@remotes @options",
	  "dver help remote; lists them if nothing is named" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell_json(struct json *j, const struct dver_remote *x)
{
	json_object(j, NULL);
	json_string(j, "name", x->name);
	json_string(j, "url", x->url);
	json_bool(j, "default", x->is_default);
	json_array(j, "options");
	for (size_t i = 0; i < x->noptions; i++) {
		json_object(j, NULL);
		json_string(j, "name", x->options[i].name);
		json_string(j, "value", x->options[i].value);
		json_string(j, "file", x->options[i].file);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	return 0;
}

static int tell(void *data, const struct dver_remote *x)
{
	struct telling *t = data;

	if (t->ctx->json)
		return tell_json(&t->j, x);
	(void)printf("%s\t", x->name);
	out_path(stdout, x->url);
	(void)puts(x->is_default ? "\t(default)" : "");
	for (size_t i = 0; t->ctx->verbose && i < x->noptions; i++) {
		(void)printf("\t%s = ", x->options[i].name);
		out_text(stdout, x->options[i].value);
		(void)putchar('\n');
	}
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

static bool is_secret(const char *name, const char *option)
{
	AUTO_FREE char *key = str_printf("remote.%s.%s", name, option);

	return key && dver_config_is_secret(key);
}

/* "region=eu-west-1" of `remote add -o`. */
static int split_option(const char *word, const char *name, char **option,
			const char **value, struct dver_err *err)
{
	const char *eq = strchr(word, '=');

	*option = eq ? str_ndup(word, (size_t)(eq - word)) : NULL;
	*value = eq ? eq + 1 : NULL;
	if (!*option)
		return cmd_usage(err, "--option takes OPTION=VALUE");
	if (!is_secret(name, *option))
		return 0;
	return err_set(err, DVER_EINVAL, "'%s' is a secret, and a command line "
		       "is seen by others: give it afterwards, with dver "
		       "remote modify --local %s %s -", *option, name,
		       *option);
}

static int set_options(struct cmd_ctx *ctx, enum dver_config_level level,
		       const char *name, const struct opt_list *options,
		       bool write, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->n; i++) {
		AUTO_FREE char *option = NULL;
		const char *value;

		r = split_option(options->v[i], name, &option, &value, err);
		if (r == 0 && write)
			r = dver_remote_modify(ctx->repo, level, name, option,
					       value, err);
	}
	return r;
}

static int add(struct cmd_ctx *ctx, const struct args *a,
	       enum dver_config_level level, char **words,
	       struct dver_err *err)
{
	unsigned flags = (a->standard ? DVER_REMOTE_DEFAULT : 0u) |
			 (a->force ? DVER_REMOTE_FORCE : 0u);
	int r = set_options(ctx, level, words[0], &a->options, false, err);

	if (r != 0)
		return r;
	r = dver_remote_add(ctx->repo, level, words[0], words[1], flags, err);
	if (r < 0)
		return r;
	r = set_options(ctx, level, words[0], &a->options, true, err);
	/* All of it or nothing. */
	if (r < 0 && !a->force)
		(void)dver_remote_remove(ctx->repo, words[0], NULL);
	return r;
}

/* NAME OPTION [VALUE|-] */
static int modify(struct cmd_ctx *ctx, const struct args *a,
		  enum dver_config_level level, char **words, int n,
		  struct dver_err *err)
{
	const char *value = n > 2 ? words[2] : NULL;
	char *answer = NULL;
	int r = 0;

	if (a->unset) {
		r = dver_remote_modify(ctx->repo, level, words[0], words[1],
				       NULL, err);
		return r < 0 ? r : r == 0;
	}
	if (is_secret(words[0], words[1]))
		r = ask_option(words[1], value, &answer, err);
	else if (!value)
		return cmd_usage(err, "use: remote modify NAME OPTION VALUE");
	if (r == 0)
		r = dver_remote_modify(ctx->repo, level, words[0], words[1],
				       answer ? answer : value, err);
	ask_wipe(answer);
	return MIN(r, 0);
}

static int trust(struct cmd_ctx *ctx, const char *name, struct dver_err *err)
{
	int r = dver_remote_trust(ctx->repo, name, err);

	if (r == 0 && !ctx->quiet)
		say("no file of yours has a secret of '%s'", name);
	return MIN(r, 0);
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
						   : DVER_CONFIG_ANY;

	if (n == 0 || is(words, n, "list", 1))
		return list(ctx, err);
	if (is(words, n, "add", 3))
		return add(ctx, a, level, words + 1, err);
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
	if (is(words, n, "modify", 3) ||
	    (is(words, n, "modify", 4) && !a->unset))
		return modify(ctx, a, level, words + 1, n - 1, err);
	if (is(words, n, "trust", 2))
		return trust(ctx, words[1], err);
	if (is(words, n, "test", 1) || is(words, n, "test", 2))
		return remote_test(ctx, n > 1 ? words[1] : NULL, a->read_only,
				   err);
	if (is(words, n, "copy", 3))
		return remote_copy(ctx, words[1], words[2], a->dry_run, err);
	return cmd_usage(err, "use: remote add NAME URL, remove NAME, rename "
			 "OLD NEW, set-url NAME URL, default NAME, modify NAME "
			 "OPTION VALUE, trust NAME, test NAME, copy FROM TO, "
			 "list");
}

const struct cmd cmd_remote = {
	"remote", "exchange", "list, add, change, copy and remove remotes",
	opts, sizeof(struct args), remote, CMD_NEEDS_REPO | CMD_PROGRESS
};
