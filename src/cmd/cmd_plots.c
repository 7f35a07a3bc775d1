/*
 * cmd_plots - `plots show`, `plots diff`, `plots templates`.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/plots.h"

#define OPT_AT(field) offsetof(struct plots_args, field)
#define WARNINGS 10

static const struct opt opts[] = {
	REV_OPTS(OPT_AT(at)),
	{ 'x', "x", OPT_STR, OPT_AT(x), "FIELD", "the column of x" },
	{ 'y', "y", OPT_LIST, OPT_AT(y), "FIELD",
	  "a column of y; may be given again" },
	{ 't', "template", OPT_STR, OPT_AT(template_name), "NAME",
	  "of 'dver plots templates', or a .json file" },
	{ 0, "smooth", OPT_STR, OPT_AT(smooth), "W",
	  "smooth lines as TensorBoard: from 0 to below 1" },
	{ 0, "title", OPT_STR, OPT_AT(title), "TEXT", "above the charts" },
	{ 0, "x-label", OPT_STR, OPT_AT(x_label), "TEXT", "at the x axis" },
	{ 0, "y-label", OPT_STR, OPT_AT(y_label), "TEXT", "at the y axis" },
	{ 0, "no-header", OPT_FLAG, OPT_AT(no_header), NULL,
	  "tables have no names: columns are 0, 1, ..." },
	{ 'o', "out", OPT_STR, OPT_AT(out), "PATH",
	  "write this .svg or .html file" },
	{ 0, "svg", OPT_STR, OPT_AT(svg), "DIR",
	  "write a picture of each chart there" },
	{ 0, "html", OPT_STR, OPT_AT(html), "DIR",
	  "write a page of all, DIR/index.html" },
	{ 0, "text", OPT_FLAG, OPT_AT(text), NULL,
	  "draw them here, too, when files are written" },
	{ 0, "ascii", OPT_FLAG, OPT_AT(ascii), NULL,
	  "draw them in nothing but ASCII" },
	{ 0, "[VERB] ...", OPT_REST, 0,
	  "show diff templates @targets @revs @templates",
	  "show [REV], diff [A [B]], then TARGET; templates" },
	OPTS_END
};

static bool is_picture(const char *path)
{
	return path && str_ends(path, ".svg");
}

/* Text and pictures know nothing of templates that others wrote. */
static void tell_own(const struct dver_plots *p)
{
	for (size_t i = 0; i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		if (!x->own || !x->nseries)
			continue;
		(void)fputs("dver: template '", stderr);
		out_text(stderr, x->template_name);
		(void)fprintf(stderr, "' is drawn in pages and --json alone: "
			      "'%s' shows it\n", "dver plots --html DIR");
		return;
	}
}

/* Tell what could not be read; the exit code. */
static int tell_problems(const struct cmd_ctx *ctx, const struct dver_plots *p)
{
	size_t all = 0, shown = 0;

	(void)fflush(stdout);
	for (size_t i = 0; i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		shown += x->nseries + x->nimages;
		for (size_t k = 0; k < x->nproblems; k++) {
			if (all++ >= WARNINGS || ctx->quiet)
				continue;
			(void)fputs("dver: warning: ", stderr);
			out_text(stderr, x->problems[k].rev);
			(void)fputs(": ", stderr);
			out_text(stderr, x->problems[k].message);
			(void)fputc('\n', stderr);
		}
	}
	if (all > WARNINGS && !ctx->quiet)
		(void)fprintf(stderr, "dver: warning: and %zu more could not "
			      "be read\n", all - WARNINGS);
	return all && !shown ? 1 : 0;
}

static int put(const struct cmd_ctx *ctx, const struct plots_args *a,
	       const struct dver_plots *p, struct dver_err *err)
{
	bool files = a->out || a->svg || a->html;
	int r = 0;

	if (!dver_plots_count(p) && !ctx->quiet)
		(void)fputs("dver: there are no plots here: 'dver help plots' "
			    "tells where they are looked for\n", stderr);
	if (files && dver_plots_count(p))
		r = plots_files(ctx, a, p, err);
	if (r == 0 && ctx->json)
		r = plots_json(p, err);
	else if (r == 0 && (!files || a->text) && !ctx->quiet)
		r = plots_text(ctx, a, p, err);
	if (r == 0 && !ctx->quiet && !ctx->json &&
	    (!files || a->text || a->svg || is_picture(a->out)))
		tell_own(p);
	return r < 0 ? r : tell_problems(ctx, p);
}

