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

static void reason_line(FILE *to, const struct dver_reason *r)
{
	bool values = r->kind == DVER_REASON_PARAM && r->is;
	const char *after;

	(void)fputs(dver_reason_words(r, &after), to);
	if (!after)
		return;
	out_path(to, r->name);
	/* Two values say that it changed. */
	if (!values || !r->was)
		(void)fputs(after, to);
	if (!values)
		return;
	(void)fprintf(to, ": ");
	if (r->was) {
		out_text(to, r->was);
		(void)fprintf(to, " -> ");
	}
	out_text(to, r->is);
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
