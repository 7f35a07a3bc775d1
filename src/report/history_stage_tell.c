/*
 * history_stage_tell - dver_stage_history().
 */
#include "base/err.h"
#include "base/rand.h"
#include "report/history_names.h"
#include "report/history_stage.h"

struct telling {
	struct stage_history s;
	struct dver_stage_history out;
	struct history_way way;
	struct dver_stage_turn *turns;	/* owned */
	struct dver_stage_difference *v; /* of all turns; owned */
	size_t n, cap;
	size_t *first;			/* a turn's place in v; owned */
	struct history_names names;	/* and all other strings */
};

static int add(struct telling *t, const struct dver_stage_difference *d,
	       struct dver_err *err)
{
	if (!mem_grow(&t->v, &t->cap, t->n + 1, sizeof(*t->v)))
		return err_nomem(err);
	t->v[t->n++] = *d;
	return 0;
}

/*
 * Texts that only one of two definitions has, was before is.  One command that
 * became another is one difference.
 */
static int compare_texts(struct telling *t, size_t kind,
			 const struct strvec *a, const struct strvec *b,
			 struct dver_err *err)
{
	struct dver_stage_difference d = { .kind = stage_part_kinds[kind],
					   .name = "" };
	bool same = a->n == b->n;
	int r = 0;

	for (size_t i = 0; same && i < a->n; i++)
		same = streq(a->v[i], b->v[i]);
	if (!same && kind == PART_COMMAND && a->n == 1 && b->n == 1) {
		d.was = a->v[0];
		d.is = b->v[0];
		return add(t, &d, err);
	}
	for (size_t i = 0; r == 0 && !same && i < a->n; i++)
		if (kind == PART_COMMAND || !strvec_has(b, a->v[i])) {
			d.was = a->v[i];
			r = add(t, &d, err);
		}
	d.was = NULL;
	for (size_t i = 0; r == 0 && !same && i < b->n; i++)
		if (kind == PART_COMMAND || !strvec_has(a, b->v[i])) {
			d.is = b->v[i];
			r = add(t, &d, err);
		}
	return r;
}

static const char *hex_of(struct telling *t, const struct oid *id)
{
	char hex[2 * sizeof(id->id) + 1];

	hex_encode(hex, id->id, sizeof(id->id));
	return arena_strdup(&t->names.arena, hex, strlen(hex));
}

/* One path of two records; a or b may be NULL. */
static int compare_data(struct telling *t, const char *kind, const char *path,
			const struct locked *a, const struct locked *b,
			struct dver_err *err)
{
	struct dver_stage_difference d = { .recorded = true, .kind = kind,
					   .name = path };

	if (a && b && pointer_same(&a->p, &b->p))
		return 0;
	if (a) {
		d.was = hex_of(t, &a->p.id);
		d.has_was_size = a->p.has_size;
		d.was_size = a->p.size;
	}
	if (b) {
		d.is = hex_of(t, &b->p.id);
		d.has_is_size = b->p.has_size;
		d.is_size = b->p.size;
	}
	if ((a && !d.was) || (b && !d.is))
		return err_nomem(err);
	return add(t, &d, err);
}

/* Both sorted by path. */
static int compare_lists(struct telling *t, const char *kind,
			 const struct locked *a, size_t na,
			 const struct locked *b, size_t nb,
			 struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < na || j < nb)) {
		int c = i == na ? 1 : j == nb ? -1
			: strcmp(a[i].p.out, b[j].p.out);

		r = compare_data(t, kind, c <= 0 ? a[i].p.out : b[j].p.out,
				 c <= 0 ? &a[i] : NULL,
				 c >= 0 ? &b[j] : NULL, err);
		i += c <= 0;
		j += c >= 0;
	}
	return r;
}

static int compare_params(struct telling *t, const struct locked_stage *a,
			  const struct locked_stage *b, struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->nparams || j < b->nparams)) {
		int c = i == a->nparams ? 1 : j == b->nparams ? -1
			: locked_param_compare(&a->params[i], &b->params[j]);
		const struct locked_param *x = c <= 0 ? &a->params[i] : NULL;
		const struct locked_param *y = c >= 0 ? &b->params[j] : NULL;
		const struct locked_param *p = c <= 0 ? &a->params[i]
						      : &b->params[j];
		AUTO_FREE char *name = NULL;
		struct dver_stage_difference d = {
			.recorded = true, .kind = "parameter",
			.was = x ? x->text : NULL, .is = y ? y->text : NULL };

		i += c <= 0;
		j += c >= 0;
		if (x && y && streq(x->text, y->text))
			continue;
		name = str_printf("%s:%s", p->file, p->key);
		d.name = name ? arena_strdup(&t->names.arena, name,
					     strlen(name)) : NULL;
		r = d.name ? add(t, &d, err) : err_nomem(err);
	}
	return r;
}

static int compare_records(struct telling *t, const struct locked_stage *a,
			   const struct locked_stage *b, struct dver_err *err)
{
	size_t from = t->n;
	int r = compare_texts(t, PART_COMMAND, &a->cmds, &b->cmds, err);

	for (size_t i = from; i < t->n; i++)
		t->v[i].recorded = true;
	if (r == 0)
		r = compare_lists(t, "input", a->deps, a->ndeps, b->deps,
				  b->ndeps, err);
	if (r == 0)
		r = compare_params(t, a, b, err);
	return r < 0 ? r : compare_lists(t, "output", a->outs, a->nouts,
					 b->outs, b->nouts, err);
}

static char letter(uint32_t a, uint32_t b, bool problem)
{
	return a == b ? '=' : problem ? '?' : !a ? 'A' : !b ? 'D' : 'M';
}

