/*
 * values_show - values of revisions: what is asked for, and as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/say.h"
#include "cmd/values_pick.h"
#include "cmd/values_rows.h"

struct showing {
	const struct cmd_ctx *ctx;
	enum dver_values what;
	const struct values_args *a;
	struct json j;
	char *rev;	/* whose id is being told as JSON; owned */
	struct rows rows;
	bool missing;	/* only what is not there was told */
	struct picks picks;
	struct values_trouble trouble;
};

static void end_rev(struct showing *s)
{
	if (!s->rev)
		return;
	json_end_array(&s->j);
	json_end_object(&s->j);
	free(TAKE(s->rev));
}

static int as_json(struct showing *s, const struct dver_values_file *f)
{
	struct json *j = &s->j;
	/* Ids tell revisions apart that are called the same. */
	const char *id = f->commit ? f->commit : "";

	if (!s->rev || !streq(s->rev, id)) {
		end_rev(s);
		s->rev = strdup(id);
		if (!s->rev)
			return DVER_ENOMEM;
		json_object(j, NULL);
		/* One that git understands; all of them. */
		json_string(j, "rev", f->names[0]);
		json_array(j, "revs");
		for (size_t i = 0; i < f->nnames; i++)
			json_string(j, NULL, f->names[i]);
		json_end_array(j);
		json_string(j, "commit", f->commit);
		if (f->commit)
			json_number(j, "time",
				    (uint64_t)(f->time > 0 ? f->time : 0));
		json_array(j, "files");
	}
	json_object(j, NULL);
	json_string(j, "path", f->path);
	if (f->problem) {
		json_string(j, "error", f->problem);
		json_bool(j, "missing", f->code == DVER_ENOTFOUND ||
					f->code == DVER_EMISSING);
	} else {
		json_object(j, "values");
		for (size_t i = 0; i < f->n; i++)
			values_json(j, f->values[i].name, &f->values[i].value);
		json_end_object(j);
	}
	json_end_object(j);
	return 0;
}

static int tell_file(struct showing *s, const struct dver_values_file *f)
{

	s->missing = f->problem && f->code == DVER_ENOTFOUND &&
		     (s->missing || !s->trouble.n) && !s->trouble.shown;
	if (f->problem)
		values_note(&s->trouble, f->problem);
	else
		s->trouble.shown++;
	/* What is sorted is held back. */
	return s->ctx->json && !s->a->sort_by ? as_json(s, f)
					      : rows_add(&s->rows, f);
}

/* Of files that have none of the values that are asked for nothing is told. */
static int tell(void *data, const struct dver_values_file *f)
{
	struct showing *s = data;
	struct dver_values_file some = *f;
	AUTO_FREE struct dver_named_value *v = NULL;

	if (!s->picks.n || f->problem)
		return tell_file(s, f);
	v = mem_array(f->n + 1, sizeof(*v));
	if (!v)
		return DVER_ENOMEM;
	some.values = v;
	some.n = 0;
	for (size_t i = 0; i < f->n; i++)
		if (picks_has(&s->picks, f->path, f->values[i].name))
			v[some.n++] = f->values[i];
	return some.n ? tell_file(s, &some) : 0;
}

static int tell_json(void *data, const struct dver_values_file *f)
{
	return as_json(data, f);
}

static int put_sorted(struct showing *s, struct dver_err *err)
{
	int r = rows_sort(&s->rows, s->a->sort_by, err);

	if (r == 0 && rows_each(&s->rows, tell_json, s) < 0)
		r = err_nomem(err);
	return r;
}

/* Why there is nothing to see. */
static void tell_nothing(const struct showing *s, bool revs, bool times)
{
	const char *what = s->what == DVER_METRICS ? "metrics" : "parameters";

	if (!s->rows.n && times)
		say("no commit of that time has %s", what);
	else if (!s->rows.n && revs)
		say("there are no %s in these revisions", what);
	else if (!s->rows.n)
		say("there are no %s here: 'dver help %s' tells where they "
		    "are looked for", what,
		    s->what == DVER_METRICS ? what : "params");
	else if (!s->rows.names.n && !s->trouble.n)
		say("there are no values in %s",
		    s->rows.n == 1 ? "this file" : "these files");
}

static int put(struct showing *s, bool revs, enum table_style style,
	       struct dver_err *err)
{
	/*
	 * Values are many: those of the workspace are told in lines.  Who
	 * sorts compares files.
	 */
	bool list = !s->rows.many && !revs && !s->a->sort_by;
	int r = s->a->sort_by ? rows_sort(&s->rows, s->a->sort_by, err) : 0;

	if (r < 0 || s->ctx->quiet)
		return r;
	tell_nothing(s, revs, s->a->at.since || s->a->at.until);
	return rows_put(&s->rows, s->a, revs, list, style, err);
}

static int show(struct showing *s, char **words, int n, struct dver_err *err)
{
	struct dver_values_opts o = {
		.flags = s->a->deps ? DVER_VALUES_DEPS : 0u };
	AUTO_FREE const char **revs = NULL;
	enum table_style style;
	int used, r;

	r = values_style(s->ctx, s->a, &style, err);
	if (r)
		return r;
	used = rev_args_get(s->ctx, &s->a->at, words, n, &revs, &o, err);
	if (used < 0)
		return used;
	words += used;
	n = picks_take(&s->picks, s->ctx, s->what, words, n - used, o.revs,
		       o.nrevs, err);
	if (n < 0)
		return n;
	r = dver_values_each(s->ctx->repo, s->what,
			     (const char *const *)words, (size_t)n, &o, tell,
			     s, err);
	/* Of all that it returns only this comes from tell(). */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	if (r == 0 && s->ctx->json && s->a->sort_by)
		r = put_sorted(s, err);
	if (r < 0 || s->ctx->json)
		return r;
	if (s->missing && s->ctx->dashes < 0 && n)
		return rev_typo(s->ctx, words[0], err);
	return put(s, o.nrevs || o.since || o.until ||
		      (o.flags & ~(unsigned)DVER_VALUES_DEPS), style, err);
}

int values_show(const struct cmd_ctx *ctx, enum dver_values what,
		const struct values_args *a, char **words, int n,
		struct dver_err *err)
{
	struct showing s = { .ctx = ctx, .what = what, .a = a };
	int r;

	rows_init(&s.rows, what);
	if (ctx->json) {
		json_begin(&s.j, stdout);
		json_object(&s.j, NULL);
		json_array(&s.j, "revisions");
	}
	r = show(&s, words, n, err);
	if (r == 0 && ctx->json) {
		end_rev(&s);
		json_end_array(&s.j);
		json_end_object(&s.j);
		json_end(&s.j);
	}
	if (r == 0)
		r = values_end(ctx, &s.trouble);
	picks_release(&s.picks);
	rows_release(&s.rows);
	free(s.rev);
	return r;
}
