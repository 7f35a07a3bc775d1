/*
 * cmd_metrics - `metrics` and `params`: the same verbs over other values.
 */
#include "cmd/values.h"

#define OPT_AT(field) offsetof(struct values_args, field)

#define ALL_OPT \
	{ 0, "all", OPT_FLAG, OPT_AT(all), NULL, \
	  "diff: what did not change, too" }
#define TABLE_OPTS \
	{ 0, "precision", OPT_POSINT, OPT_AT(precision), "N", \
	  "significant digits, 5 if not said" }, \
	{ 0, "no-path", OPT_FLAG, OPT_AT(no_path), NULL, \
	  "leave the files' names out" }, \
	{ 0, "md", OPT_FLAG, OPT_AT(md), NULL, "a Markdown table" }, \
	{ 0, "csv", OPT_FLAG, OPT_AT(csv), NULL, \
	  "comma-separated values, not rounded" }, \
	{ 0, "[VERB] ...", OPT_REST, 0, "show diff @targets @revs @values", \
	  "show [REV...] or diff [A [B]], then FILE, NAME..." }

static const struct opt metrics_opts[] = {
	REV_OPTS(OPT_AT(at)),
	{ 0, "sort-by", OPT_STR, OPT_AT(sort_by), "METRIC",
	  "show: the best first" },
	ALL_OPT,
	TABLE_OPTS,
	OPTS_END
};

static const struct opt params_opts[] = {
	REV_OPTS(OPT_AT(at)),
	{ 0, "sort-by", OPT_STR, OPT_AT(sort_by), "PARAM",
	  "show: the highest first" },
	ALL_OPT,
	{ 0, "deps", OPT_FLAG, OPT_AT(deps), NULL,
	  "only parameters that stages depend on" },
	TABLE_OPTS,
	OPTS_END
};

static int metrics(struct cmd_ctx *ctx, const void *args, char **words, int n,
		   struct dver_err *err)
{
	return values_run(ctx, DVER_METRICS, args, words, n, err);
}

static int params(struct cmd_ctx *ctx, const void *args, char **words, int n,
		  struct dver_err *err)
{
	return values_run(ctx, DVER_PARAMS, args, words, n, err);
}

const struct cmd cmd_metrics = {
	"metrics", "pipelines", "show metrics, and how they changed",
	metrics_opts, sizeof(struct values_args), metrics, CMD_NEEDS_REPO
};
const struct cmd cmd_params = {
	"params", "pipelines", "show parameters, and how they changed",
	params_opts, sizeof(struct values_args), params, CMD_NEEDS_REPO
};
