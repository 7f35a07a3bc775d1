/*
 * history_tell - dver_value_history().
 */
#include <math.h>

#include "base/err.h"
#include "report/compare.h"
#include "report/history_names.h"
#include "report/history_value.h"

struct telling {
	struct value_history v;
	struct dver_value_history out;
	struct history_way way;
	struct dver_stretch *line;	/* owned */
	struct dver_value_turn *turns;	/* owned */
	size_t line_cap;
	struct history_names names;	/* and texts of differences */
	struct buf text;
	int (*fn)(void *data, const struct dver_value_history *h);
	void *data;
};

/* The place of a number that is lower or higher than that at `best`. */
static void extreme(const struct telling *t, size_t *best, size_t i,
		    bool higher)
{
	const struct dver_moment *m = &t->line[i].moment;
	double x = m->value.number;

	if (m->kind != DVER_MOMENT_VALUE || isnan(x) ||
	    (m->value.kind != DVER_VALUE_INT &&
	     m->value.kind != DVER_VALUE_FLOAT))
		return;
	if (*best == SIZE_MAX ||
	    (higher ? x > t->line[*best].moment.value.number
		    : x < t->line[*best].moment.value.number))
		*best = i;
}

static int add_stretch(struct telling *t, const struct history_step *s,
		       uint32_t state, bool new, struct dver_err *err)
{
	struct dver_stretch *x;

	if (!new) {
		t->line[t->out.nline - 1].commits++;
		return 0;
	}
	if (!mem_grow(&t->line, &t->line_cap, t->out.nline + 1, sizeof(*x)))
		return err_nomem(err);
	x = &t->line[t->out.nline++];
	*x = (struct dver_stretch){ .moment = t->v.states[state],
				    .commit = history_hex(&t->names, s->id,
							  err),
				    .time = s->time, .commits = 1 };
	return x->commit ? 0 : DVER_ENOMEM;
}

static int make_line(struct telling *t, struct dver_err *err)
{
	struct dver_value_history *o = &t->out;
	const struct history *h = &t->v.h;
	uint32_t last = 0;
	int r = 0;

	o->lowest = o->highest = o->best = SIZE_MAX;
	for (size_t i = h->nline; r == 0 && i-- > 0; ) {
		const struct history_step *s = &h->line[i];
		uint32_t state;

		r = t->v.h.state(&t->v.h, s->version, &state, err);
		if (r == 0)
			r = add_stretch(t, s, state, !o->nline ||
					state != last, err);
		last = state;
	}
	for (size_t i = 0; r == 0 && i < o->nline; i++) {
		extreme(t, &o->lowest, i, false);
		extreme(t, &o->highest, i, true);
	}
	if (t->v.better != DVER_BETTER_UNKNOWN)
		o->best = t->v.better == DVER_BETTER_HIGHER ? o->highest
							    : o->lowest;
	o->line = t->line;
	o->commits = h->nline;
	return r;
}

/* Of a merge that has it from a branch, the commit of that branch. */
static int find_best(struct telling *t, struct dver_err *err)
{
	AUTO_HISTORY_WAY struct history_way way = { .v = NULL };
	uint8_t id[GIT_ID_SIZE];
	int r;

	if (t->out.best == SIZE_MAX)
		return 0;
	git_unhex(id, t->line[t->out.best].commit);
	r = history_follow(&way, &t->v.h, id, NULL, true, err);
	if (r < 0)
		return r;
	return history_commit(&t->names, &t->out.best_commit, &t->v.h,
			      way.n ? way.v[0].id : id, err);
}

static int add_turn(struct telling *t, const struct history_turn *x,
		    struct dver_err *err)
{
	const struct dver_moment *old = &t->v.states[x->old];
	const struct dver_moment *now = &t->v.states[x->now];
	struct dver_value_turn *turn = &t->turns[t->out.nturns];
	char *text;
	int r;

	*turn = (struct dver_value_turn){ .ago = x->ago };
	compare_change(&turn->change, t->v.path, t->v.name, t->v.better,
		       &old->value, &now->value, &t->text);
	turn->change.old_problem = old->problem;
	turn->change.new_problem = now->problem;
	if (turn->change.has_difference) {
		text = arena_strdup(&t->names.arena, t->text.data, t->text.len);
		if (!text)
			return err_nomem(err);
		turn->change.difference.text = text;
	}
	r = history_commit(&t->names, &turn->commit, &t->v.h, x->id, err);
	t->out.nturns += r == 0;
	return r;
}

