#include <inttypes.h>

#include "cmd/cmd.h"
#include "dver/doctor.h"
#include "dver/plots.h"
#include "format/json.h"

#define TEXT_AT 22	/* column */

struct args { bool offline; long timeout; };

static const struct opt opts[] = {
	{ 0, "offline", OPT_FLAG, AT(offline), NULL, "leave remotes out" },
	{ 0, "timeout", OPT_POSINT, AT(timeout), "N",
	  "wait N seconds for remotes (10)" },
	OPTS_END
};

static const char *const words[] = {
	[DVER_VERDICT_OK] = "ok", [DVER_VERDICT_NOTE] = "note",
	[DVER_VERDICT_WARNING] = "warning",
	[DVER_VERDICT_PROBLEM] = "problem",
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static void as_json(struct telling *t, const struct dver_finding *f)
{
	json_object(&t->j, NULL);
	json_string(&t->j, "check", f->check);
	json_string(&t->j, "verdict", words[f->verdict]);
	json_string(&t->j, "found", f->found);
	json_string(&t->j, "advice", f->advice);
	json_end_object(&t->j);
}

static void colour_of(enum dver_verdict v)
{
	switch (v) {
	case DVER_VERDICT_OK:
		out_colour(OUT_GREEN);
		break;
	case DVER_VERDICT_NOTE:
		out_colour(OUT_BOLD);
		break;
	case DVER_VERDICT_WARNING:
		out_colour(OUT_YELLOW);
		break;
	case DVER_VERDICT_PROBLEM:
		out_colour(OUT_RED);
		break;
	}
}

static int tell(void *data, const struct dver_finding *f)
{
	struct telling *t = data;

	if (t->ctx->json) {
		as_json(t, f);
		return 0;
	}
	if (t->ctx->quiet && f->verdict < DVER_VERDICT_WARNING)
		return 0;
	colour_of(f->verdict);
	(void)printf("%-8s", words[f->verdict]);
	out_plain();
	(void)printf(" %-12s ", f->check);
	out_text(stdout, f->found);
	if (f->advice) {
		(void)printf("\n%*s-> ", TEXT_AT, "");
		out_text(stdout, f->advice);
	}
	(void)putchar('\n');
	/* A check may take its time. */
	(void)fflush(stdout);
	return 0;
}

static void tell_numbers(const struct dver_doctor_stats *s)
{
	(void)printf("%" PRIu64 " ok, %" PRIu64 " note%s, %" PRIu64
		     " warning%s, %" PRIu64 " problem%s\n", s->ok, s->notes,
		     out_s(s->notes), s->warnings, out_s(s->warnings),
		     s->problems, out_s(s->problems));
}

static void end_json(struct telling *t, const struct dver_doctor_stats *s)
{
	json_end_array(&t->j);
	json_number(&t->j, "ok", s->ok);
	json_number(&t->j, "notes", s->notes);
	json_number(&t->j, "warnings", s->warnings);
	json_number(&t->j, "problems", s->problems);
	json_end_object(&t->j);
	json_end(&t->j);
}

static bool stop(void *data)
{
	(void)data;
	return cmd_interrupted();
}

static int doctor(struct cmd_ctx *ctx, const void *data, char **typed, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	const char *vega = dver_plots_vega();
	struct dver_doctor_opts o = { .offline = a->offline, .stop = stop,
				      .timeout_ms = a->timeout * 1000,
				      .libraries = vega ? vega : "no vega" };
	struct telling t = { .ctx = ctx };
	struct dver_doctor_stats s;
	int r;

	(void)typed;
	if (n)
		return cmd_usage(err, "doctor takes no paths: -C DIR looks "
				 "elsewhere");
	if (a->timeout > 86400)
		return cmd_usage(err, "--timeout is a day at most");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "findings");
	}
	r = dver_doctor(NULL, &o, tell, &t, &s, err);
	if (r < 0)
		return r;
	if (ctx->json)
		end_json(&t, &s);
	else if (!ctx->quiet)
		tell_numbers(&s);
	return s.problems > 0;
}

const struct cmd cmd_doctor = {
	"doctor", "care", "look for what is wrong here, and say what to do",
	opts, sizeof(struct args), doctor, CMD_STOPS
};
