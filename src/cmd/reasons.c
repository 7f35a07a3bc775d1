#include "cmd/reasons.h"

#include "cmd/out.h"
#include "cmd/value_json.h"

#define SHOWN 5

static const char *const kinds[] = {
	[DVER_REASON_NEW] = "new", [DVER_REASON_COMMAND] = "command",
	[DVER_REASON_INPUT] = "input", [DVER_REASON_PARAM] = "parameter",
	[DVER_REASON_OUTPUT] = "output", [DVER_REASON_ALWAYS] = "always",
	[DVER_REASON_FORCED] = "forced",
};

static void side_json(struct json *j, const struct dver_reason *r,
		      const char *key, const char *text)
{
	if (text && r->kind == DVER_REASON_PARAM)
		value_json_text(j, key, text);
	else if (text)
		json_string(j, key, text);
}

static void reason_json(struct json *j, const struct dver_reason *r)
{
	json_object(j, NULL);
	json_string(j, "kind", kinds[r->kind]);
	if (r->name)
		json_string(j, "name", r->name);
	side_json(j, r, "was", r->was);
	side_json(j, r, "is", r->is);
	json_end_object(j);
}

static void value(FILE *to, const struct dver_reason *r, const char *s)
{
	/* Ids say nothing to people. */
	if (r->kind == DVER_REASON_PARAM)
		out_text(to, s);
}

static void reason_line(FILE *to, const struct dver_reason *r)
{
	switch (r->kind) {
	case DVER_REASON_NEW:
		(void)fprintf(to, "it never ran");
		return;
	case DVER_REASON_COMMAND:
		(void)fprintf(to, "its command changed");
		return;
	case DVER_REASON_ALWAYS:
		(void)fprintf(to, "it always runs");
		return;
	case DVER_REASON_FORCED:
		(void)fprintf(to, "--force");
		return;
	default:
		break;
	}
	(void)fprintf(to, "%s ", kinds[r->kind]);
	out_path(to, r->name);
	if (!r->was && !r->is)
		(void)fprintf(to, " may change");
	else if (!r->was)
		(void)fprintf(to, " is new");
	else if (!r->is)
		(void)fprintf(to, " is gone");
	else if (r->kind != DVER_REASON_PARAM)
		(void)fprintf(to, " changed");
	if (r->kind != DVER_REASON_PARAM || !r->is)
		return;
	(void)fprintf(to, ": ");
	if (r->was) {
		value(to, r, r->was);
		(void)fprintf(to, " -> ");
	}
	value(to, r, r->is);
}

void reasons_line(const struct dver_reason *v, size_t n)
{
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		(void)printf(i ? "; " : "");
		reason_line(stdout, &v[i]);
	}
	if (n > SHOWN)
		(void)printf("; and %zu more", n - SHOWN);
}

void reasons_json(struct json *j, const struct dver_reason *v, size_t n)
{
	json_array(j, "reasons");
	for (size_t i = 0; i < n; i++)
		reason_json(j, &v[i]);
	json_end_array(j);
}
