#include <inttypes.h>

#include "cmd/changes.h"
#include "dver/exchange.h"

struct args {
	bool dry_run;
	const char *remote;
	long keep_days;
};

static const struct opt opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(dry_run), NULL,
	  "only say what would be freed" },
	{ 'r', "remote", OPT_STR, AT(remote), "NAME",
	  "the remote that is to hold it" },
	{ 0, "keep-days", OPT_POSINT, AT(keep_days), "N",
	  "free only what commits older than N days have" },
	{ 0, "[PATH]", OPT_REST, 0, "@targets", "all outputs without one" },
	OPTS_END
};

static void tell(const struct cmd_ctx *ctx, const struct args *a,
		 const struct dver_drop_stats *s)
{
	const char *would = a->dry_run ? "would free" : "freed";
	char bytes[OUT_SIZE], freed[OUT_SIZE];

	if (ctx->quiet)
		return;
	if (a->keep_days) {
		(void)printf("%s %s of the local store\n", would,
			     out_size(freed, s->freed));
		if (s->missing)
			(void)printf("%" PRIu64 " files are not in the remote "
				     "and stay: dver push --all-commits\n",
				     s->missing);
		return;
	}
	(void)printf("%s %" PRIu64 " %s, %s, and %s of the local store\n",
		     would, s->files, s->files == 1 ? "file" : "files",
		     out_size(bytes, s->bytes), out_size(freed, s->freed));
	if (!a->dry_run)
		(void)puts("next: dver pull PATH brings them back");
}

static void as_json(struct changes *c, const struct args *a,
		    const struct dver_drop_stats *s)
{
	json_number(&c->j, "files", s->files);
	json_number(&c->j, "bytes", s->bytes);
	json_number(&c->j, "freed", s->freed);
	json_number(&c->j, "missing", s->missing);
	json_bool(&c->j, "dry_run", a->dry_run);
}

static int drop(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	struct dver_drop_opts o = { .remote = a->remote,
				    .dry_run = a->dry_run,
				    .keep = a->keep_days > 0,
				    .days = a->keep_days };
	struct dver_drop_stats s;
	struct changes c;
	int r;

	changes_begin(&c, ctx);
	r = dver_drop(ctx->repo, (const char *const *)words, (size_t)n, &o,
		      changes_add, &c, &s, err);
	if (r < 0)
		return r;
	changes_close(&c);
	if (ctx->json)
		as_json(&c, a, &s);
	changes_end(&c);
	if (!ctx->json)
		tell(ctx, a, &s);
	return 0;
}

const struct cmd cmd_drop = {
	"drop", "exchange", "free data that a remote was proved to hold", opts,
	sizeof(struct args), drop, CMD_NEEDS_REPO | CMD_PROGRESS
};
