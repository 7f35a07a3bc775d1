/*
 * repro - which stages, and when.
 */
#include "dver/repro.h"

#include <signal.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "format/glob.h"
#include "pipeline/repro_internal.h"
#include "pipeline/targets.h"
#include "workspace/stage_data.h"

#define POLL_MS 100
#define GRACE_MS 10000	/* between signals to commands that are to stop */

int repro_tell(struct repro *x, struct dver_stage_event *e,
	       struct dver_err *err)
{
	int r = x->opts->event ? x->opts->event(x->opts->data, e) : 0;

	return r == 0 ? 0 : err_set(err, DVER_ECANCEL, "stopped");
}

int repro_say(struct repro *x, const struct task *t,
	      enum dver_stage_event_kind kind, const char *text,
	      struct dver_err *err)
{
	return repro_tell(x, &(struct dver_stage_event){
		.kind = kind, .stage = t->s->address, .text = text }, err);
}

static int on_line(void *data, const struct stage *s, const char *line,
		   struct dver_err *err)
{
	return repro_tell(data, &(struct dver_stage_event){
		.kind = DVER_STAGE_LINE, .stage = s->address, .text = line },
		err);
}

/* Nothing that it needs is still to be done; *bad: something failed. */
static bool is_ready(const struct repro *x, size_t i, const struct task **bad)
{
	bool ready = true;

	*bad = NULL;
	if (x->p->v[i].frozen || x->opts->single)
		return true;
	for (size_t j = x->g->need_at[i]; j < x->g->need_at[i + 1]; j++) {
		const struct task *t = &x->v[x->g->need[j]];

		if (t->state == TASK_FAILED)
			*bad = t;
		ready = ready && (t->state == TASK_DONE ||
				  t->state == TASK_OUT);
	}
	return ready;
}

static int begin_some(struct repro *x, bool *moved, bool *waits,
		      struct dver_err *err)
{
	size_t jobs = (size_t)MIN(MAX(x->opts->jobs, 1), EXECS_MAX);
	int r = 0;

	*moved = *waits = false;
	for (size_t k = 0; r == 0 && k < x->p->n; k++) {
		size_t i = x->g->order[k];
		struct task *t = &x->v[i];
		const struct task *bad;

		if (t->state != TASK_WAITS || x->stop || x->running >= jobs)
			continue;
		r = cancel_check(&x->repo->cancel, err);
		if (r < 0)
			break;
		if (!is_ready(x, i, &bad)) {
			if (!bad)
				continue;
			t->state = TASK_FAILED;
			x->stats->blocked++;
			*moved = true;
			r = repro_say(x, t, DVER_STAGE_BLOCKED,
				      bad->s->address, err);
			continue;
		}
		r = repro_step(x, t, err);
		*waits |= t->state == TASK_WAITS;
		*moved |= t->state != TASK_WAITS;
	}
	return r;
}

static size_t gather(struct repro *x, struct exec *v[EXECS_MAX],
		     struct task *tasks[EXECS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < x->p->n && n < EXECS_MAX; i++)
		if (x->v[i].state == TASK_RUNS) {
			tasks[n] = &x->v[i];
			v[n++] = x->v[i].exec;
		}
	return n;
}

static int attend(struct repro *x, bool *moved, struct dver_err *err)
{
	struct exec *v[EXECS_MAX];
	struct task *tasks[EXECS_MAX];
	size_t n = gather(x, v, tasks);
	int r = exec_wait(v, n, POLL_MS, on_line, x, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!v[i]->pid) {
			*moved = true;
			r = repro_ended(x, tasks[i], err);
		}
	return r;
}

static void signal_all(struct repro *x, int sig)
{
	for (size_t i = 0; i < x->p->n; i++)
		if (x->v[i].state == TASK_RUNS)
			exec_signal(x->v[i].exec, sig);
}

static bool some_run(const struct repro *x)
{
	for (size_t i = 0; i < x->p->n; i++)
		if (x->v[i].state == TASK_RUNS && x->v[i].exec->pid)
			return true;
	return false;
}

/* Ask commands to end, then make them. */
static void end_all(struct repro *x)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGKILL };
	struct exec *v[EXECS_MAX];
	struct task *tasks[EXECS_MAX];

	for (size_t i = 0; i < 3 && some_run(x); i++) {
		signal_all(x, sigs[i]);
		for (int ms = 0; ms < GRACE_MS && some_run(x); ms += POLL_MS) {
			size_t n = gather(x, v, tasks);

			for (size_t j = 0; j < n; j++)
				v[j]->next = v[j]->s->cmds.n;
			if (exec_wait(v, n, POLL_MS, NULL, NULL, NULL) < 0)
				break;
		}
	}
	/* What a command left in the background may not hear the first. */
	signal_all(x, SIGKILL);
}

