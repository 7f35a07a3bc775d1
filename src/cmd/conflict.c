#include "cmd/conflict.h"

#include "base/mem.h"
#include "cmd/out.h"

#define SHOWN 5

static const char *kind(const struct dver_merge_difference *d)
{
	return d->kind == DVER_REASON_COMMAND ? "command"
	       : d->kind == DVER_REASON_INPUT ? "input"
	       : d->kind == DVER_REASON_PARAM ? "parameter" : "output";
}

/* Ids say nothing to people, and commands are long. */
static void print_one(FILE *to, const struct dver_merge_difference *d)
{
	(void)fputs(kind(d), to);
	if (d->name) {
		(void)fputc(' ', to);
		out_path(to, d->name);
	}
	if (d->kind == DVER_REASON_PARAM && d->ours && d->theirs) {
		(void)fputs(": ", to);
		out_text(to, d->ours);
		(void)fputs(" here, ", to);
		out_text(to, d->theirs);
		(void)fputs(" there", to);
	} else if (!d->ours || !d->theirs) {
		(void)fputs(d->ours ? " only here" : " only there", to);
	}
}

void conflict_print(FILE *to, const struct dver_merge_conflict *c)
{
	if (c->stage)
		(void)fputs("stage ", to);
	out_path(to, c->path);
	(void)fputs(": ", to);
	out_text(to, c->why);
	for (size_t i = 0; i < c->ndifferences && i < SHOWN; i++) {
		(void)fputs(i ? "; " : ": ", to);
		print_one(to, &c->differences[i]);
	}
	if (c->ndifferences > SHOWN)
		(void)fprintf(to, "; and %zu more", c->ndifferences - SHOWN);
	(void)fputc('\n', to);
}

static void json_one(struct json *j, const struct dver_merge_difference *d)
{
	json_object(j, NULL);
	json_string(j, "kind", kind(d));
	if (d->name)
		json_string(j, "name", d->name);
	if (d->ours)
		json_string(j, "ours", d->ours);
	if (d->theirs)
		json_string(j, "theirs", d->theirs);
	json_end_object(j);
}

void conflict_json(struct json *j, const struct dver_merge_conflict *c)
{
	static const char *const sides[] = { NULL, "ours", "theirs" };

	json_string(j, "output", c->output);
	json_string(j, "path", c->path);
	json_string(j, "why", c->why);
	if (c->stage) {
		json_string(j, "stage", c->stage);
		json_array(j, "differences");
		for (size_t i = 0; i < c->ndifferences; i++)
			json_one(j, &c->differences[i]);
		json_end_array(j);
	}
	if (c->decided != DVER_NEITHER)
		json_string(j, "decided", sides[c->decided]);
}