/* Is it no file of any revision, and no plot? */
static bool is_nothing(const struct dver_plots *p, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);
		bool found = x->nseries || x->nimages || !str_ends(x->id, word);
		size_t n = strlen(x->id);

		for (size_t k = 0; k < x->nproblems; k++)
			found |= x->problems[k].code != DVER_ENOTFOUND;
		if (!found && (n == len || x->id[n - len - 1] == '/'))
			return true;
	}
	return false;
}

/* NaN: it is no number. */
static double weight(const char *text)
{
	char *end;
	double w = strtod(text, &end);

	return *text && !*end ? w : (double)NAN;
}

static int load(const struct cmd_ctx *ctx, const struct plots_args *a,
		const struct dver_values_opts *at, char **words, int n,
		struct dver_err *err)
{
	struct dver_plots *p = NULL;
	double smooth = a->smooth ? weight(a->smooth) : 0;
	struct dver_plots_opts o = {
		.flags = a->no_header ? DVER_PLOTS_NO_HEADER : 0u,
		.x = a->x, .y = a->y.v, .ny = a->y.n,
		.template_name = a->template_name, .title = a->title,
		.x_label = a->x_label, .y_label = a->y_label,
		.smooth = smooth, .at = *at };
	int r;

	if (!(smooth >= 0 && smooth < 1))
		return cmd_usage(err, "--smooth takes a number from 0 to "
				 "below 1, as 0.6, not '%s'", a->smooth);
	r = dver_plots_load(&p, ctx->repo, (const char *const *)words,
			    (size_t)n, &o, err);
	/* Programs have the document whole. */
	if (r == 0 && n && ctx->dashes < 0 && !ctx->json &&
	    is_nothing(p, words[0]))
		r = rev_typo(ctx, words[0], err);
	if (r == 0)
		r = put(ctx, a, p, err);
	dver_plots_free(p);
	return r;
}

static int show(const struct cmd_ctx *ctx, const struct plots_args *a,
		char **words, int n, struct dver_err *err)
{
	struct dver_values_opts at = { .flags = 0 };
	AUTO_FREE const char **revs = NULL;
	int used = rev_args_get(ctx, &a->at, words, n, &revs, &at, err);

	return used < 0 ? used
			: load(ctx, a, &at, words + used, n - used, err);
}

static int diff(const struct cmd_ctx *ctx, const struct plots_args *a,
		char **words, int n, struct dver_err *err)
{
	const char *rev[2] = { NULL, NULL };
	int used = rev_pair(ctx, words, n, rev, err);
	/* Before the first commit there is the workspace alone. */
	bool fresh = !rev[0] && !dver_is_revision(ctx->repo, "HEAD");

	struct dver_values_opts at = { .revs = rev + fresh,
				       .nrevs = 2u - fresh };

	if (rev_args_any(&a->at))
		return cmd_usage(err, "-a, -T, -A, --rev, --since and --until "
				 "are of 'plots show'");
	if (used < 0)
		return used;
	if (!rev[0] || !*rev[0])
		rev[0] = "HEAD";
	if (!rev[1])
		rev[1] = "workspace";
	else if (!*rev[1])
		rev[1] = "HEAD";
	return load(ctx, a, &at, words + used, n - used, err);
}

static int run(struct cmd_ctx *ctx, const void *args, char **words, int n,
	       struct dver_err *err)
{
	const struct plots_args *a = args;
	struct cmd_ctx inner = *ctx;

	/*
	 * "dver plots -- l.csv": there is no verb before the dashes.  A word
	 * that is no verb is what show is to show.
	 */
	if (n == 0 || ctx->dashes == 0)
		return show(ctx, a, words, n, err);
	if (inner.dashes > 0)
		inner.dashes--;
	if (strcmp(words[0], "show") == 0)
		return show(&inner, a, words + 1, n - 1, err);
	if (strcmp(words[0], "diff") == 0)
		return diff(&inner, a, words + 1, n - 1, err);
	if (strcmp(words[0], "templates") == 0)
		return plots_templates(ctx, words + 1, n - 1, err);
	return show(ctx, a, words, n, err);
}

const struct cmd cmd_plots = {
	"plots", "pipelines", "draw data of plots, revisions side by side",
	opts, sizeof(struct plots_args), run, CMD_NEEDS_REPO
};
