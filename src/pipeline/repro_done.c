/*
 * repro_done - what a run made, recorded; or why it counts for nothing.
 */
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "pipeline/last.h"
#include "pipeline/repro_internal.h"
#include "pipeline/runs.h"
#include "workspace/stage_data.h"

int repro_fail(struct repro *x, struct task *t, int code, const char *why,
	       struct dver_err *err)
{
	struct dver_stage_event e = {
		.kind = DVER_STAGE_FAILED, .stage = t->s->address,
		.text = why, .code = code };

	t->state = TASK_FAILED;
	x->stats->failed++;
	x->stop |= !x->opts->keep_going;
	turn_release(&t->turn);
	return repro_tell(x, &e, err);
}

int repro_record(struct repro *x, struct task *t, struct dver_err *err)
{
	bool store = !x->opts->no_commit;
	struct lockfile_seen *lock;
	int r = locks_change(&x->locks, t->s, &lock, err);

	if (r == 0)
		r = stage_data_save(x->repo, lock, &t->now, store, &x->told,
				    err);
	x->shared |= lock && lock->others;
	if (r == 0)
		r = disk_ran(&x->disk, t->s, &t->now, err);
	if (r < 0)
		return r;
	/* A failure to remember it for others is none. */
	if (store && !x->opts->no_run_cache && runs_allowed(t->s, &t->now))
		(void)runs_put(x->repo, &t->now, NULL);
	turn_end(&t->turn);
	turn_release(&t->turn);
	t->state = TASK_DONE;
	if (!x->opts->accept)
		return 0;
	x->stats->ran++;
	return repro_say(x, t, DVER_STAGE_ACCEPTED, NULL, err);
}

/* Did a command change what it reads?  Then nobody knows what it read. */
static int check_inputs(struct repro *x, const struct task *t,
			struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage after = { .name = NULL };
	AUTO_WHY struct why why = WHY_INIT;
	const char *changed;
	int r = disk_inputs(&x->disk, t->s, &changed, err);

	if (r == 0 && changed)
		return err_set(err, DVER_ECONFLICT, "it changed its own input "
			       "'%s': a stage must leave what it reads alone",
			       changed);
	params_cache_forget(x->params);
	if (r == 0 && t->s->nparams)
		r = stage_as_is(&after, t->s, &x->disk, x->params, NULL, err);
	if (r < 0 || !t->s->nparams)
		return r;
	r = why_run(&why, t->s, &after, &t->now, err);
	for (size_t i = 0; r == 0 && i < why.n; i++)
		if (why.v[i].kind == DVER_REASON_PARAM)
			return err_set(err, DVER_ECONFLICT, "it changed its "
				       "own parameter '%s'", why.v[i].name);
	return r;
}

static int record_run(struct repro *x, struct task *t, struct dver_err *err)
{
	struct dver_err why = { 0 };
	int r = check_inputs(x, t, &why);

	if (r == 0)
		r = repro_record(x, t, &why);
	if (r == DVER_ECANCEL || r == DVER_ENOMEM)
		return err_set(err, r, "%s", why.msg);
	if (r < 0)
		return repro_fail(x, t, -1, why.msg, err);
	x->stats->ran++;
	return repro_tell(x, &(struct dver_stage_event){
		.kind = DVER_STAGE_DONE, .stage = t->s->address,
		.seconds = t->exec->seconds, .memory = t->exec->memory }, err);
}

/* For whoever asks later; a failure to note it is none. */
static void note_run(struct repro *x, const struct task *t)
{
	const struct last l = {
		.time = (int64_t)time(NULL), .code = t->exec->code,
		.ms = (uint64_t)(t->exec->seconds * 1000),
		.memory = t->exec->memory, .why = t->why };

	(void)last_write(x->repo, t->s, &l, NULL);
}

int repro_ended(struct repro *x, struct task *t, struct dver_err *err)
{
	AUTO_FREE char *log = NULL;
	AUTO_FREE char *why = NULL;
	int code = t->exec->code, r;

	x->running--;
	note_run(x, t);
	if (code == 0) {
		r = record_run(x, t, err);
		if (r < 0)
			t->state = TASK_FAILED;
		exec_free(TAKE(t->exec));
		return r;
	}
	t->state = TASK_FAILED;
	log = exec_log_path(x->repo, t->s);
	if (log)
		why = str_printf(code > 128 ? "its command was ended by "
				 "signal %d; its output is in '%s'"
				 : "its command failed with exit code %d; its "
				 "output is in '%s'",
				 code > 128 ? code - 128 : code, log);
	r = why ? repro_fail(x, t, code, why, err) : err_nomem(err);
	exec_free(TAKE(t->exec));
	return r;
}
