#include "cmd/cmd.h"
#include "dver/history.h"
#include "format/json.h"

struct args {
	bool bytes, unique;
	long depth;
	const char *only;
};

static const struct opt opts[] = {
	{ 'b', "bytes", OPT_FLAG, AT(bytes), NULL, "exact numbers" },
	{ 'd', "depth", OPT_POSINT, AT(depth), "N",
	  "folders inside outputs too, N levels" },
	{ 'u', "unique", OPT_FLAG, AT(unique), NULL,
	  "also bytes that no other output has" },
	{ 0, "only", OPT_STR, AT(only), "REF",
	  "what only this branch or tag keeps alive" },
	{ 0, "[REV:][PATH]", OPT_REST, 0, "@revpaths",
	  "of what; all outputs if none" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	const struct args *a;
	struct json j;
	bool any;
};

static void number(const struct telling *t, uint64_t bytes)
{
	char size[OUT_SIZE];

	if (t->a->bytes)
		(void)printf("%14llu  ", (unsigned long long)bytes);
	else
		(void)printf("%8s  ", out_size(size, bytes));
}

static void line(const struct telling *t, uint64_t bytes, uint64_t unique,
		 uint64_t files, const char *path, bool directory, bool know)
{
	number(t, bytes);
	if (t->a->unique && know)
		number(t, unique);
	else if (t->a->unique)
		(void)printf(t->a->bytes ? "%14s  " : "%8s  ", "");
	(void)printf("%8llu  ", (unsigned long long)files);
	out_path(stdout, path);
	(void)puts(directory ? "/" : "");
}

static int tell(void *data, const struct dver_du_entry *e)
{
	struct telling *t = data;
	bool all = *e->path == '\0';
	bool top = all || e->output || !t->any;

	t->any = true;
	if (!t->ctx->json) {
		line(t, e->bytes, e->unique, e->files, all ? "total" : e->path,
		     e->directory && !all, top);
		return 0;
	}
	json_object(&t->j, NULL);
	json_string(&t->j, "path", e->path);
	json_bool(&t->j, "directory", e->directory);
	json_bool(&t->j, "output", e->output);
	json_number(&t->j, "bytes", e->bytes);
	json_number(&t->j, "files", e->files);
	if (t->a->unique && top)
		json_number(&t->j, "unique", e->unique);
	json_end_object(&t->j);
	return 0;
}

static int only(struct telling *t, struct dver_err *err)
{
	uint64_t files, bytes;
	int r = dver_du_only(t->ctx->repo, t->a->only, &files, &bytes, err);

	if (r < 0)
		return r;
	if (t->ctx->json) {
		json_begin(&t->j, stdout);
		json_object(&t->j, NULL);
		json_string(&t->j, "only", t->a->only);
		json_number(&t->j, "files", files);
		json_number(&t->j, "bytes", bytes);
		json_end_object(&t->j);
		json_end(&t->j);
		return 0;
	}
	number(t, bytes);
	(void)printf("%8llu  ", (unsigned long long)files);
	out_path(stdout, t->a->only);
	(void)putchar('\n');
	return 0;
}

static int list(struct telling *t, char *word, struct dver_err *err)
{
	struct dver_du_opts o = { .depth = (unsigned)t->a->depth,
				  .unique = t->a->unique };
	const char *path;
	int r;

	cmd_split_rev(word, &o.rev, &path);
	if (t->ctx->json) {
		json_begin(&t->j, stdout);
		json_object(&t->j, NULL);
		json_array(&t->j, "entries");
	}
	r = dver_du(t->ctx->repo, path, &o, tell, t, err);
	if (r < 0)
		return r;
	if (t->ctx->json) {
		json_end_array(&t->j);
		json_end_object(&t->j);
		json_end(&t->j);
	}
	return 0;
}

static int du(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx, .a = a };

	if (n > 1)
		return cmd_usage(err, "du takes one path");
	if (a->only && n)
		return cmd_usage(err, "--only takes no path");
	return a->only ? only(&t, err) : list(&t, n ? words[0] : NULL, err);
}

const struct cmd cmd_du = {
	"du", "data", "show what takes the space", opts, sizeof(struct args),
	du, CMD_NEEDS_REPO | CMD_PROGRESS
};
