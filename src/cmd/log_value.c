/*
 * log_value - since when a metric or a parameter has its value.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/log.h"
#include "cmd/values.h"

#define DIGITS 5
#define SUBJECT_MIN 12	/* columns of a subject that are always shown */
#define LINE_MAX 60	/* columns, where nobody says how wide it may be */

struct telling {
	const struct cmd_ctx *ctx;
	const struct dver_meaning *m;
	struct dver_err *err;
};

void log_warn(const struct cmd_ctx *ctx, const char *problem)
{
	if (!problem || ctx->quiet || ctx->json)
		return;
	(void)fflush(stdout);
	(void)fputs("dver: warning: ", stderr);
	out_text(stderr, problem);
	(void)fputc('\n', stderr);
}

const char *log_date(char out[LOG_DATE], int64_t time)
{
	time_t when = (time_t)time;
	struct tm tm;

	out[0] = '\0';
	if (localtime_r(&when, &tm))
		(void)strftime(out, LOG_DATE, "%Y-%m-%d", &tm);
	return out;
}

void log_commit(const struct dver_commit *c)
{
	char date[LOG_DATE];

	out_colour(OUT_YELLOW);
	(void)printf("%.10s", c->id);
	out_plain();
	(void)printf("  %s  ", log_date(date, c->time));
	out_text(stdout, c->author);
	(void)fputs("  ", stdout);
	out_text(stdout, c->subject);
}

void log_commit_fields(struct json *j, const struct dver_commit *c)
{
	json_string(j, "commit", c->id);
	json_string(j, "author", c->author);
	json_string(j, "mail", c->mail);
	json_number(j, "time", (uint64_t)(c->time > 0 ? c->time : 0));
	json_string(j, "subject", c->subject);
}

void log_commit_json(struct json *j, const char *key,
		     const struct dver_commit *c)
{
	if (!c->id) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	log_commit_fields(j, c);
	json_end_object(j);
}

static bool put_moment(const struct dver_moment *m)
{
	AUTO_BUF struct buf b = BUF_BIG;

	switch (m->kind) {
	case DVER_MOMENT_NOTHING:
		(void)fputs("not there", stdout);
		break;
	case DVER_MOMENT_VALUE:
		values_shown(&b, &m->value, DIGITS);
		out_text(stdout, b.data);
		break;
	case DVER_MOMENT_PROBLEM:
		(void)fputs("cannot be read", stdout);
		break;
	}
	return buf_ok(&b);
}

/* false: no memory; so below. */
static bool head(const struct dver_value_history *h)
{
	bool ok;
	const struct dver_moment *m = h->has_here ? &h->here : &h->at;

	out_colour(OUT_BOLD);
	out_text(stdout, h->path);
	(void)putchar(':');
	out_text(stdout, h->name);
	out_plain();
	(void)fputs("  ", stdout);
	ok = put_moment(m);
	(void)putchar('\n');
	if (h->differs && h->in_git) {
		(void)fputs("not committed; HEAD: ", stdout);
		ok &= put_moment(&h->at);
		(void)putchar('\n');
	} else if (h->differs) {
		(void)fputs("not committed yet\n", stdout);
	}
	return ok;
}

static void since(const struct dver_value_history *h)
{
	if (h->since.id) {
		(void)fputs("since    ", stdout);
		log_commit(&h->since);
		if (h->ago)
			(void)printf("  (%llu commit%s ago)\n",
				     (unsigned long long)h->ago,
				     out_s(h->ago));
		else
			(void)puts(h->has_here ? "  (the last commit)"
					       : "  (that commit itself)");
	} else if (h->cut) {
		(void)printf("since    before %.10s, where this shallow clone "
			     "ends (git fetch --unshallow)\n", h->oldest);
	}
}

static bool put_end(const struct dver_value_history *h, size_t at,
		    const char *word)
{
	AUTO_BUF struct buf b = BUF_BIG;

	values_text(&b, &h->line[at].moment.value, DIGITS);
	(void)printf("%s%s", word, b.data);
	return buf_ok(&b);
}

