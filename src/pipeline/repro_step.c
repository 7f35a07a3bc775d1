/*
 * repro_step - what becomes of one stage: nothing, its old result, or a run.
 */
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/repro_internal.h"
#include "pipeline/runs.h"
#include "repo/remotes.h"
#include "workspace/stage_data.h"

/* What is about to be done for a stage. */
struct step {
	struct repro *x;
	struct task *t;
	const struct locked_stage *was;	/* NULL: never run */
	const char *missing;		/* an input that is not there */
	struct why why;
};

static int done(struct repro *x, struct task *t,
		enum dver_stage_event_kind kind, size_t *count,
		struct dver_err *err)
{
	t->state = TASK_DONE;
	(*count)++;
	turn_release(&t->turn);
	return repro_say(x, t, kind, NULL, err);
}

/* Would a stage before it run?  Then nobody knows what it will find. */
static bool needs_change(const struct step *st)
{
	const struct repro *x = st->x;
	size_t i = (size_t)(st->t->s - x->p->v);

	for (size_t j = x->g->need_at[i]; j < x->g->need_at[i + 1]; j++)
		if (x->v[x->g->need[j]].may_change)
			return true;
	return false;
}

/* An output of a stage before it would be new. */
static int add_what_may_change(struct step *st, struct dver_err *err)
{
	const struct repro *x = st->x;
	size_t i = (size_t)(st->t->s - x->p->v);
	int r = 0;

	for (size_t j = x->g->need_at[i]; r == 0 && j < x->g->need_at[i + 1];
	     j++) {
		const struct task *need = &x->v[x->g->need[j]];

		if (need->may_change)
			r = why_add(&st->why, DVER_REASON_INPUT,
				    need->s->address, NULL, NULL, err);
	}
	return r;
}

static int compare(struct step *st, struct dver_err *err)
{
	struct repro *x = st->x;
	struct task *t = st->t;
	int r = locks_find(&x->locks, t->s, &st->was, err);

	why_release(&st->why);
	locked_stage_release(&t->now);
	if (r == 0)
		r = stage_as_is(&t->now, t->s, &x->disk, x->params,
				&st->missing, err);
	if (r == 0 && x->opts->force)
		r = why_add(&st->why, DVER_REASON_FORCED, NULL, NULL, NULL,
			    err);
	if (r == 0)
		r = why_run(&st->why, t->s, &t->now, st->was, err);
	if (r == 0 && x->opts->dry)
		r = add_what_may_change(st, err);
	return r;
}

static int tell_start(struct step *st, struct dver_err *err)
{
	const struct stage *s = st->t->s;
	struct dver_stage_event e = {
		.kind = DVER_STAGE_START, .stage = s->address,
		.commands = (const char *const *)s->cmds.v,
		.ncommands = s->cmds.n, .reasons = st->why.v,
		.nreasons = st->why.n };

	return repro_tell(st->x, &e, err);
}

static int dry(struct step *st, struct dver_err *err)
{
	st->t->may_change = true;
	st->t->state = TASK_DONE;
	st->x->stats->changed++;
	return tell_start(st, err);
}

/* Bring back outputs; 1: they are there. */
static int restore(struct step *st, const struct locked_stage *from,
		   struct dver_err *err)
{
	AUTO_FREE const char **keep = mem_array(st->t->s->nouts + 1,
						sizeof(*keep));
	struct lockfile_seen *lock = NULL;
	size_t n = 0;
	int r = keep ? repro_precious(st->x, st->t, st->was, true, keep, &n,
				      err) : err_nomem(err);

	if (r == 0 && n)
		r = stage_data_clear(st->x->repo, NULL, 0, keep, n, err);
	if (r == 0)
		r = locks_change(&st->x->locks, st->t->s, &lock, err);
	if (r == 0)
		r = stage_data_restore(st->x->repo, lock, from, &st->x->told,
				       err);
	st->x->shared |= lock && lock->others;
	if (r == 0)
		r = disk_ran(&st->x->disk, st->t->s, NULL, err);
	if (r == 0)
		r = done(st->x, st->t, DVER_STAGE_RESTORED,
			 &st->x->stats->restored, err);
	return r < 0 ? r : 1;
}