static int add_turn(struct telling *t, const struct history_turn *x,
		    struct dver_err *err)
{
	const struct stage_state *was = &t->s.states[x->old];
	const struct stage_state *is = &t->s.states[x->now];
	const struct stage_definition *a = &t->s.definitions[was->definition];
	const struct stage_definition *b = &t->s.definitions[is->definition];
	const struct stage_record *c = &t->s.records[was->record];
	const struct stage_record *d = &t->s.records[is->record];
	struct dver_stage_turn *turn = &t->turns[t->out.nturns];
	bool odd = a->problem || b->problem, lock = c->problem || d->problem;
	int r = 0;

	*turn = (struct dver_stage_turn){
		.ago = x->ago, .problem = b->problem ? b->problem : d->problem,
		.definition = letter(was->definition, is->definition, odd),
		.results = letter(was->record, is->record, lock) };
	t->first[t->out.nturns] = t->n;
	for (size_t k = 0; r == 0 && !odd && k < PARTS; k++)
		r = compare_texts(t, k, &a->parts[k], &b->parts[k], err);
	if (r == 0 && !lock)
		r = compare_records(t, &c->stage, &d->stage, err);
	turn->n = t->n - t->first[t->out.nturns];
	if (r == 0)
		r = history_commit(&t->names, &turn->commit, &t->s.h, x->id,
				   err);
	t->out.nturns += r == 0;
	return r;
}

static int make_turns(struct telling *t, uint64_t max, struct dver_err *err)
{
	const struct history_way *w = &t->way;
	size_t n = history_told(w, &t->s.h, max, &t->out.more);
	int r = 0;

	t->turns = mem_array(n + 1, sizeof(*t->turns));
	t->first = mem_array(n + 1, sizeof(*t->first));
	if (!t->turns || !t->first)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_turn(t, &w->v[i], err);
	for (size_t i = 0; i < t->out.nturns; i++)
		t->turns[i].v = t->v + t->first[i];
	t->out.turns = t->turns;
	return r;
}

static uint32_t definition_of(const struct history *h, uint32_t state)
{
	return ((const struct stage_history *)h)->states[state].definition;
}

static uint32_t record_of(const struct history *h, uint32_t state)
{
	return ((const struct stage_history *)h)->states[state].record;
}

static int find_since(struct telling *t, struct dver_stage_since *out,
		      uint32_t (*face)(const struct history *h,
				       uint32_t state), struct dver_err *err)
{
	AUTO_HISTORY_WAY struct history_way way = { .v = NULL };
	struct history *h = &t->s.h;
	int r = history_follow(&way, h, h->tip, face, true, err);

	if (r < 0)
		return r;
	out->ago = way.n ? way.v[0].ago : way.ago;
	out->cut = way.cut;
	out->oldest = history_hex(&t->names, way.oldest, err);
	if (!out->oldest)
		return DVER_ENOMEM;
	return way.n ? history_commit(&t->names, &out->commit, h, way.v[0].id,
				      err) : 0;
}

static int tell(struct telling *t, const struct dver_timeline_opts *o,
		struct dver_err *err)
{
	struct stage_history *s = &t->s;
	uint32_t at = HISTORY_NOTHING, here = HISTORY_NOTHING;
	const struct stage_state *x, *y;
	int r = 0;

	if (!o->rev)
		r = stage_history_here(s, &here, err);
	if (r == 0 && s->h.born)
		r = history_state(&s->h, s->h.tip, &at, err);
	if (r == 0 && s->h.born)
		r = history_follow(&t->way, &s->h, s->h.tip, NULL, false, err);
	if (r == 0)
		r = make_turns(t, o->max, err);
	if (r == 0 && s->h.born)
		r = find_since(t, &t->out.definition, definition_of, err);
	if (r == 0 && s->h.born)
		r = find_since(t, &t->out.results, record_of, err);
	if (r < 0)
		return r;
	x = &s->states[at];
	y = &s->states[here];
	t->out.in_git = s->h.born;
	t->out.has_here = !o->rev;
	t->out.here = y->definition != 0;
	t->out.definition.there = x->definition != 0;
	t->out.definition.problem = s->definitions[x->definition].problem;
	t->out.definition.differs = !o->rev && x->definition != y->definition;
	t->out.definition.here_problem =
		s->definitions[y->definition].problem;
	t->out.results.here_problem = s->records[y->record].problem;
	t->out.results.there = x->record != 0;
	t->out.results.problem = s->records[x->record].problem;
	t->out.results.differs = !o->rev && x->record != y->record;
	return 0;
}

int dver_stage_history(struct dver_repo *repo, const char *file,
		       const char *name, const struct dver_timeline_opts *opts,
		       int (*fn)(void *data,
				 const struct dver_stage_history *h),
		       void *data, struct dver_err *err)
{
	static const struct dver_timeline_opts none = { .rev = NULL };
	const struct dver_timeline_opts *o = opts ? opts : &none;
	struct telling t = { .out = { .file = file } };
	AUTO_FREE char *address = streq(file, PIPELINE_FILE) ? strdup(name)
				  : str_printf("%s:%s", file, name);
	int r = address ? stage_history_open(&t.s, repo, file, name, o->rev,
					     err)
			: err_nomem(err);

	t.out.stage = address;
	if (r == 0)
		r = tell(&t, o, err);
	if (r == 0)
		r = fn(data, &t.out);
	history_way_release(&t.way);
	free(t.turns);
	free(t.first);
	free(t.v);
	history_names_release(&t.names);
	stage_history_close(&t.s);
	return r;
}
