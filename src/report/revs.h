/*
 * revs - the revisions that a report is of, and what people call them.
 */
#ifndef REPORT_REVS_H
#define REPORT_REVS_H

#include "base/vec.h"
#include "dver/metrics.h"

/* What the workspace is called, where git has no revision of this name. */
#define REVS_WORKSPACE "workspace"

struct rev {
	char *name;	/* for people; owned */
	struct strvec names;	/* the same one by one; not empty; owned */
	char *commit;	/* full id; NULL: the workspace; owned */
	bool implied;	/* nobody named it: nothing is lost if it is left
			   out where it says the same as HEAD */
};
struct revs {
	struct rev *v;	/* owned; no commit twice */
	size_t n, cap;
	char head[48];	/* full id; "": there is none */
};

/*
 * Released by the caller, also after an error.  DVER_ENOTFOUND: a revision
 * that git does not know; DVER_EINVAL: there is no git.
 */
int revs_find(struct revs *out, struct dver_repo *repo,
	      const struct dver_values_opts *o, struct dver_err *err);
void revs_release(struct revs *r);
#define AUTO_REVS __attribute__((cleanup(revs_release)))

#endif
