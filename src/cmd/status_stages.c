#include "cmd/status_stages.h"

#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/reasons.h"
#include "dver/pipeline.h"
#include "dver/repro.h"

static void as_json(struct json *j, const struct dver_stage_event *e)
{
	json_object(j, NULL);
	json_string(j, "stage", e->stage);
	if (e->kind == DVER_STAGE_FROZEN)
		json_bool(j, "frozen", true);
	if (e->text)
		json_string(j, "problem", e->text);
	reasons_json(j, e->reasons, e->nreasons);
	json_end_object(j);
}

static void as_line(const struct dver_stage_event *e)
{
	bool frozen = e->kind == DVER_STAGE_FROZEN;

	out_colour(OUT_YELLOW);
	(void)printf("%-9s", frozen ? "frozen" : "to run");
	out_plain();
	out_text(stdout, e->stage);
	(void)printf(": ");
	if (e->text)
		out_text(stdout, e->text);
	reasons_line(e->reasons, e->nreasons);
	if (frozen)
		(void)printf("  (dver unfreeze, then dver repro)\n");
	else
		(void)printf("%s\n", e->text ? "" : "  (dver repro)");
}

/* Stages that would run, of a dry run; frozen ones that else would. */
static int on_stage(void *data, const struct dver_stage_event *e)
{
	struct status_telling *t = data;
	bool frozen = e->kind == DVER_STAGE_FROZEN && e->nreasons;

	if (e->kind != DVER_STAGE_START && e->kind != DVER_STAGE_FAILED &&
	    !frozen)
		return 0;
	if (t->only && strcmp(t->only, e->stage) != 0)
		return 0;
	t->told++;
	t->dirty += !frozen;
	if (t->ctx->json)
		as_json(&t->j, e);
	else if (!t->ctx->quiet)
		as_line(e);
	return 0;
}

int status_stages(struct status_telling *t, struct dver_err *err)
{
	struct dver_repro_opts o = { .dry = true, .keep_going = true,
				     .known = true,
				     .allow_missing = true, .event = on_stage,
				     .data = t };
	struct dver_repro_stats stats;
	int r = dver_has_stages(t->ctx->repo)
		? dver_repro(t->ctx->repo, NULL, 0, &o, &stats, err) : 0;

	/* None, or some that cannot run: both were told. */
	return r == DVER_ENOTFOUND || r == DVER_ECHILD ? 0 : r;
}

static int on_run(void *data, const struct dver_stage_run *run)
{
	const struct status_telling *t = data;
	char size[OUT_SIZE], when[32];
	struct tm tm;
	time_t at = (time_t)run->time;

	if (t->told == 0) {
		out_text(stdout, run->stage);
		(void)puts(": nothing changed since it was recorded");
	}
	if (!run->ran) {
		(void)puts("it never ran here");
		return 0;
	}
	(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S",
		       localtime_r(&at, &tm));
	(void)printf("last run %s: %.1f s, %s of memory, exit code %d\n",
		     when, run->seconds, out_size(size, run->memory),
		     run->code);
	(void)printf("because: ");
	reasons_line(run->reasons, run->nreasons);
	(void)putchar('\n');
	if (run->log) {
		(void)printf("what it said: ");
		out_path(stdout, run->log);
		(void)putchar('\n');
	}
	return 0;
}

static int on_run_json(void *data, const struct dver_stage_run *run)
{
	struct status_telling *t = data;

	json_object(&t->j, "last");
	json_bool(&t->j, "ran", run->ran);
	if (run->ran) {
		json_number(&t->j, "time", (uint64_t)run->time);
		json_number(&t->j, "milliseconds",
			    (uint64_t)(run->seconds * 1000));
		json_number(&t->j, "memory", run->memory);
		json_number(&t->j, "code", (uint64_t)run->code);
		reasons_json(&t->j, run->reasons, run->nreasons);
	}
	if (run->log)
		json_string(&t->j, "log", run->log);
	json_end_object(&t->j);
	return 0;
}

/* The address of the one stage; dver_stage_last() minds others. */
static int on_name(void *data, const struct dver_stage *s)
{
	char **name = data;

	if (!*name)
		*name = strdup(s->address);
	return 0;
}

int status_why(struct status_telling *t, const char *stage,
	       struct dver_err *err)
{
	struct dver_repro_opts o = { .dry = true, .keep_going = true,
				     .allow_missing = true, .event = on_stage,
				     .data = t };
	struct dver_repro_stats stats;
	bool json = t->ctx->json;
	AUTO_FREE char *only = NULL;
	int r = dver_stages_each(t->ctx->repo, &stage, 1, 0, on_name, &only,
				 err);

	if (r < 0)
		return r;
	t->only = only;

	if (json) {
		json_begin(&t->j, stdout);
		json_object(&t->j, NULL);
		json_array(&t->j, "stages");
	}
	r = dver_repro(t->ctx->repo, &stage, 1, &o, &stats, err);
	if (json)
		json_end_array(&t->j);
	if (r == 0 || r == DVER_ECHILD)
		r = dver_stage_last(t->ctx->repo, stage,
				    json ? on_run_json : on_run, t, err);
	if (json) {
		json_end_object(&t->j);
		json_end(&t->j);
	}
	return r;
}
