/*
 * What git calls: the scripts that `dver install` writes, or the pre-commit
 * framework, which tells in the environment what git tells in arguments.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "dver/hooks.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "NAME [ARG]", OPT_REST, 0, NULL, "the hook and what git says" },
	OPTS_END
};

/* An argument, or what the framework has for it. */
static const char *told(char **words, int n, int i, const char *env)
{
	const char *v = i < n ? words[i] : getenv(env);

	return v ? v : "";
}

static int on_change(void *data, const struct dver_change *c)
{
	bool *any = data;

	*any |= c->added || c->modified || c->deleted;
	return 0;
}

/* git goes on whatever this returns, so it says why the data did not come. */
static int after_checkout(struct cmd_ctx *ctx)
{
	struct dver_err why;
	bool any = false;
	int r = dver_hook_checkout(ctx->repo, on_change, &any, &why);

	if (r == DVER_EMISSING)
		(void)fprintf(stderr, "dver: some data of this commit is not "
			      "here: dver pull\n");
	else if (r < 0)
		(void)fprintf(stderr, "dver: the data was not checked out: "
			      "%s\n", why.msg);
	else if (any && !ctx->quiet)
		(void)fprintf(stderr, "dver: data checked out\n");
	return 0;
}

static int post_checkout(struct cmd_ctx *ctx, char **words, int n)
{
	const char *flag = told(words, n, 3, "PRE_COMMIT_CHECKOUT_TYPE");

	/* 0: only files, by name. */
	if (strcmp(flag, "0") == 0 || dver_is_rebasing(ctx->repo))
		return 0;
	return after_checkout(ctx);
}

static int on_path(void *data, const char *path)
{
	(void)data;
	(void)fputs("dver: changed and not added: ", stderr);
	out_path(stderr, path);
	(void)fputc('\n', stderr);
	return 0;
}

#define LINES_MAX 100000
#define NO_ID "0"

/* Lines "<local ref> <local id> <remote ref> <remote id>". */
static int read_updates(struct strvec *words, struct dver_err *err)
{
	char *line = NULL;
	size_t cap = 0;
	bool ok = true;

	while (ok && words->n < LINES_MAX && !isatty(STDIN_FILENO) &&
	       getline(&line, &cap, stdin) > 0) {
		char *save = NULL;
		char *a = strtok_r(line, " \n", &save);
		char *local = a ? strtok_r(NULL, " \n", &save) : NULL;
		char *ref = local ? strtok_r(NULL, " \n", &save) : NULL;
		char *remote = ref ? strtok_r(NULL, " \n", &save) : NULL;

		if (remote)
			ok = strvec_push(words, local) &&
			     strvec_push(words, remote);
	}
	free(line);
	return ok ? 0 : err_set(err, DVER_ENOMEM, "out of memory");
}

static int pre_push(struct cmd_ctx *ctx, char **words, int n,
		    struct dver_err *err)
{
	AUTO_STRVEC struct strvec ids = STRVEC_INIT;
	const char *to = getenv("PRE_COMMIT_TO_REF");
	const char *from = getenv("PRE_COMMIT_FROM_REF");
	struct dver_ref_update *v;
	int r = 0;

	/* Of a first push the framework names only the branch. */
	if ((!to || !*to) && getenv("PRE_COMMIT_REMOTE_NAME")) {
		to = getenv("PRE_COMMIT_LOCAL_BRANCH");
		from = NULL;
	}
	if (to && *to) {
		if (!strvec_push(&ids, to) ||
		    !strvec_push(&ids, from && *from ? from : NO_ID))
			r = err_set(err, DVER_ENOMEM, "out of memory");
	} else {
		r = read_updates(&ids, err);
	}
	v = r == 0 ? calloc(ids.n / 2 + 1, sizeof(*v)) : NULL;
	for (size_t i = 0; v && i + 1 < ids.n; i += 2)
		v[i / 2] = (struct dver_ref_update){ ids.v[i], ids.v[i + 1] };
	if (v)
		r = dver_hook_pre_push(ctx->repo,
				       told(words, n, 1,
					    "PRE_COMMIT_REMOTE_NAME"),
				       v, ids.n / 2, err);
	free(v);
	return r;
}

static int hook(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const char *name = n ? words[0] : "";

	(void)data;
	if (!ctx->repo)
		return 0;	/* a branch without a workspace */
	if (strcmp(name, "post-checkout") == 0)
		return post_checkout(ctx, words, n);
	/* A commit that is amended leaves the files as they are. */
	if (strcmp(name, "post-rewrite") == 0 && n > 1 &&
	    strcmp(words[1], "amend") == 0)
		return 0;
	if (strcmp(name, "post-merge") == 0 ||
	    strcmp(name, "post-rewrite") == 0)
		return after_checkout(ctx);
	if (strcmp(name, "pre-commit") == 0)
		return dver_hook_pre_commit(ctx->repo, on_path, NULL, err);
	if (strcmp(name, "pre-push") == 0)
		return pre_push(ctx, words, n, err);
	return cmd_usage(err, "there is no hook '%s'", name);
}

const struct cmd cmd_hook = {
	"hook", "care", "what git's hooks call", opts, sizeof(struct args),
	hook, CMD_WANTS_REPO | CMD_HIDDEN | CMD_PROGRESS
};