/* Only outputs are gone, and the store has them. */
static int try_recorded(struct step *st, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage was = { .name = NULL };
	int r = 1;

	if (!st->was || !why_only_missing(&st->why))
		return 0;
	for (size_t i = 0; r > 0 && i < st->was->nouts; i++) {
		const struct locked *o = &st->was->outs[i];

		if (!o->no_cache || !disk_at(&st->x->disk, o->p.out)->kind)
			r = stage_data_stored(st->x->repo, &o->p, err);
	}
	if (r > 0)
		r = locked_stage_copy(&was, st->was, err) < 0 ? err->code : 1;
	/* The same outputs, sorted alike. */
	for (size_t i = 0; r > 0 && i < was.nouts; i++)
		was.outs[i].keep = was.outs[i].no_cache &&
				   !disk_at(&st->x->disk,
					    was.outs[i].p.out)->kind;
	return r <= 0 ? r : restore(st, &was, err);
}

/* It need not run, if only somebody asked. */
static void tell_of_run(const struct step *st)
{
	AUTO_REMOTE struct remote at = REMOTE_INIT;
	int r = config_remote(st->x->repo, NULL, &at, NULL);

	if (r == 0)
		r = runs_known(st->x->repo, &st->t->now, NULL);
	if (r > 0)
		repo_note(st->x->repo, DVER_NOTE_INFO, "stage '%s' ran before "
			  "with the same inputs; what it made is not here: "
			  "dver repro --pull looks for it in the remote",
			  st->t->s->address);
}

static int try_runs(struct step *st, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };
	struct task *t = st->t;
	int r;

	if (st->x->opts->no_run_cache || !runs_allowed(t->s, &t->now))
		return 0;
	r = runs_find(st->x->repo, &t->now, &run, err);
	if (r == 0 && st->x->opts->pull)
		r = runs_fetch(st->x->repo, &t->now, &run, err);
	else if (r == 0)
		tell_of_run(st);
	if (r <= 0)
		return r;
	free(run.name);
	run.name = strdup(t->s->name);
	run.cmd_list = t->s->cmd_list;
	/* Both sorted, and the key has the names: flags are those of today. */
	for (size_t i = 0; i < run.nouts && i < t->now.nouts; i++) {
		run.outs[i].no_cache = t->now.outs[i].no_cache;
		run.outs[i].no_push = t->now.outs[i].no_push;
		run.outs[i].keep = t->now.outs[i].keep;
	}
	if (!runs_allowed(t->s, &run))
		return 0;
	return run.name ? restore(st, &run, err) : err_nomem(err);
}

static int clear(struct step *st, struct dver_err *err)
{
	const struct stage *s = st->t->s;
	AUTO_FREE const char **outs = mem_array(s->nouts + 1, sizeof(*outs));
	AUTO_FREE const char **keep = mem_array(s->nouts + 1, sizeof(*keep));
	size_t n = 0, nkeep = 0;
	int r;

	if (!outs || !keep)
		return err_nomem(err);
	for (size_t i = 0; i < s->nouts; i++)
		if (!s->outs[i].persist)
			outs[n++] = s->outs[i].path;
	r = repro_precious(st->x, st->t, st->was, false, keep, &nkeep, err);
	return r < 0 ? r : stage_data_clear(st->x->repo, outs, n, keep, nkeep,
					    err);
}

static int start(struct step *st, struct dver_err *err)
{
	struct repro *x = st->x;
	struct task *t = st->t;
	int r = x->opts->ask ? x->opts->ask(x->opts->data, t->s->address) : 1;

	if (r < 0)
		return err_set(err, DVER_ECANCEL, "stopped before stage '%s'",
			       t->s->address);
	if (r == 0)
		return done(x, t, DVER_STAGE_FROZEN, &x->stats->frozen, err);
	r = clear(st, err);
	if (r == 0)
		r = turn_begin(&t->turn, err);
	if (r == 0)
		r = tell_start(st, err);
	if (r == 0)
		r = exec_start(&t->exec, x->repo, t->s, turn_fd(&t->turn),
			       err);
	if (r < 0)
		return r;
	why_release(&t->why);
	t->why = st->why;
	st->why = (struct why)WHY_INIT;
	t->state = TASK_RUNS;
	x->running++;
	return 0;
}

