#include <time.h>

#include "cmd/cmd.h"
#include "dver/workspace.h"
#include "format/json.h"

struct args { bool force, list; };

static const struct opt opts[] = {
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "also over what was changed since" },
	{ 'l', "list", OPT_FLAG, AT(list), NULL,
	  "show what can be taken back" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	bool list;
	uint64_t n;
	struct json j;
};

static int tell(void *data, const struct dver_undo_entry *e)
{
	struct telling *t = data;
	time_t when = (time_t)e->time;
	char text[32] = "";
	struct tm tm;

	t->n++;
	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_number(&t->j, "number", e->number);
		json_number(&t->j, "time", (uint64_t)e->time);
		json_string(&t->j, "command", e->command);
		json_end_object(&t->j);
		return 0;
	}
	if (t->ctx->quiet)
		return 0;
	if (localtime_r(&when, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	if (t->list)
		(void)printf("%s  ", text);
	else
		(void)printf("took back: ");
	out_path(stdout, e->command);
	(void)putchar('\n');
	return 0;
}

static int undo(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx, .list = a->list };
	int r;

	(void)words;
	if (n)
		return cmd_usage(err, "undo takes no paths");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, a->list ? "commands" : "undone");
	}
	r = a->list ? dver_undo_each(ctx->repo, tell, &t, err)
		    : dver_undo(ctx->repo, a->force, tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	} else if (!ctx->quiet && t.n == 0) {
		(void)puts("there is nothing to undo");
	}
	return 0;
}

const struct cmd cmd_undo = {
	"undo", "data", "take back the last add, checkout, rm, mv, drop or "
	"repro",
	opts, sizeof(struct args), undo, CMD_NEEDS_REPO | CMD_PROGRESS
};
