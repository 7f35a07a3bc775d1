#include "cmd/remote_test.h"

#include "base/mem.h"
#include "dver/remote.h"
#include "format/json.h"

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static const char *const states[] = { "works", "fails", "not tried" };

static void tell_json(struct json *j, const struct dver_right *x)
{
	json_object(j, NULL);
	json_string(j, "right", x->name);
	json_string(j, "state", states[x->state]);
	json_bool(j, "needed", x->needed);
	json_number(j, "milliseconds", (uint64_t)(x->seconds * 1000));
	if (x->problem)
		json_string(j, "problem", x->problem);
	if (x->advice)
		json_string(j, "advice", x->advice);
	json_end_object(j);
}

static void tell_line(const struct dver_right *x)
{
	out_colour(x->state == DVER_RIGHT_WORKS ? OUT_GREEN
		   : x->state == DVER_RIGHT_FAILS ? OUT_RED : OUT_YELLOW);
	(void)printf("%-7s %-9s", x->name, states[x->state]);
	out_plain();
	if (x->state != DVER_RIGHT_UNTRIED)
		(void)printf(" %6.0f ms", x->seconds * 1000);
	(void)putchar('\n');
	if (x->problem) {
		(void)fputs("        ", stdout);
		out_text(stdout, x->problem);
		(void)putchar('\n');
	}
	if (x->advice)
		(void)printf("        check %s\n", x->advice);
	if (x->state == DVER_RIGHT_FAILS && !x->needed)
		(void)puts("        a push works without; gc will need it");
}

static int tell(void *data, const struct dver_right *x)
{
	struct telling *t = data;

	if (t->ctx->json)
		tell_json(&t->j, x);
	else
		tell_line(x);
	(void)fflush(stdout);
	return 0;
}

int remote_test(struct cmd_ctx *ctx, const char *name, bool read_only,
		struct dver_err *err)
{
	struct telling t = { .ctx = ctx };
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "rights");
	}
	r = dver_remote_test(ctx->repo, name,
			     read_only ? DVER_REMOTE_READ_ONLY : 0u, tell, &t,
			     err);
	if (ctx->json) {
		json_end_array(&t.j);
		json_bool(&t.j, "ok", r == 0);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return r;
}
