#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/run_stages.h"
#include "cmd/stage_list.h"
#include "dver/stage.h"
#include "format/json.h"

struct args {
	const char *name, *wdir, *desc;
	bool force, always_changed, run, all, names_only;
	struct opt_list deps, params, outs, outs_no_cache, persist,
			persist_no_cache, metrics, metrics_no_cache, plots,
			plots_no_cache;
};

static const struct opt opts[] = {
	{ 'n', "name", OPT_STR, AT(name), "NAME", "add: the stage's name" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "add: replace a stage of the same name" },
	{ 'd', "deps", OPT_LIST, AT(deps), "PATH", "add: it reads this" },
	{ 'p', "params", OPT_LIST, AT(params), "[FILE:]KEYS",
	  "add: it depends on these parameters" },
	{ 'o', "outs", OPT_LIST, AT(outs), "PATH", "add: it makes this" },
	{ 'O', "outs-no-cache", OPT_LIST, AT(outs_no_cache), "PATH",
	  "add: it makes this, which git keeps" },
	{ 0, "outs-persist", OPT_LIST, AT(persist), "PATH",
	  "add: it makes this, from what is there" },
	{ 0, "outs-persist-no-cache", OPT_LIST, AT(persist_no_cache), "PATH",
	  "add: both of these" },
	{ 'm', "metrics", OPT_LIST, AT(metrics), "PATH",
	  "add: it makes this file of metrics" },
	{ 'M', "metrics-no-cache", OPT_LIST, AT(metrics_no_cache), "PATH",
	  "add: the same, which git keeps" },
	{ 0, "plots", OPT_LIST, AT(plots), "PATH",
	  "add: it makes this, to be drawn" },
	{ 0, "plots-no-cache", OPT_LIST, AT(plots_no_cache), "PATH",
	  "add: the same, which git keeps" },
	{ 'w', "wdir", OPT_STR, AT(wdir), "DIR",
	  "add: it runs in this folder" },
	{ 0, "always-changed", OPT_FLAG, AT(always_changed), NULL,
	  "add: it runs whatever has not changed" },
	{ 0, "desc", OPT_STR, AT(desc), "TEXT", "add: what it is for" },
	{ 0, "run", OPT_FLAG, AT(run), NULL, "add: and run it" },
	{ 'a', "all", OPT_FLAG, AT(all), NULL,
	  "list: stages of every folder" },
	{ 0, "names-only", OPT_FLAG, AT(names_only), NULL,
	  "list: names and nothing else" },
	{ 0, "[VERB] ...", OPT_REST, 0, "add list @stages",
	  "add COMMAND..., list TARGET... (or none)" },
	OPTS_END
};

/* All that is read and made, as one list; owned. */
static struct dver_stage_item *gather(const struct args *a, size_t *n)
{
	const struct {
		const struct opt_list *list;
		struct dver_stage_item item;
	} all[] = {
		{ &a->deps, { .kind = DVER_STAGE_DEP } },
		{ &a->params, { .kind = DVER_STAGE_PARAMS } },
		{ &a->outs, { .kind = DVER_STAGE_OUT } },
		{ &a->outs_no_cache,
		  { .kind = DVER_STAGE_OUT, .no_cache = true } },
		{ &a->persist, { .kind = DVER_STAGE_OUT, .persist = true } },
		{ &a->persist_no_cache,
		  { .kind = DVER_STAGE_OUT, .no_cache = true,
		    .persist = true } },
		{ &a->metrics, { .kind = DVER_STAGE_METRIC } },
		{ &a->metrics_no_cache,
		  { .kind = DVER_STAGE_METRIC, .no_cache = true } },
		{ &a->plots, { .kind = DVER_STAGE_PLOT } },
		{ &a->plots_no_cache,
		  { .kind = DVER_STAGE_PLOT, .no_cache = true } },
	};
	struct dver_stage_item *v;

	*n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		*n += all[i].list->n;
	v = mem_array(*n + 1, sizeof(*v));
	if (!v)
		return NULL;
	*n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t k = 0; k < all[i].list->n; k++) {
			v[*n] = all[i].item;
			v[(*n)++].text = all[i].list->v[k];
		}
	return v;
}

struct added {
	const char *name, *file;
};

static void put_added(struct json *j, const void *data)
{
	const struct added *x = data;

	json_string(j, "stage", x->name);
	json_string(j, "file", x->file);
}

static int add(struct cmd_ctx *ctx, const struct args *a, char **cmd, int n,
	       struct dver_err *err)
{
	struct dver_stage_new stage = {
		.name = a->name, .cmd = (const char *const *)cmd,
		.ncmd = (size_t)n, .wdir = a->wdir, .desc = a->desc,
		.always_changed = a->always_changed, .force = a->force
	};
	AUTO_FREE struct dver_stage_item *items = NULL;
	AUTO_FREE char *file = NULL;
	struct added added = { .name = a->name };
	struct json j;
	int r;

	if (!a->name)
		return cmd_usage(err, "give the stage a name: --name NAME");
	if (n == 0)
		return cmd_usage(err, "what is the stage to run? its command "
				 "comes last");
	items = gather(a, &stage.nitems);
	if (!items)
		return err_nomem(err);
	stage.items = items;
	r = dver_stage_add(ctx->repo, &stage, &file, err);
	if (r < 0)
		return r;
	added.file = file;
	if (!ctx->json && !ctx->quiet) {
		(void)printf("added the stage %s to ", a->name);
		out_path(stdout, file);
		(void)putchar('\n');
		(void)fflush(stdout);
	}
	if (a->run)
		return run_stages(ctx, &(struct dver_repro_opts){ .jobs = 1 },
				  &a->name, 1, &(struct run_first){
				  put_added, &added }, err);
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		put_added(&j, &added);
		json_end_object(&j);
		json_end(&j);
	}
	return 0;
}

static int stage(struct cmd_ctx *ctx, const void *args, char **words, int n,
		 struct dver_err *err)
{
	const struct args *a = args;

	if (n > 0 && strcmp(words[0], "add") == 0)
		return add(ctx, args, words + 1, n - 1, err);
	if (n == 0 || strcmp(words[0], "list") == 0)
		return stage_list(ctx, words + (n > 0), n - (n > 0), a->all,
				  a->names_only, err);
	return cmd_usage(err, "there is no 'stage %s', only add and list",
			 words[0]);
}

const struct cmd cmd_stage = {
	"stage", "pipelines", "list and add stages of pipelines", opts,
	sizeof(struct args), stage, CMD_NEEDS_REPO | CMD_TAIL
};
