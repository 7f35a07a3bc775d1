#include "cmd/run_stages.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/reasons.h"
#include "cmd/say.h"

struct telling {
	const struct cmd_ctx *ctx;
	const struct dver_repro_opts *o;
	struct json j;
	FILE *lines;	/* where commands' output goes */
};

static const char *const events[] = {
	[DVER_STAGE_SAME] = "unchanged", [DVER_STAGE_START] = "start",
	[DVER_STAGE_LINE] = "line", [DVER_STAGE_DONE] = "done",
	[DVER_STAGE_RESTORED] = "restored",
	[DVER_STAGE_ACCEPTED] = "accepted", [DVER_STAGE_FROZEN] = "frozen",
	[DVER_STAGE_WAITING] = "waiting", [DVER_STAGE_FAILED] = "failed",
	[DVER_STAGE_BLOCKED] = "blocked", [DVER_STAGE_DROPPED] = "dropped",
};

static void event_json(struct json *j, const struct dver_stage_event *e)
{
	json_object(j, NULL);
	json_string(j, "stage", e->stage);
	json_string(j, "event", events[e->kind]);
	if (e->text)
		json_string(j, e->kind == DVER_STAGE_BLOCKED ? "after" :
			    e->kind == DVER_STAGE_DROPPED ? "file" : "why",
			    e->text);
	if (e->kind == DVER_STAGE_FAILED && e->code >= 0)
		json_number(j, "code", (uint64_t)e->code);
	if (e->kind == DVER_STAGE_DONE) {
		json_number(j, "milliseconds", (uint64_t)(e->seconds * 1000));
		json_number(j, "memory", e->memory);
	}
	if (e->kind == DVER_STAGE_START || e->nreasons)
		reasons_json(j, e->reasons, e->nreasons);
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
	if (t->o->jobs > 1) {
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
		start_lines(e, t->o->dry);
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
	case DVER_STAGE_DROPPED:
		out_text(stdout, e->stage);
		(void)printf(" dropped from ");
		out_text(stdout, e->text);
		(void)printf(": it is no stage any more\n");
		break;
	case DVER_STAGE_SAME:
	case DVER_STAGE_FROZEN:
		if (!t->ctx->verbose && e->kind == DVER_STAGE_SAME)
			break;
		out_text(stdout, e->stage);
		(void)printf(" %s%s", events[e->kind], e->nreasons ? ": " : "");
		reasons_line(e->reasons, e->nreasons);
		(void)putchar('\n');
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
		/* Whoever waits for it may read it from a pipe. */
		(void)fflush(t->lines);
		return 0;
	}
	if (t->ctx->json)
		event_json(&t->j, e);
	else if (!t->ctx->quiet)
		people(t, e);
	/* What went wrong is for everybody. */
	if (e->kind == DVER_STAGE_FAILED)
		say_error("stage '%s': %s", e->stage, e->text);
	else if (e->kind == DVER_STAGE_BLOCKED && !t->ctx->quiet)
		say("stage '%s' waits for '%s'", e->stage, e->text);
	else if (e->kind == DVER_STAGE_WAITING && !t->ctx->quiet)
		say("another dver runs stage '%s': waiting", e->stage);
	(void)fflush(stdout);
	return 0;
}

static void nothing_to_do(const struct dver_repro_stats *s)
{
	(void)printf("nothing to do: %zu stage%s up to date", s->same,
		     s->same == 1 ? " is" : "s are");
	if (s->frozen)
		(void)printf(", %zu frozen", s->frozen);
	(void)putchar('\n');
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
	if (t->o->dry)
		(void)printf("%zu of %zu stages would run\n", s->changed,
			     s->changed + s->same + s->frozen);
	else if (!s->ran && !s->restored)
		nothing_to_do(s);
	else
		(void)printf("%zu ran, %zu brought back, %zu unchanged; next: "
			     "%sdver push\n", s->ran, s->restored, s->same,
			     dver_repo_has_git(t->ctx->repo)
			     ? "git commit -a, " : "");
}

int run_stages(struct cmd_ctx *ctx, const struct dver_repro_opts *opts,
	       const char *const *targets, size_t n,
	       const struct run_first *first, struct dver_err *err)
{
	struct dver_repro_opts o = *opts;
	struct telling t = { .ctx = ctx, .o = &o,
			     .lines = ctx->json ? stderr : stdout };
	struct dver_repro_stats stats;
	int r;

	o.event = on_event;
	o.data = &t;
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		if (first)
			first->fn(&t.j, first->data);
		json_array(&t.j, "events");
	}
	r = dver_repro(ctx->repo, targets, n, &o, &stats, err);
	summary(&t, &stats, r == 0);
	return r;
}
