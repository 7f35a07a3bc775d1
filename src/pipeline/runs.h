/*
 * runs - the run cache: has a stage run with these inputs before?  Its entries
 * are repo/runfile.h's.
 */
#ifndef PIPELINE_RUNS_H
#define PIPELINE_RUNS_H

#include "pipeline/stage.h"
#include "repo/lockfile.h"
#include "repo/repo.h"

/*
 * May runs of this stage stand for each other?  It must read something, make
 * something, and the store must have all of it (of what git keeps: files that
 * are metrics or plots).
 */
bool runs_allowed(const struct stage *s, const struct locked_stage *now);
/* Remember a run; `done` has all ids. */
int runs_put(struct dver_repo *repo, const struct locked_stage *done,
	     struct dver_err *err);
/*
 * The latest run of before with the inputs of `now` whose outputs are all in
 * the local store: 1 and *out, 0: there is none.
 */
int runs_find(struct dver_repo *repo, const struct locked_stage *now,
	      struct locked_stage *out, struct dver_err *err);
/*
 * The same of runs whose outputs are to be had from the default remote: they
 * are fetched.  A remote that does not answer is told, and no failure.
 */
int runs_fetch(struct dver_repo *repo, const struct locked_stage *now,
	       struct locked_stage *out, struct dver_err *err);
/* Is there a run with these inputs, wherever its outputs are?  1, 0, < 0. */
int runs_known(struct dver_repo *repo, const struct locked_stage *now,
	       struct dver_err *err);

#endif
