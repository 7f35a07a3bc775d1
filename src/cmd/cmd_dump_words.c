#include <string.h>

#include "base/mem.h"
#include "cmd/cmd.h"
#include "dver/data.h"
#include "dver/remote.h"

struct args { bool unused; };

static const struct opt opts[] = { OPTS_END };

static int print_remote(void *data, const struct dver_remote *remote)
{
	(void)data;
	(void)puts(remote->name);
	return 0;
}

struct telling {
	const char *prefix;	/* as typed */
	size_t typed;		/* length of the folder that was typed */
};

/* Reported from the root on, wanted as it was typed. */
static int print_target(void *data, const struct dver_entry *e)
{
	const struct telling *t = data;
	const char *name = strrchr(e->path, '/');

	name = name && t->typed ? name + 1 : e->path;
	if (!str_starts(name, t->prefix + t->typed))
		return 0;
	(void)printf("%.*s%s%s\n", (int)t->typed, t->prefix, name,
		     e->kind == DVER_DIRECTORY ? "/" : "");
	return 0;
}

static int print_targets(struct cmd_ctx *ctx, const char *prefix,
			 struct dver_err *err)
{
	const char *slash = strrchr(prefix, '/');
	struct telling t = { .prefix = prefix };
	AUTO_FREE char *dir = NULL;

	if (!slash || slash == prefix)
		return dver_ls(ctx->repo, NULL, NULL, false, print_target, &t,
			       err);
	t.typed = (size_t)(slash - prefix) + 1;
	dir = str_ndup(prefix, t.typed - 1);
	return dir ? dver_ls(ctx->repo, NULL, dir, false, print_target, &t,
			     err) : 0;
}

/* What completions offer: names of remotes, paths that are tracked. */
static int dump(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	(void)data;
	if (n >= 1 && strcmp(words[0], "remotes") == 0)
		return dver_remote_each(ctx->repo, print_remote, NULL, err);
	if (n >= 1 && strcmp(words[0], "targets") == 0)
		return print_targets(ctx, n > 1 ? words[1] : "", err);
	return cmd_usage(err, "use: remotes, or targets [PREFIX]");
}

const struct cmd cmd_dump_words = {
	"dump-words", "care", "list what completions offer", opts,
	sizeof(struct args), dump, CMD_NEEDS_REPO | CMD_HIDDEN
};