/* "▁▃█  lowest 0.7, highest 0.9, best 0.9 at ..." */
static bool line(const struct dver_value_history *h)
{
	AUTO_BUF struct buf b = BUF_BIG;
	unsigned width = out_width();
	char date[LOG_DATE];
	bool ok;

	log_line(&b, h, width ? MIN(width, (unsigned)LINE_MAX) : LINE_MAX,
		 out_utf8());
	if (b.len)
		(void)printf("%s\n", b.data);
	ok = buf_ok(&b);
	if (h->lowest == SIZE_MAX || h->lowest == h->highest)
		return ok;
	ok &= put_end(h, h->lowest, "lowest ");
	ok &= put_end(h, h->highest, ", highest ");
	if (h->best_commit.id) {
		ok &= put_end(h, h->best, ", best ");
		(void)printf(" at %.10s (%s)", h->best_commit.id,
			     log_date(date, h->best_commit.time));
	}
	(void)putchar('\n');
	return ok;
}

/*
 * "largest drop -0.15 at ...": the worst step, where it is said what is worse,
 * else the largest.  Of changes that are all told, and more than one.
 */
static bool steepest(const struct dver_value_history *h)
{
	AUTO_BUF struct buf b = BUF_BIG;
	const struct dver_value_turn *best = NULL;
	char date[LOG_DATE];
	size_t steps = 0;

	for (size_t i = 0; i < h->nturns; i++) {
		const struct dver_value_change *c = &h->turns[i].change;

		steps += c->has_difference;
		if (!c->has_difference ||
		    (h->better != DVER_BETTER_UNKNOWN && c->better >= 0))
			continue;
		if (!best || fabs(c->difference.number) >
			     fabs(best->change.difference.number))
			best = &h->turns[i];
	}
	if (!best || steps < 2 || h->more)
		return true;
	values_signed(&b, &best->change.difference, DIGITS);
	(void)printf("largest %s %s at %.10s (%s)\n",
		     best->change.difference.number < 0 ? "drop" : "rise",
		     b.data, best->commit.id,
		     log_date(date, best->commit.time));
	return buf_ok(&b);
}

static void add_side(struct table *t, const struct dver_value *v,
		     long digits, const char *problem)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (problem)
		buf_addstr(&b, "broken");
	else if (v->kind != DVER_VALUE_NONE)
		values_shown(&b, v, digits);
	t->failed |= !buf_ok(&b);
	table_add(t, problem || v->kind != DVER_VALUE_NONE ? b.data : NULL);
}

static void add_coloured(struct table *t, const char *text, int better)
{
	if (better)
		table_add_coloured(t, text, better > 0 ? OUT_GREEN : OUT_RED);
	else
		table_add(t, text);
}

static void add_turn(struct table *t, const struct dver_value_turn *x)
{
	AUTO_BUF struct buf change = BUF_BIG;
	AUTO_BUF struct buf percent = BUF_BIG;
	char id[11], date[LOG_DATE];
	long digits;

	(void)snprintf(id, sizeof(id), "%s", x->commit.id);
	if (!x->change.old_problem && !x->change.new_problem)
		values_change(&change, &x->change, DIGITS);
	values_percent(&percent, &x->change);
	t->failed |= !buf_ok(&change) || !buf_ok(&percent);
	table_add_coloured(t, id, OUT_YELLOW);
	table_add(t, log_date(date, x->commit.time));
	table_add(t, x->commit.author);
	digits = values_digits(&x->change.old, &x->change.now, DIGITS);
	add_side(t, &x->change.old, digits, x->change.old_problem);
	add_side(t, &x->change.now, digits, x->change.new_problem);
	add_coloured(t, change.data, x->change.better);
	add_coloured(t, percent.data, x->change.better);
	table_add(t, x->commit.subject);
}

static size_t columns(const char *text)
{
	size_t width = 0, n;

	for (; *text; text += n) {
		n = utf8_step(text);
		width += utf8_width(text, n);
	}
	return width;
}

/* To `max` columns; the dots are among them, and shorter than what goes. */
static void cut(char *text, size_t max)
{
	size_t width = 0;

	if (columns(text) <= max)
		return;
	for (size_t n; *text; text += n) {
		n = utf8_step(text);
		width += utf8_width(text, n);
		if (width > max - 3)
			break;
	}
	memcpy(text, "...", 4);
}

/* Subjects are cut to what is left of the terminal's width. */
static void fit(struct table *t)
{
	size_t max = out_width(), used = max ? table_width(t) : 0;
	size_t left = max > used + 2 ? max - used - 2 : 0;

	for (size_t i = t->columns - 1; max && i < t->n; i += t->columns)
		if (t->v[i].text)
			cut(t->v[i].text, MAX(left, (size_t)SUBJECT_MIN));
}

