/*
 * gc_runs - entries of the run cache that nobody can use any more.
 */
#ifndef WORKSPACE_GC_RUNS_H
#define WORKSPACE_GC_RUNS_H

#include "repo/pointer.h"
#include "repo/repo.h"

struct gc_runs {
	struct dver_repo *repo;
	struct store *store;		/* its indexes are loaded */
	struct store_io *io;
	/* Does the object stay? */
	bool (*live)(void *data, const struct oid *id);
	/* Let it stay: a copy of a file that git keeps. */
	int (*keep)(void *data, const struct pointer *p,
		    struct dver_err *err);
	void *data;		/* of both */
	bool dry_run;			/* only count */
};
/*
 * Remove entries that are damaged, or some of whose outputs are not in the
 * store or about to go.  Of a run whose outputs stay, the copies of metrics
 * and plots that git keeps stay, too: without them it is no whole one.  An
 * entry that a remote is known to have stays: its outputs can be fetched.
 * *removed tells how many.  The store's lock is held exclusively, or nothing
 * is removed.
 */
int gc_runs(const struct gc_runs *g, uint64_t *removed, struct dver_err *err);

#endif
