#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/reasons.h"
#include "dver/repro.h"
#include "format/json.h"

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

struct telling {
	const struct cmd_ctx *ctx;
	const struct args *a;
	struct json j;
	FILE *lines;	/* where commands' output goes */
};

static const char *const events[] = {
	[DVER_STAGE_SAME] = "unchanged", [DVER_STAGE_START] = "start",
	[DVER_STAGE_LINE] = "line", [DVER_STAGE_DONE] = "done",
	[DVER_STAGE_RESTORED] = "restored",
	[DVER_STAGE_ACCEPTED] = "accepted", [DVER_STAGE_FROZEN] = "frozen",
	[DVER_STAGE_WAITING] = "waiting", [DVER_STAGE_FAILED] = "failed",
	[DVER_STAGE_BLOCKED] = "blocked",
};

static void event_json(struct json *j, const struct dver_stage_event *e)
{
	json_object(j, NULL);
	json_string(j, "stage", e->stage);
	json_string(j, "event", events[e->kind]);
	if (e->text)
		json_string(j, e->kind == DVER_STAGE_BLOCKED ? "after" : "why",
			    e->text);
	if (e->kind == DVER_STAGE_FAILED && e->code >= 0)
		json_number(j, "code", (uint64_t)e->code);
	if (e->kind == DVER_STAGE_DONE) {
		json_number(j, "milliseconds", (uint64_t)(e->seconds * 1000));
		json_number(j, "memory", e->memory);
	}
	if (e->kind == DVER_STAGE_START) {
		reasons_json(j, e->reasons, e->nreasons);
	}
	json_end_object(j);
}

/* A command, each of its lines on one. */
static void command_lines(const char *s)
{
	while (*s) {
		size_t len = strcspn(s, "\n");
		char *line = strndup(s, len);

		if (line && len) {
			(void)printf("> ");
			out_text(stdout, line);
			(void)putchar('\n');
		}
		free(line);
		s += len + (s[len] == '\n');
	}
}

static void start_lines(const struct dver_stage_event *e, bool dry)
{
	out_colour(OUT_BOLD);
	out_text(stdout, e->stage);
	out_plain();
	(void)printf(dry ? " would run: " : " runs: ");
	reasons_line(e->reasons, e->nreasons);
	(void)putchar('\n');
	for (size_t i = 0; i < e->ncommands; i++)
		command_lines(e->commands[i]);
}

static void line(const struct telling *t, const struct dver_stage_event *e)
{
	if (t->a->jobs > 1) {
		out_text(t->lines, e->stage);
		(void)fputs(" | ", t->lines);
	}
	(void)fputs(e->text, t->lines);
	(void)fputc('\n', t->lines);
}

static void people(const struct telling *t, const struct dver_stage_event *e)
{
	char size[OUT_SIZE];

	switch (e->kind) {
	case DVER_STAGE_START:
		start_lines(e, t->a->dry);
		break;
	case DVER_STAGE_DONE:
		out_text(stdout, e->stage);
		(void)printf(" done in %.1f s, %s of memory\n", e->seconds,
			     out_size(size, e->memory));
		break;
	case DVER_STAGE_RESTORED:
		out_text(stdout, e->stage);
		(void)printf(" brought back: it ran before with the same "
			     "inputs\n");
		break;
	case DVER_STAGE_ACCEPTED:
		out_text(stdout, e->stage);
		(void)printf(" accepted as it is\n");
		break;
	case DVER_STAGE_SAME:
	case DVER_STAGE_FROZEN:
		if (t->ctx->verbose || e->kind == DVER_STAGE_FROZEN) {
			out_text(stdout, e->stage);
			(void)printf(" %s\n", events[e->kind]);
		}
		break;
	default:
		break;
	}
}

static int on_event(void *data, const struct dver_stage_event *e)
{
	struct telling *t = data;

	if (e->kind == DVER_STAGE_LINE) {
		if (!t->ctx->quiet)
			line(t, e);
		return 0;
	}
	if (t->ctx->json)
		event_json(&t->j, e);
	else if (!t->ctx->quiet)
		people(t, e);
	/* What went wrong is for everybody. */
	if (e->kind == DVER_STAGE_FAILED)
		(void)fprintf(stderr, "dver: error: stage '%s': %s\n",
			      e->stage, e->text);
	else if (e->kind == DVER_STAGE_BLOCKED && !t->ctx->quiet)
		(void)fprintf(stderr, "dver: stage '%s' waits for '%s'\n",
			      e->stage, e->text);
	else if (e->kind == DVER_STAGE_WAITING && !t->ctx->quiet)
		(void)fprintf(stderr, "dver: another dver runs stage '%s': "
			      "waiting\n", e->stage);
	(void)fflush(stdout);
	return 0;
}

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

static void summary(struct telling *t, const struct dver_repro_stats *s,
		    bool ok)
{
	if (t->ctx->json) {
		json_end_array(&t->j);
		json_number(&t->j, "unchanged", s->same);
		json_number(&t->j, "ran", s->ran);
		json_number(&t->j, "restored", s->restored);
		json_number(&t->j, "failed", s->failed);
		json_number(&t->j, "blocked", s->blocked);
		json_number(&t->j, "frozen", s->frozen);
		json_number(&t->j, "would_run", s->changed);
		json_end_object(&t->j);
		json_end(&t->j);
		return;
	}
	if (t->ctx->quiet || !ok)
		return;
	if (t->a->dry)
		(void)printf("%zu of %zu stages would run\n", s->changed,
			     s->changed + s->same + s->frozen);
	else if (!s->ran && !s->restored)
		(void)printf("nothing to do: %zu stage%s up to date\n",
			     s->same, s->same == 1 ? " is" : "s are");
	else
		(void)printf("%zu ran, %zu brought back, %zu unchanged; next: "
			     "git commit, dver push\n", s->ran, s->restored,
			     s->same);
}

static int repro(struct cmd_ctx *ctx, const void *data, char **words, int n,
		 struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx, .a = a,
			     .lines = ctx->json ? stderr : stdout };
	struct dver_repro_opts o = {
		.force = a->force, .single = a->single,
		.downstream = a->downstream, .pull = a->pull,
		.allow_missing = a->missing, .keep_going = a->keep,
		.dry = a->dry, .no_run_cache = a->no_runs,
		.no_commit = a->no_commit, .accept = a->accept,
		.glob = a->glob, .jobs = (int)a->jobs,
		.ask = a->ask ? on_ask : NULL, .event = on_event, .data = &t };
	struct dver_repro_stats stats;
	int r;

	if (a->single && a->downstream)
		return cmd_usage(err, "--single-item and --downstream are two "
				 "different things");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "events");
	}
	r = dver_repro(ctx->repo, (const char *const *)words, (size_t)n, &o,
		       &stats, err);
	summary(&t, &stats, r == 0);
	return r;
}

const struct cmd cmd_repro = {
	"repro", "pipelines", "run the stages whose inputs changed", opts,
	sizeof(struct args), repro, CMD_NEEDS_REPO
};
