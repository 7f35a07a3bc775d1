#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/ask.h"
#include "cmd/run_stages.h"

struct args {
	bool force, single, downstream, pull, missing, keep, dry, no_runs;
	bool no_commit, accept, glob, ask;
	long jobs;
};

static const struct opt opts[] = {
	{ 0, "accept", OPT_FLAG, AT(accept), NULL,
	  "take what is there as the result" },
	{ 0, "allow-missing", OPT_FLAG, AT(missing), NULL,
	  "data that is not here is as recorded" },
	{ 0, "downstream", OPT_FLAG, AT(downstream), NULL,
	  "the stages and what needs them" },
	{ 0, "dry", OPT_FLAG, AT(dry), NULL, "say what would run" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "run also what did not change" },
	{ 0, "glob", OPT_FLAG, AT(glob), NULL, "words are patterns" },
	{ 'i', "interactive", OPT_FLAG, AT(ask), NULL, "ask before each" },
	{ 'j', "jobs", OPT_POSINT, AT(jobs), "N", "run N stages at once" },
	{ 'k', "keep-going", OPT_FLAG, AT(keep), NULL,
	  "go on with what a failure does not touch" },
	{ 0, "no-commit", OPT_FLAG, AT(no_commit), NULL, "store no data" },
	{ 0, "no-run-cache", OPT_FLAG, AT(no_runs), NULL,
	  "bring back no result of before" },
	{ 0, "pull", OPT_FLAG, AT(pull), NULL, "fetch data that is not here" },
	{ 's', "single-item", OPT_FLAG, AT(single), NULL,
	  "the named stages alone" },
	{ 0, "STAGE...", OPT_REST, 0, "@stages @targets",
	  "what to bring up to date" },
	OPTS_END
};

static int on_ask(void *data, const char *stage)
{
	char question[512];
	char *answer = NULL;
	int r;

	(void)data;
	(void)snprintf(question, sizeof(question), "run stage '%s'? [y/N] ",
		       stage);
	r = ask_terminal(NULL, question, false, &answer, NULL);
	if (r == 0)
		r = answer[0] == 'y' || answer[0] == 'Y';
	free(answer);
	return r;
}

/* The shell leaves a pattern alone that no file matches. */
static const char *pattern_without_stage(char **words, int n,
					 const struct dver_err *err)
{
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *told = str_printf("'%s'", words[i]);

		if (told && strpbrk(words[i], "*?[") && strstr(err->msg, told))
			return words[i];
	}
	return NULL;
}

/* A stage is not there: what may have been meant. */
static int tell_missing(const struct args *a, char **words, int n,
			struct dver_err *err)
{
	const char *pattern = a->glob ? NULL
			      : pattern_without_stage(words, n, err);

	if (pattern)
		return err_set(err, DVER_ENOTFOUND, "there is no stage '%s': "
			       "with --glob it is a pattern", pattern);
	if (access("dver.yaml", F_OK) < 0 && access("dvc.yaml", F_OK) == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no dver.yaml "
			       "here, but a dvc.yaml, whose grammar is the "
			       "same: git mv dvc.yaml dver.yaml");
	return DVER_ENOTFOUND;
}

static int repro(struct cmd_ctx *ctx, const void *data, char **words, int n,
		 struct dver_err *err)
{
	const struct args *a = data;
	struct dver_repro_opts o = {
		.force = a->force, .single = a->single,
		.downstream = a->downstream, .pull = a->pull,
		.allow_missing = a->missing, .keep_going = a->keep,
		.dry = a->dry, .no_run_cache = a->no_runs,
		.no_commit = a->no_commit, .accept = a->accept,
		.glob = a->glob, .jobs = (int)a->jobs,
		.ask = a->ask ? on_ask : NULL };
	int r;

	if (a->single && a->downstream)
		return cmd_usage(err, "--single-item and --downstream are two "
				 "different things");
	r = run_stages(ctx, &o, (const char *const *)words, (size_t)n, NULL,
		       err);
	return r == DVER_ENOTFOUND ? tell_missing(a, words, n, err) : r;
}

const struct cmd cmd_repro = {
	"repro", "pipelines", "run the stages whose inputs changed", opts,
	sizeof(struct args), repro, CMD_NEEDS_REPO
};
