#include "cmd/cmd.h"
#include "dver/hooks.h"
#include "format/json.h"

struct args { bool remove, force, yaml; };

static const struct opt opts[] = {
	{ 0, "remove", OPT_FLAG, AT(remove), NULL, "take the hooks out" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "also where other repositories use the folder" },
	{ 0, "print-pre-commit", OPT_FLAG, AT(yaml), NULL,
	  "print the hooks for the pre-commit framework" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell(void *data, const struct dver_installed *h)
{
	static const char *const what[] = { "written", "there", "removed",
					    "absent" };
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "name", h->name);
		json_string(&t->j, "path", h->path);
		json_string(&t->j, "what", what[h->what]);
		if (h->chained)
			json_string(&t->j, "chained", h->chained);
		json_end_object(&t->j);
	} else if (!t->ctx->quiet) {
		(void)printf("%-14s %s%s\n", h->name, what[h->what],
			     !h->chained ? "" : h->what == DVER_HOOK_REMOVED
			     ? ", the one before is back"
			     : ", after the one that was there");
	}
	return 0;
}

static int install(struct cmd_ctx *ctx, const void *data, char **words, int n,
		   struct dver_err *err)
{
	const struct args *a = data;
	struct dver_install_opts o = { a->remove, a->force };
	struct telling t = { .ctx = ctx };
	int r;

	(void)words;
	if (n)
		return cmd_usage(err, "install takes no arguments");
	if (a->yaml) {
		(void)fputs(dver_install_yaml(), stdout);
		return 0;
	}
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "installed");
	}
	r = dver_install(ctx->repo, &o, tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

const struct cmd cmd_install = {
	"install", "care", "put dver's git hooks in", opts,
	sizeof(struct args), install, CMD_NEEDS_REPO
};
