/*
 * merge_differences - in what two versions of a stage differ, one by one.
 */
#ifndef WORKSPACE_MERGE_DIFFERENCES_H
#define WORKSPACE_MERGE_DIFFERENCES_H

#include "base/mem.h"
#include "dver/merge.h"
#include "repo/lockfile.h"

struct differences {
	struct dver_merge_difference *v;	/* owned */
	size_t n, cap;
	struct arena texts;	/* what v points at, besides the stages */
};
#define DIFFERENCES_INIT { NULL, 0, 0, ARENA_INIT }
void differences_release(struct differences *d);
#define AUTO_DIFFERENCES __attribute__((cleanup(differences_release)))

/* Good for as long as both stages are.  False: out of memory. */
bool differences_find(struct differences *d, const struct locked_stage *ours,
		      const struct locked_stage *theirs);

#endif
