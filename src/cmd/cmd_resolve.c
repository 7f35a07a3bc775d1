#include "cmd/cmd.h"
#include "cmd/conflict.h"
#include "dver/merge.h"
#include "format/json.h"

struct args { bool ours, theirs, list; };

static const struct opt opts[] = {
	{ 0, "ours", OPT_FLAG, AT(ours), NULL,
	  "our version of files that both changed" },
	{ 0, "theirs", OPT_FLAG, AT(theirs), NULL,
	  "their version of files that both changed" },
	{ 'l', "list", OPT_FLAG, AT(list), NULL,
	  "change nothing, only list conflicts" },
	{ 0, "PATH", OPT_REST, 0, "@targets",
	  "outputs, stages, folders, paths; all if none" },
	OPTS_END
};

static const char *const sides[] = { NULL, "ours", "theirs" };

struct telling {
	const struct cmd_ctx *ctx;
	bool list;
	struct json j;
	uint64_t conflicts, done, left;
	bool first;		/* JSON: no pointer was told yet */
};

static int on_conflict(void *data, const struct dver_merge_conflict *c)
{
	struct telling *t = data;

	t->conflicts += c->decided == DVER_NEITHER;
	if (t->ctx->json) {
		json_object(&t->j, NULL);
		conflict_json(&t->j, c);
		json_end_object(&t->j);
		return 0;
	}
	(void)printf("%s: ", c->decided == DVER_NEITHER
		     ? "conflict" : sides[c->decided]);
	conflict_print(stdout, c);
	return 0;
}

static int on_resolved(void *data, const struct dver_resolved *r)
{
	struct telling *t = data;

	t->done += r->done;
	t->left += !r->done;
	if (t->ctx->json || t->ctx->quiet)
		return 0;
	(void)fputs(!r->done ? "left: " : t->list ? "can be merged: "
					 : "merged: ", stdout);
	out_path(stdout, r->path);
	if (!r->done)
		(void)printf(": %llu conflict%s", (unsigned long long)r->left,
			     out_s(r->left));
	(void)putchar('\n');
	return 0;
}

static int resolve(struct cmd_ctx *ctx, const void *data, char **words, int n,
		   struct dver_err *err)
{
	const struct args *a = data;
	struct dver_resolve_opts o = {
		.side = a->ours ? DVER_OURS : a->theirs ? DVER_THEIRS
							: DVER_NEITHER,
		.list = a->list };
	struct telling t = { .ctx = ctx, .list = a->list };
	int r;

	if (a->ours && a->theirs)
		return cmd_usage(err, "--ours or --theirs, not both");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "conflicts");
	}
	r = dver_resolve(ctx->repo, (const char *const *)words, (size_t)n, &o,
			 on_conflict, on_resolved, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_number(&t.j, "merged", t.done);
		json_number(&t.j, "left", t.left);
		json_end_object(&t.j);
		json_end(&t.j);
	} else if (!ctx->quiet) {
		if (t.left)
			(void)puts("next: dver resolve --ours or --theirs, for "
				   "all or for a PATH");
		else if (t.done && !a->list)
			(void)puts("next: dver checkout, git commit");
		else if (!t.done && !t.left)
			(void)puts("nothing is in conflict");
	}
	return r;
}

const struct cmd cmd_resolve = {
	"resolve", "data", "merge data that git left in conflict", opts,
	sizeof(struct args), resolve, CMD_NEEDS_REPO | CMD_PROGRESS
};
