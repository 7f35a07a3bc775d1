#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/out_file.h"
#include "cmd/report_json.h"
#include "cmd/report_md.h"

struct args { const char *base, *out, *images; bool workspace, no_fetch; };

static const struct opt opts[] = {
	{ 0, "base", OPT_STR, AT(base), "REV",
	  "since REV and this branch parted" },
	{ 'w', "workspace", OPT_FLAG, AT(workspace), NULL,
	  "what is on the disk, not a commit" },
	{ 0, "no-fetch", OPT_FLAG, AT(no_fetch), NULL,
	  "ask no remote for what is not here" },
	{ 0, "images", OPT_STR, AT(images), "N",
	  "show so many images that changed (24; 0: none)" },
	{ 'o', "out", OPT_STR, AT(out), "FILE",
	  "write this .html file, a page with charts" },
	{ 0, "REV", OPT_REST, 0, "@revs", "up to this commit; HEAD if none" },
	OPTS_END
};

static int as_json(struct cmd_ctx *ctx, const struct dver_report_opts *o,
		   struct dver_err *err)
{
	struct report_json j;
	struct dver_report_calls calls = report_json_calls(&j);
	int r;

	report_json_begin(&j);
	r = dver_report(ctx->repo, o, &calls, err);
	if (r == 0)
		report_json_end(&j);
	/* What the callbacks return has no words yet. */
	else if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	strvec_release(&j.problems);
	return r;
}

static int as_markdown(struct cmd_ctx *ctx, const struct dver_report_opts *o,
		       struct dver_err *err)
{
	struct report_md m;
	struct dver_report_calls calls = report_md_calls(&m);
	int r;

	report_md_init(&m);
	r = dver_report(ctx->repo, o, &calls, err);
	if (r == 0 && !ctx->quiet)
		r = report_md_put(&m);
	/* The same. */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	report_md_release(&m);
	return r;
}

static int as_page(const struct cmd_ctx *ctx,
		   const struct dver_report_opts *o, const char *path,
		   struct dver_err *err)
{
	struct out_file f;
	int r = out_file_open(&f, path, err);

	if (r == 0)
		r = dver_report_page(ctx->repo, o, out_file_write, &f, err);
	return out_file_close(&f, r);
}

/* 0 is none, for which the library has another number. */
static int images_of(const char *text, int *out, struct dver_err *err)
{
	int n = 0;

	for (const char *c = text; text && *c; c++) {
		if (*c < '0' || *c > '9' ||
		    n > (int)DVER_REPORT_IMAGES_LISTED) {
			n = -1;
			break;
		}
		n = n * 10 + (*c - '0');
	}
	if (text && (!*text || n < 0 || n > (int)DVER_REPORT_IMAGES_LISTED))
		return cmd_usage(err, "--images takes a number up to 1000");
	*out = text && !n ? -1 : n;
	return 0;
}

static int report(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	struct dver_report_opts o = { .base = a->base,
				      .rev = n ? words[0] : NULL,
				      .workspace = a->workspace,
				      .no_fetch = a->no_fetch };
	int r = images_of(a->images, &o.images, err);

	if (r != 0)
		return r;
	if (n > 1)
		return cmd_usage(err, "report takes one revision");
	if (n && a->workspace)
		return cmd_usage(err, "--workspace or a revision, not both");
	if (a->out && (ctx->json || !str_ends(a->out, ".html")))
		return cmd_usage(err, ctx->json ? "--json or -o, not both"
				 : "-o writes a page: its name ends in .html");
	if (a->out)
		return as_page(ctx, &o, a->out, err);
	return ctx->json ? as_json(ctx, &o, err) : as_markdown(ctx, &o, err);
}

const struct cmd cmd_report = {
	"report", "pipelines",
	"sum up what a branch changed, in Markdown or HTML",
	opts, sizeof(struct args), report, CMD_NEEDS_REPO | CMD_PROGRESS
};
