#include "dver/hooks.h"

#include "cmd/cmd.h"
#include "format/json.h"

struct args { bool remove, print, force; };

static const struct opt opts[] = {
	{ 0, "remove", OPT_FLAG, AT(remove), NULL,
	  "take them away, put back what was there" },
	{ 0, "print-pre-commit", OPT_FLAG, AT(print), NULL,
	  "print hooks for .pre-commit-config.yaml" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "also edited hooks, a shared folder" },
	OPTS_END
};

/* Stages by names that versions before 3.2 of the framework know too. */
static void print_config(void)
{
	static const char *const hooks[][2] = {
		{ "pre-commit", "commit" }, { "pre-push", "push" },
		{ "post-checkout", "post-checkout" },
		{ "post-merge", "post-merge" },
		{ "post-rewrite", "post-rewrite" },
	};

	(void)puts("default_install_hook_types:");
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		(void)printf("- %s\n", hooks[i][0]);
	(void)puts("repos:\n- repo: local\n  hooks:");
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		(void)printf("  - id: dver-%s\n"
			     "    name: dver %s\n"
			     "    entry: dver hook %s\n"
			     "    language: system\n"
			     "    stages: [%s]\n"
			     "    always_run: true\n"
			     "    pass_filenames: false\n"
			     "    verbose: true\n",
			     hooks[i][0], hooks[i][0], hooks[i][0],
			     hooks[i][1]);
}

struct telling {
	const struct cmd_ctx *ctx;
	const char *verb;
	struct json j;
};

static int tell(void *data, const struct dver_hook_file *f)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "name", f->name);
		json_string(&t->j, "path", f->path);
		json_bool(&t->j, "changed", f->changed);
		json_bool(&t->j, "chained", f->chained != NULL);
		json_end_object(&t->j);
		return 0;
	}
	if (t->ctx->quiet || !f->changed)
		return 0;
	(void)printf("%s ", t->verb);
	out_path(stdout, f->path);
	if (f->chained) {
		(void)fputs(", which runs ", stdout);
		out_path(stdout, f->chained);
		(void)fputs(" first", stdout);
	}
	(void)putchar('\n');
	return 0;
}

static int install(struct cmd_ctx *ctx, const void *data, char **words, int n,
		   struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx,
			     .verb = a->remove ? "removed" : "wrote" };
	struct dver_install_opts o = { a->force, tell, &t };
	int r;

	(void)words;
	if (n)
		return cmd_usage(err, "install takes no paths");
	if (a->print && a->remove)
		return cmd_usage(err, "--print-pre-commit and --remove "
				 "exclude each other");
	if (a->print) {
		print_config();
		return 0;
	}
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "hooks");
	}
	r = a->remove ? dver_hooks_remove(ctx->repo, &o, err)
		      : dver_hooks_install(ctx->repo, &o, err);
	if (ctx->json) {
		json_end_array(&t.j);
		json_bool(&t.j, "installed", r == 0 && !a->remove);
		json_end_object(&t.j);
		json_end(&t.j);
	} else if (r == 0 && !ctx->quiet) {
		(void)puts(a->remove ? "git runs dver no more"
				     : "git's hooks run dver");
	}
	return r;
}

const struct cmd cmd_install = {
	"install", "care", "let git's hooks see to the data", opts,
	sizeof(struct args), install, CMD_NEEDS_REPO
};
