/*
 * log_stage - since when a stage is defined as it is and has its results.
 */
#include <string.h>

#include "base/err.h"
#include "cmd/log.h"
#include "cmd/reasons.h"
#include "dver/repro.h"

#define ID_SHOWN 8	/* digits of an id of data */
#define SHOWN 20	/* differences of a commit */

struct telling {
	const struct cmd_ctx *ctx;
	const char *word;	/* that means it here */
	const char *stage;
	struct dver_err *err;
	struct json j;
	bool told;	/* whether it would run */
};

static void since(const char *what, const struct dver_stage_since *s,
		  bool gone)
{
	(void)printf("%-11s ", what);
	if (s->commit.id) {
		log_commit(&s->commit);
		if (s->ago)
			(void)printf("  (%llu commit%s ago)",
				     (unsigned long long)s->ago,
				     out_s(s->ago));
	} else if (s->cut) {
		(void)printf("before %.10s, where this shallow clone ends",
			     s->oldest);
	} else {
		(void)fputs(s->differs ? "not committed yet" : "none", stdout);
	}
	if (s->commit.id && !s->there && !s->problem)
		(void)fputs(": gone since", stdout);
	if (s->problem)
		(void)fputs(": cannot be read since", stdout);
	if (s->differs && (s->commit.id || s->cut))
		(void)fputs(s->here_problem ? "; cannot be read in the "
					      "workspace"
			    : gone ? "; gone, but not committed"
			    : "; another one is not committed", stdout);
	(void)putchar('\n');
}

/* A value or an id, with the size of what it is the id of. */
static void side(const struct dver_stage_difference *d, const char *text,
		 bool has_size, uint64_t size)
{
	char b[OUT_SIZE];
	bool data = d->recorded && *d->name && strcmp(d->kind, "parameter");

	if (data)
		(void)printf("%.*s", ID_SHOWN, text);
	else
		out_text(stdout, text);
	if (has_size)
		(void)printf(" (%s)", out_size(b, size));
}

static void difference(const struct dver_stage_difference *d)
{
	(void)printf("    %s %c %s ", d->recorded ? "dver.lock" : "dver.yaml",
		     d->was && d->is ? '~' : d->is ? '+' : '-', d->kind);
	if (*d->name) {
		out_text(stdout, d->name);
		(void)fputs("  ", stdout);
	}
	if (d->was)
		side(d, d->was, d->has_was_size, d->was_size);
	if (d->was && d->is)
		(void)fputs(" -> ", stdout);
	if (d->is)
		side(d, d->is, d->has_is_size, d->is_size);
	(void)putchar('\n');
}

static void turn(const struct dver_stage_turn *t)
{
	size_t n = t->n > SHOWN ? SHOWN : t->n;

	(void)putchar('\n');
	log_commit(&t->commit);
	(void)putchar('\n');
	if (t->definition == 'D')
		(void)puts("    dver.yaml - the stage");
	if (t->results == 'D')
		(void)puts("    dver.lock - its results");
	if (t->problem) {
		(void)fputs("    ? ", stdout);
		out_text(stdout, t->problem);
		(void)putchar('\n');
	} else if (t->definition == '?' || t->results == '?') {
		(void)puts("    what could not be read is mended");
	}
	for (size_t i = 0; i < n; i++) {
		const struct dver_stage_difference *d = &t->v[i];

		if ((d->recorded ? t->results : t->definition) != 'D')
			difference(d);
	}
	if (n < t->n)
		(void)printf("    and %zu more\n", t->n - n);
}

static int on_event(void *data, const struct dver_stage_event *e)
{
	struct telling *t = data;
	bool frozen = e->kind == DVER_STAGE_FROZEN;
	bool failed = e->kind == DVER_STAGE_FAILED;
	bool runs = e->kind == DVER_STAGE_START ||
		    e->kind == DVER_STAGE_FAILED || (frozen && e->nreasons);

	if (strcmp(e->stage, t->stage) != 0 || t->told ||
	    (!runs && e->kind != DVER_STAGE_SAME && !frozen))
		return 0;
	t->told = true;
	if (t->ctx->json) {
		json_object(&t->j, "now");
		json_bool(&t->j, "runs", runs && !frozen);
		json_bool(&t->j, "frozen", frozen);
		if (e->text)
			json_string(&t->j, "problem", e->text);
		reasons_json(&t->j, e->reasons, e->nreasons);
		json_end_object(&t->j);
		return 0;
	}
	(void)printf("%-11s %s", "now",
		     failed ? "it cannot be told whether it would run"
		     : frozen && runs ? "frozen, else it would run"
		     : frozen ? "frozen" : runs ? "it would run"
		     : "up to date");
	if (runs && !failed && e->nreasons)
		(void)fputs(": ", stdout);
	reasons_line(e->reasons, e->nreasons);
	(void)putchar('\n');
	log_warn(t->ctx, failed ? e->text : NULL);
	return 0;
}

