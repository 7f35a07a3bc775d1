#include "cmd/conflict.h"

#include "base/mem.h"
#include "cmd/out.h"

static const struct { unsigned bit; const char *name; } parts[] = {
	{ DVER_DIFFERS_CMD, "cmd" }, { DVER_DIFFERS_DEPS, "deps" },
	{ DVER_DIFFERS_PARAMS, "params" }, { DVER_DIFFERS_OUTS, "outs" },
};

void conflict_print(FILE *to, const struct dver_merge_conflict *c)
{
	const char *before = ": ";

	if (c->stage)
		(void)fputs("stage ", to);
	out_path(to, c->path);
	(void)fputs(": ", to);
	out_text(to, c->why);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!(c->differs & parts[i].bit))
			continue;
		(void)fprintf(to, "%s%s", before, parts[i].name);
		before = ", ";
	}
	(void)fputc('\n', to);
}

void conflict_json(struct json *j, const struct dver_merge_conflict *c)
{
	static const char *const sides[] = { NULL, "ours", "theirs" };

	json_string(j, "output", c->output);
	json_string(j, "path", c->path);
	json_string(j, "why", c->why);
	if (c->stage) {
		json_string(j, "stage", c->stage);
		json_array(j, "differs");
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (c->differs & parts[i].bit)
				json_string(j, NULL, parts[i].name);
		json_end_array(j);
	}
	if (c->decided != DVER_NEITHER)
		json_string(j, "decided", sides[c->decided]);
}