static int fail_missing(struct step *st, struct dver_err *err)
{
	AUTO_FREE char *why = str_printf("its input '%s' is not there: check "
					 "its name; dver pull brings what is "
					 "tracked", st->missing);

	return why ? repro_fail(st->x, st->t, -1, why, err) : err_nomem(err);
}

/* It is ours to bring up to date. */
static int make(struct step *st, struct dver_err *err)
{
	struct repro *x = st->x;
	struct task *t = st->t;
	int r = locks_check_merged(&x->locks, t->s, err);

	if (r == 0 && !x->opts->force)
		r = try_recorded(st, err);
	if (r != 0)
		return MIN(r, 0);
	if (st->missing)
		return fail_missing(st, err);
	if (x->opts->accept)
		return repro_record(x, t, err);
	r = repro_remember(x, t, st->was, err);
	if (r == 0 && !x->opts->force)
		r = try_runs(st, err);
	return r != 0 ? MIN(r, 0) : start(st, err);
}

static int wait_turn(struct repro *x, struct task *t, struct dver_err *err)
{
	x->shared = true;
	if (t->told_waiting)
		return 0;
	t->told_waiting = true;
	return repro_say(x, t, DVER_STAGE_WAITING, NULL, err);
}

/* Another dver may have made it what we want: all is seen anew, once. */
static int look_again(struct repro *x, struct task *t, struct dver_err *err)
{
	const char *changed;
	int r;

	t->looked = true;
	locks_forget(&x->locks);
	params_cache_forget(x->params);
	r = disk_ran(&x->disk, t->s, NULL, err);
	return r < 0 ? r : disk_inputs(&x->disk, t->s, &changed, err);
}

/* It is told what it would run for; what cannot be told is no failure. */
static int leave_frozen(struct step *st, struct dver_err *err)
{
	struct repro *x = st->x;
	struct dver_stage_event e = { .kind = DVER_STAGE_FROZEN,
				      .stage = st->t->s->address };
	struct dver_err why;
	int r = compare(st, &why);

	if (r == DVER_ECANCEL || r == DVER_ENOMEM)
		return err_set(err, r, "%s", why.msg);
	if (r == 0) {
		e.reasons = st->why.v;
		e.nreasons = st->why.n;
	}
	st->t->state = TASK_DONE;
	x->stats->frozen++;
	return repro_tell(x, &e, err);
}

static int step(struct step *st, struct dver_err *err)
{
	struct repro *x = st->x;
	struct task *t = st->t;
	int r;

	if (t->s->frozen)
		return leave_frozen(st, err);
	r = compare(st, err);
	if (r < 0)
		return r;
	if (st->why.n == 0) {
		if (!x->opts->dry)
			turn_settle(x->repo, t->s);
		return done(x, t, DVER_STAGE_SAME, &x->stats->same, err);
	}
	if (x->opts->dry)
		return st->missing && !needs_change(st)
		       ? fail_missing(st, err) : dry(st, err);
	r = turn_take(&t->turn, x->repo, t->s, err);
	if (r < 0)
		return r;
	if (r == 0)
		return wait_turn(x, t, err);
	if (!locks_fresh(&x->locks, t->s))
		x->shared = true;
	if (!x->shared || t->looked)
		return make(st, err);
	r = look_again(x, t, err);
	return r < 0 ? r : step(st, err);
}

int repro_step(struct repro *x, struct task *t, struct dver_err *err)
{
	struct step st = { .x = x, .t = t, .why = WHY_INIT };
	struct dver_err why = { 0 };
	int r = step(&st, &why);

	why_release(&st.why);
	if (t->state != TASK_RUNS && t->state != TASK_WAITS)
		turn_release(&t->turn);
	/* What is wrong with one stage is no reason to forget the others. */
	if (r < 0 && r != DVER_ECANCEL && r != DVER_ENOMEM)
		return repro_fail(x, t, -1, why.msg, err);
	return r < 0 ? err_set(err, r, "%s", why.msg) : r;
}
