/*
 * runs - the run cache: what stages made when they ran before, on whichever
 * branch and in whichever workspace of the store.
 *
 *	runs/ab/<key>/<value>	below the local store
 *
 * The key is the SHA-256 of all that decides what a stage makes: commands,
 * ids of inputs, parameters, names of outputs.  The file is a lock file of
 * that one stage; the value is the SHA-256 of its text.
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

#endif
