/*
 * locks - the lock files of a pipeline, each read when it is first asked for.
 */
#ifndef PIPELINE_LOCKS_H
#define PIPELINE_LOCKS_H

#include "pipeline/stage.h"
#include "repo/lockfile_seen.h"
#include "repo/repo.h"

struct locks {
	struct dver_repo *repo;
	struct lockfile_seen *v;	/* owned, in the order asked for */
	size_t n, cap;
	struct strvec unmerged;	/* lock files that git has in conflict */
	bool asked;		/* git was asked for these */
};
void locks_release(struct locks *l);
/*
 * What was recorded of the stage; NULL: nothing.  Good until one of its file
 * is changed, or locks_forget().
 */
int locks_find(struct locks *l, const struct stage *s,
	       const struct locked_stage **out, struct dver_err *err);
/*
 * May the stage's lock file be written?  DVER_ECONFLICT: git has it in
 * conflict, also where no markers stand in it; writing would decide that.
 */
int locks_check_merged(struct locks *l, const struct stage *s,
		       struct dver_err *err);
/* Others may have written: read all anew. */
void locks_forget(struct locks *l);
/* Is the stage's lock file still the one that was read? */
bool locks_fresh(const struct locks *l, const struct stage *s);
/* Its lock file ("sub/dver.yaml" has "sub/dver.lock"), to be changed. */
int locks_change(struct locks *l, const struct stage *s,
		 struct lockfile_seen **out, struct dver_err *err);

#endif
