/*
 * copy_runs - the runs of stages of a remote, into another.
 */
#ifndef WORKSPACE_COPY_RUNS_H
#define WORKSPACE_COPY_RUNS_H

#include <stdint.h>

#include "repo/repo.h"

struct remote;
struct store;

/*
 * *n: how many were copied, or would be in a dry run.  What they made is
 * there already, as far as `from` has it.  What is no run is left out, and
 * told.
 */
int copy_runs(struct dver_repo *repo, struct store *from,
	      const struct remote *from_at, struct store *to,
	      const struct remote *to_at, bool dry_run, uint64_t *n,
	      struct dver_err *err);

#endif