static int drive(struct repro *x, struct dver_err *err)
{
	bool moved = true, waits = true;
	int r = 0;

	while (r == 0 && (moved || waits || x->running)) {
		r = begin_some(x, &moved, &waits, err);
		if (r == 0 && (x->running || waits))
			r = attend(x, &moved, err);
		if (r == 0)
			r = cancel_check(&x->repo->cancel, err);
	}
	if (r < 0)
		end_all(x);
	return r;
}

/* Names that match a pattern. */
static int mark_matching(struct repro *x, const char *pattern,
			 unsigned char *marks, struct dver_err *err)
{
	bool any = false;

	for (size_t i = 0; i < x->p->n; i++)
		if (glob_match(pattern, x->p->v[i].address))
			marks[i] = any = true;
	return any ? 0 : err_set(err, DVER_ENOTFOUND, "no stage's name "
				 "matches '%s'", pattern);
}

static int choose(struct repro *x, const char *const *targets, size_t n,
		  struct dver_err *err)
{
	AUTO_FREE unsigned char *marks = mem_array(x->p->n + 1, 1);
	int r = 0;

	x->v = mem_array(x->p->n + 1, sizeof(*x->v));
	if (!marks || !x->v)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && x->opts->glob && i < n; i++)
		r = mark_matching(x, targets[i], marks, err);
	if (n && !x->opts->glob)
		r = targets_mark(x->p, x->repo, targets, n, marks, err);
	for (size_t i = 0; n == 0 && i < x->p->n; i++)
		marks[i] = 1;
	if (r == 0 && x->opts->downstream)
		graph_mark_users(x->g, marks);
	else if (r == 0 && !x->opts->single)
		graph_mark_needed(x->g, marks);
	for (size_t i = 0; i < x->p->n; i++) {
		x->v[i].s = &x->p->v[i];
		x->v[i].state = marks[i] ? TASK_WAITS : TASK_OUT;
	}
	return r;
}

static int look(struct repro *x, struct dver_err *err)
{
	AUTO_FREE const struct stage **v = mem_array(x->p->n + 1, sizeof(*v));
	size_t n = 0;

	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < x->p->n; i++)
		if (x->v[i].state == TASK_WAITS)
			v[n++] = &x->p->v[i];
	return disk_look(&x->disk, x->repo, v, n, err);
}

static void release(struct repro *x)
{
	for (size_t i = 0; x->v && i < x->p->n; i++) {
		exec_free(x->v[i].exec);
		turn_release(&x->v[i].turn);
		locked_stage_release(&x->v[i].now);
		why_release(&x->v[i].why);
	}
	free(x->v);
	strvec_release(&x->told);
	disk_release(&x->disk);
	locks_release(&x->locks);
	params_cache_free(x->params);
	graph_free(x->g);
	pipeline_free(x->p);
}

static int load(struct repro *x, const char *const *targets, size_t n,
		struct dver_err *err)
{
	int r = x->opts->known ? pipeline_load_known(&x->p, x->repo, err)
			       : pipeline_load(&x->p, x->repo, err);

	if (r == 0 && x->p->n == 0)
		r = err_set(err, DVER_ENOTFOUND, "there is no stage here: "
			    "dver stage add writes one into " PIPELINE_FILE);
	if (r == 0)
		r = graph_new(&x->g, x->p, err);
	if (r == 0)
		r = graph_check_tracked(x->p, x->repo, err);
	if (r == 0)
		r = params_cache_new(&x->params, x->repo, err);
	return r < 0 ? r : choose(x, targets, n, err);
}

int dver_repro(struct dver_repo *repo, const char *const *targets, size_t n,
	       const struct dver_repro_opts *opts,
	       struct dver_repro_stats *stats, struct dver_err *err)
{
	static const struct dver_repro_opts none = { .force = false };
	struct repro x = { .repo = repo, .opts = opts ? opts : &none,
			   .stats = stats, .locks = { .repo = repo } };
	int r = load(&x, targets, n, err);

	*stats = (struct dver_repro_stats){ 0 };
	if (r == 0)
		r = look(&x, err);
	if (r == 0)
		r = repro_lacking(&x, err);
	if (r == 0)
		r = drive(&x, err);
	if (r == 0)
		r = repro_drop(&x, err);
	if (x.told.n) {
		int s = repro_tell_git(&x, r < 0 ? NULL : err);

		r = r < 0 ? r : s;
	}
	if (r == 0 && stats->failed)
		r = err_set(err, DVER_ECHILD, "%zu stage%s failed",
			    stats->failed, stats->failed > 1 ? "s" : "");
	release(&x);
	return r;
}

bool dver_has_stages(struct dver_repo *repo)
{
	AUTO_FREE char *path = path_join(repo->root, PIPELINE_FILE);
	AUTO_FREE char *lock = path_join(repo->root, LOCKFILE_NAME);

	return (path && access(path, F_OK) == 0) ||
	       (lock && access(lock, F_OK) == 0);
}
