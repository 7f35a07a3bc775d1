#include "cmd/cmd.h"
#include "dver/data.h"
#include "format/json.h"

struct args { bool recursive, lng; };

static const struct opt opts[] = {
	{ 'R', "recursive", OPT_FLAG, AT(recursive), NULL,
	  "everything below, not one level" },
	{ 'l', "long", OPT_FLAG, AT(lng), NULL, "sizes, counts and ids too" },
	{ 0, "[REV:][PATH]", OPT_REST, 0, "@revpaths",
	  "where; the outputs of the workspace if none" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	const struct args *a;
	struct json j;
};

static const char *const kinds[] = { "", "file", "executable", "symlink",
				     "directory" };

static int tell(void *data, const struct dver_entry *e)
{
	struct telling *t = data;
	char size[OUT_SIZE];

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "path", e->path);
		json_string(&t->j, "kind", kinds[e->kind]);
		json_string(&t->j, "id", e->id);
		json_number(&t->j, "size", e->size);
		json_number(&t->j, "files", e->files);
		json_bool(&t->j, "output", e->output);
		json_end_object(&t->j);
		return 0;
	}
	if (t->a->lng)
		(void)printf("%8s  %8llu  %.12s  ", out_size(size, e->size),
			     (unsigned long long)e->files, e->id);
	out_path(stdout, e->path);
	(void)puts(e->kind == DVER_DIRECTORY ? "/" : "");
	return 0;
}

static int ls(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx, .a = a };
	const char *rev, *path;
	int r;

	if (n > 1)
		return cmd_usage(err, "ls takes one path");
	cmd_split_rev(n ? words[0] : NULL, &rev, &path);
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "entries");
	}
	r = dver_ls(ctx->repo, rev, path, a->recursive, tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

const struct cmd cmd_ls = {
	"ls", "data", "list tracked data at any revision", opts,
	sizeof(struct args), ls, CMD_NEEDS_REPO
};