/* Would it run?  Where that cannot be said, it is told why. */
static int now(struct telling *t)
{
	struct dver_repro_opts o = { .dry = true, .keep_going = true,
				     .allow_missing = true, .event = on_event,
				     .data = t };
	struct dver_repro_stats stats;
	int r = dver_repro(t->ctx->repo, &t->word, 1, &o, &stats, t->err);

	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return r;
	if (r < 0 && r != DVER_ECHILD)
		log_warn(t->ctx, t->err->msg);
	return 0;
}

static void since_json(struct json *j, const char *key,
		       const struct dver_stage_since *s)
{
	json_object(j, key);
	json_bool(j, "there", s->there);
	json_bool(j, "differs", s->differs);
	if (s->problem)
		json_string(j, "error", s->problem);
	if (s->here_problem)
		json_string(j, "workspace_error", s->here_problem);
	log_commit_json(j, "since", &s->commit);
	json_number(j, "commits_ago", s->ago);
	json_bool(j, "shallow", s->cut);
	json_end_object(j);
}

static void difference_json(struct json *j,
			    const struct dver_stage_difference *d)
{
	json_object(j, NULL);
	json_string(j, "file", d->recorded ? "dver.lock" : "dver.yaml");
	json_string(j, "kind", d->kind);
	if (*d->name)
		json_string(j, "name", d->name);
	if (d->was)
		json_string(j, "old", d->was);
	if (d->is)
		json_string(j, "new", d->is);
	if (d->has_was_size)
		json_number(j, "old_size", d->was_size);
	if (d->has_is_size)
		json_number(j, "new_size", d->is_size);
	json_end_object(j);
}

static void turn_json(struct json *j, const struct dver_stage_turn *t)
{
	const char definition[2] = { t->definition, '\0' };
	const char results[2] = { t->results, '\0' };

	json_object(j, NULL);
	log_commit_fields(j, &t->commit);
	json_number(j, "commits_ago", t->ago);
	json_string(j, "definition", definition);
	json_string(j, "results", results);
	if (t->problem)
		json_string(j, "error", t->problem);
	json_array(j, "differences");
	for (size_t i = 0; i < t->n; i++)
		difference_json(j, &t->v[i]);
	json_end_array(j);
	json_end_object(j);
}

static int as_json(struct telling *t, const struct dver_stage_history *h)
{
	struct json *j = &t->j;
	int r = 0;

	json_begin(j, stdout);
	json_object(j, NULL);
	json_string(j, "kind", "stage");
	json_string(j, "name", h->stage);
	json_string(j, "path", h->file);
	since_json(j, "definition", &h->definition);
	since_json(j, "results", &h->results);
	if (h->has_here && h->here)
		r = now(t);
	json_array(j, "changes");
	for (size_t i = 0; i < h->nturns; i++)
		turn_json(j, &h->turns[i]);
	json_end_array(j);
	json_number(j, "more", h->more);
	json_end_object(j);
	json_end(j);
	return r;
}

static int tell(void *data, const struct dver_stage_history *h)
{
	struct telling *t = data;
	int r = 0;

	t->stage = h->stage;
	if (t->ctx->json)
		return as_json(t, h);
	out_colour(OUT_BOLD);
	out_text(stdout, h->stage);
	out_plain();
	(void)puts(h->has_here && !h->here ? "  no stage any more" : "");
	since("definition", &h->definition, h->has_here && !h->here);
	since("results", &h->results, false);
	if (h->has_here && h->here)
		r = now(t);
	for (size_t i = 0; i < h->nturns; i++)
		turn(&h->turns[i]);
	if (h->more)
		(void)printf("\nand %llu more before (-n)\n",
			     (unsigned long long)h->more);
	log_warn(t->ctx, h->definition.problem ? h->definition.problem
			 : h->definition.here_problem);
	log_warn(t->ctx, h->results.problem ? h->results.problem
			 : h->results.here_problem);
	return r;
}

int log_stage(const struct cmd_ctx *ctx, const struct dver_meaning *m,
	      const struct dver_timeline_opts *o, struct dver_err *err)
{
	struct telling t = { .ctx = ctx, .word = m->word,
			     .err = err };

	return dver_stage_history(ctx->repo, m->path, m->name, o, tell, &t,
				  err);
}
