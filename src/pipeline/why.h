/*
 * why - what differs between a stage as it is and the stage that was run: the
 * reasons to run it again.
 */
#ifndef PIPELINE_WHY_H
#define PIPELINE_WHY_H

#include "dver/repro.h"
#include "pipeline/disk.h"
#include "pipeline/params.h"
#include "repo/lockfile.h"

struct why {
	struct dver_reason *v;	/* owned */
	size_t n, cap;
	struct strvec strings;	/* that v points to */
};
#define WHY_INIT { NULL, 0, 0, STRVEC_INIT }
void why_release(struct why *w);
#define AUTO_WHY __attribute__((cleanup(why_release)))

int why_add(struct why *w, enum dver_reason_kind kind, const char *name,
	    const char *was, const char *is, struct dver_err *err);

/*
 * The stage as it would be recorded if it ran now: command, inputs and
 * parameters as they are, outputs as they lie there (without an id where
 * there is nothing).  *missing gets an input that is not there, if given;
 * parameters that a file has not are DVER_ENOTFOUND.
 */
int stage_as_is(struct locked_stage *out, const struct stage *s,
		const struct disk *d, struct params_cache *params,
		const char **missing, struct dver_err *err);
/* Compare it with what was recorded (NULL: never run). */
int why_run(struct why *w, const struct stage *s,
	    const struct locked_stage *now, const struct locked_stage *was,
	    struct dver_err *err);
/* The part of it that compares parameters. */
int why_params(struct why *w, const struct locked_stage *now,
	       const struct locked_stage *was, struct dver_err *err);
/* Only outputs lack, and all else is as it was. */
bool why_only_missing(const struct why *w);

#endif
