/*
 * repro_internal - what the files of dver_repro() share: repro.c chooses
 * stages and drives them, repro_step.c decides what to do with one and begins
 * it, repro_remember.c saves the result of before, repro_precious.c what
 * people did to it, repro_done.c records what came of it, repro_drop.c drops
 * what no stage makes any more, repro_lacking.c has what is not here fetched,
 * repro_told.c tells git, turn.c keeps two from running a stage at once.
 */
#ifndef PIPELINE_REPRO_INTERNAL_H
#define PIPELINE_REPRO_INTERNAL_H

#include "dver/repro.h"
#include "pipeline/disk.h"
#include "pipeline/exec.h"
#include "pipeline/graph.h"
#include "pipeline/locks.h"
#include "pipeline/turn.h"
#include "pipeline/why.h"

enum task_state {
	TASK_OUT,	/* not asked for */
	TASK_WAITS,	/* for stages that it needs, or for its turn */
	TASK_RUNS,
	TASK_DONE,
	TASK_FAILED	/* or blocked */
};

struct task {
	const struct stage *s;
	enum task_state state;
	bool may_change;	/* dry: what it makes may be new */
	bool told_waiting;
	bool looked;		/* again, since its turn came */
	struct turn turn;
	struct exec *exec;	/* owned; while it runs */
	struct locked_stage now;	/* what it runs with */
	struct why why;			/* it runs */
};

struct repro {
	struct dver_repo *repo;
	const struct dver_repro_opts *opts;
	struct dver_repro_stats *stats;
	struct pipeline *p;		/* owned */
	struct graph *g;		/* owned */
	struct disk disk;
	struct params_cache *params;	/* owned */
	struct locks locks;
	struct task *v;			/* owned; one a stage */
	struct strvec told;		/* files that git is to hear of */
	size_t running;
	bool stop;			/* start nothing more */
	bool shared;			/* another dver works here */
};

int repro_tell(struct repro *x, struct dver_stage_event *e,
	       struct dver_err *err);
/* An event with nothing but its kind. */
int repro_say(struct repro *x, const struct task *t,
	      enum dver_stage_event_kind kind, const char *text,
	      struct dver_err *err);
/* The stage cannot go on: told, not returned. */
int repro_fail(struct repro *x, struct task *t, int code, const char *why,
	       struct dver_err *err);

/*
 * All that it needs is done: bring it up to date, or begin to.  Its state says
 * what came of it; it still waits when another dver has its turn.
 */
int repro_step(struct repro *x, struct task *t, struct dver_err *err);
/*
 * With opts->pull what is not here is fetched; with opts->allow_missing it is
 * taken for what it was recorded as.
 */
int repro_lacking(struct repro *x, struct dver_err *err);
/*
 * Which of its outputs, as they lie there now, are neither what was recorded
 * nor in the store: they are to be stored before they go.  `kept`: only those
 * that git keeps.  keep[] has room for all.  DVER_ECONFLICT: git has files in
 * one that dver is to keep.
 */
int repro_precious(struct repro *x, const struct task *t,
		   const struct locked_stage *was, bool kept,
		   const char **keep, size_t *n, struct dver_err *err);
/* Its recorded result is about to be replaced: have it in the run cache. */
int repro_remember(struct repro *x, const struct task *t,
		   const struct locked_stage *was, struct dver_err *err);
/* Drop what lock files have of stages that are no more. */
int repro_drop(struct repro *x, struct dver_err *err);
/* Tell git's index of what was written, where core.autostage is on. */
int repro_tell_git(struct repro *x, struct dver_err *err);
/* Its commands have ended. */
int repro_ended(struct repro *x, struct task *t, struct dver_err *err);
/* Record what lies there as its result. */
int repro_record(struct repro *x, struct task *t, struct dver_err *err);

#endif