static int turns(const struct dver_value_history *h)
{
	static const char *const names[] = { "Commit", "Date", "Author", "Old",
					     "New", "Change", "Percent",
					     "Subject" };
	struct table t;
	int r;

	table_init(&t, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		table_add(&t, names[i]);
	for (size_t i = 0; i < h->nturns; i++)
		add_turn(&t, &h->turns[i]);
	if (h->nturns)
		(void)putchar('\n');
	fit(&t);
	r = table_put(&t, TABLE_TEXT);
	table_release(&t);
	if (h->more)
		(void)printf("and %llu more before (-n)\n",
			     (unsigned long long)h->more);
	if (h->before) {
		(void)printf("before that it was in another file: dver log "
			     "%.10s ", h->before_commit);
		out_text(stdout, h->before);
		(void)putchar(':');
		out_text(stdout, h->name);
		(void)putchar('\n');
	}
	return r;
}

static void moment_json(struct json *j, const char *key,
			const struct dver_moment *m)
{
	if (m->kind == DVER_MOMENT_NOTHING) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	if (m->problem)
		json_string(j, "error", m->problem);
	else
		values_json(j, "value", &m->value);
	json_end_object(j);
}

static void stretch_json(struct json *j, const char *key,
			 const struct dver_stretch *s)
{
	json_object(j, key);
	json_string(j, "commit", s->commit);
	json_number(j, "time", (uint64_t)(s->time > 0 ? s->time : 0));
	json_number(j, "commits", s->commits);
	if (s->moment.problem)
		json_string(j, "error", s->moment.problem);
	else
		values_json(j, "value", &s->moment.value);
	json_end_object(j);
}

static void turn_json(struct json *j, const struct dver_value_turn *x)
{
	json_object(j, NULL);
	log_commit_fields(j, &x->commit);
	json_number(j, "commits_ago", x->ago);
	values_change_fields(j, &x->change);
	json_end_object(j);
}

static void place_json(struct json *j, const char *key,
		       const struct dver_value_history *h, size_t at)
{
	if (at != SIZE_MAX)
		stretch_json(j, key, &h->line[at]);
}

static void as_json(struct json *j, const struct dver_value_history *h,
		    enum dver_meaning_kind kind)
{
	json_begin(j, stdout);
	json_object(j, NULL);
	json_string(j, "kind", kind == DVER_MEANS_METRIC ? "metric"
							 : "parameter");
	json_string(j, "path", h->path);
	json_string(j, "name", h->name);
	if (h->better != DVER_BETTER_UNKNOWN)
		json_bool(j, "higher_is_better",
			  h->better == DVER_BETTER_HIGHER);
	if (h->has_here)
		moment_json(j, "workspace", &h->here);
	if (h->in_git)
		moment_json(j, "committed", &h->at);
	if (h->has_here)
		json_bool(j, "differs", h->differs);
	log_commit_json(j, "since", &h->since);
	json_number(j, "commits_ago", h->ago);
	json_bool(j, "shallow", h->cut);
	json_number(j, "commits", h->commits);
	json_array(j, "line");
	for (size_t i = 0; i < h->nline; i++)
		stretch_json(j, NULL, &h->line[i]);
	json_end_array(j);
	place_json(j, "lowest", h, h->lowest);
	place_json(j, "highest", h, h->highest);
	if (h->best_commit.id) {
		place_json(j, "best", h, h->best);
		log_commit_json(j, "best_since", &h->best_commit);
	}
	json_array(j, "changes");
	for (size_t i = 0; i < h->nturns; i++)
		turn_json(j, &h->turns[i]);
	json_end_array(j);
	json_number(j, "more", h->more);
	if (h->before) {
		json_object(j, "before");
		json_string(j, "path", h->before);
		json_string(j, "commit", h->before_commit);
		json_end_object(j);
	}
	json_end_object(j);
	json_end(j);
}

static int tell(void *data, const struct dver_value_history *h)
{
	const struct telling *t = data;
	struct json j;

	if (t->ctx->json) {
		as_json(&j, h, t->m->kind);
		return 0;
	}
	if (!head(h))
		return err_nomem(t->err);
	since(h);
	if (!line(h) || !steepest(h) || turns(h) < 0)
		return err_nomem(t->err);
	log_warn(t->ctx, h->has_here ? h->here.problem : h->at.problem);
	return 0;
}

int log_value(const struct cmd_ctx *ctx, const struct dver_meaning *m,
	      const struct dver_timeline_opts *o, struct dver_err *err)
{
	struct telling t = { .ctx = ctx, .m = m, .err = err };

	return dver_value_history(ctx->repo, m->kind == DVER_MEANS_METRIC
						? DVER_METRICS : DVER_PARAMS,
				  m->path, m->name, o, tell, &t, err);
}