static int make_turns(struct telling *t, uint64_t max, struct dver_err *err)
{
	const struct history_way *w = &t->way;
	size_t n = history_told(w, &t->v.h, max, &t->out.more);
	int r = 0;

	t->turns = mem_array(n + 1, sizeof(*t->turns));
	if (!t->turns)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_turn(t, &w->v[i], err);
	t->out.turns = t->turns;
	return r;
}

static bool same_moment(const struct dver_moment *a,
			const struct dver_moment *b)
{
	if (a->kind != b->kind || a->kind == DVER_MOMENT_NOTHING)
		return a->kind == b->kind;
	return a->kind == DVER_MOMENT_PROBLEM
	       || compare_equal(&a->value, &b->value);
}

/* In another file, a value of this name, the same one if there is it. */
static int find_before(struct telling *t, struct dver_err *err)
{
	const struct history_turn *last = t->way.n
					  ? &t->way.v[t->way.n - 1] : NULL;
	AUTO_VIEW struct view view = { .rep = NULL };
	const char *hex;
	bool found = false;
	int r;

	if (!last || last->first || last->old != HISTORY_NOTHING ||
	    last->now == HISTORY_NOTHING ||
	    !history_in_range(&t->v.h, last->id))
		return 0;
	hex = history_hex(&t->names, last->parent, err);
	r = hex ? view_open(&view, &t->v.rep, hex, err) : DVER_ENOMEM;
	for (size_t i = 0; r == 0 && !found && i < view.n; i++) {
		const struct flat *f;

		r = view_read(&view, &view.v[i], &f, err);
		for (size_t k = 0; r == 0 && k < f->n; k++) {
			struct dver_moment m = { DVER_MOMENT_VALUE,
						 f->v[k].value, NULL };

			if (!streq(f->v[k].name, t->v.name) ||
			    (t->out.before &&
			     !same_moment(&m, &t->v.states[last->now])))
				continue;
			found = same_moment(&m, &t->v.states[last->now]);
			t->out.before = arena_strdup(&t->names.arena,
						     view.v[i].path,
						     strlen(view.v[i].path));
			t->out.before_commit = hex;
			r = t->out.before ? 0 : err_nomem(err);
		}
	}
	return r;
}

static int follow(struct telling *t, struct dver_err *err)
{
	struct history *h = &t->v.h;
	struct history_way *w = &t->way;
	int r = history_follow(w, h, h->tip, NULL, false, err);

	if (r < 0)
		return r;
	t->out.in_git = true;
	t->out.ago = w->n ? w->v[0].ago : w->ago;
	t->out.cut = w->cut;
	t->out.oldest = history_hex(&t->names, w->oldest, err);
	if (!t->out.oldest)
		return DVER_ENOMEM;
	return w->n ? history_commit(&t->names, &t->out.since, h, w->v[0].id,
				     err) : 0;
}

static int tell(struct telling *t, const struct dver_timeline_opts *o,
		struct dver_err *err)
{
	struct value_history *v = &t->v;
	uint32_t at = HISTORY_NOTHING, here = HISTORY_NOTHING;
	int r = history_line(&v->h, err);

	if (r == 0)
		r = value_history_fetch(v, err);
	if (r == 0 && !o->rev)
		r = value_history_here(v, &here, err);
	t->out.has_here = r > 0;
	if (r >= 0)
		r = make_line(t, err);
	if (r == 0 && v->h.born)
		r = history_state(&v->h, v->h.tip, &at, err);
	if (r == 0 && v->h.born)
		r = follow(t, err);
	if (r == 0)
		r = make_turns(t, o->max, err);
	if (r == 0)
		r = find_best(t, err);
	if (r == 0)
		r = find_before(t, err);
	if (r < 0)
		return r;
	t->out.path = v->path;
	t->out.name = v->name;
	t->out.better = v->better;
	t->out.at = v->states[at];
	t->out.here = v->states[here];
	t->out.differs = t->out.has_here && here != at;
	return t->fn(t->data, &t->out);
}

int dver_value_history(struct dver_repo *repo, enum dver_values what,
		       const char *path, const char *name,
		       const struct dver_timeline_opts *opts,
		       int (*fn)(void *data,
				 const struct dver_value_history *h),
		       void *data, struct dver_err *err)
{
	static const struct dver_timeline_opts none = { .rev = NULL };
	const struct dver_timeline_opts *o = opts ? opts : &none;
	struct telling t = { .fn = fn, .data = data, .text = BUF_BIG };
	int r = value_history_open(&t.v, repo, what, path, name, o->rev, err);

	if (r == 0)
		r = tell(&t, o, err);
	history_way_release(&t.way);
	free(t.line);
	free(t.turns);
	history_names_release(&t.names);
	buf_release(&t.text);
	value_history_close(&t.v);
	return r;
}
