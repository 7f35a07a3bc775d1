#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/changes.h"
#include "dver/repro.h"
#include "dver/stage.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "PATH... NEW", OPT_REST, 0, "@targets",
	  "outputs or parts, and the new name" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
	char **from, **to;	/* old and new paths; owned */
	int n, max;
};

static int tell(void *data, const struct dver_change *x)
{
	struct telling *t = data;

	if (t->n < t->max) {
		t->from[t->n] = strdup(x->from);
		t->to[t->n++] = strdup(x->path);
	}
	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "path", x->path);
		json_string(&t->j, "pointer", x->pointer);
		json_bool(&t->j, "directory", x->directory);
		json_number(&t->j, "files", x->files);
		json_number(&t->j, "bytes", x->bytes);
		json_end_object(&t->j);
	} else if (!t->ctx->quiet) {
		(void)fputs("moved to ", stdout);
		out_path(stdout, x->path);
		(void)putchar('\n');
	}
	return 0;
}

/* Stages that read what moved. */
static int repoint(struct telling *t, struct dver_err *err)
{
	int r = 0;

	for (int i = 0; r == 0 && i < t->n && dver_has_stages(t->ctx->repo);
	     i++)
		if (t->from[i] && t->to[i])
			r = dver_stage_repoint(t->ctx->repo, t->from[i],
					       t->to[i], err);
	for (int i = 0; i < t->n; i++) {
		free(t->from[i]);
		free(t->to[i]);
	}
	free(t->from);
	free(t->to);
	return r;
}

static int mv(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	struct telling t = { .ctx = ctx, .max = MAX(n - 1, 0) };
	int r, s;

	(void)data;
	if (n < 2)
		return cmd_usage(err, "name what to move, and where to");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "moved");
	}
	t.from = calloc((size_t)n, sizeof(*t.from));
	t.to = calloc((size_t)n, sizeof(*t.to));
	if (!t.from || !t.to)
		t.max = 0;
	r = dver_move(ctx->repo, (const char *const *)words, (size_t)n - 1,
		      words[n - 1], tell, &t, err);
	s = repoint(&t, r < 0 ? NULL : err);
	if (r < 0 || s < 0)
		return r < 0 ? r : s;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

const struct cmd cmd_mv = {
	"mv", "data", "rename tracked data", opts, sizeof(struct args), mv,
	CMD_NEEDS_REPO
};
