/*
 * resolve_internal - what the parts of dver_resolve() share: pointers and
 * .gitignore files in resolve.c, lock files in resolve_lock.c.
 */
#ifndef WORKSPACE_RESOLVE_INTERNAL_H
#define WORKSPACE_RESOLVE_INTERNAL_H

#include "repo/git.h"
#include "workspace/decisions.h"
#include "workspace/merging.h"
#include "workspace/tracking.h"

typedef int (*resolved_fn)(void *data, const struct dver_resolved *r);

struct resolving {
	struct session *ss;
	struct merging *x;
	const struct dver_resolve_opts *opts;
	struct strvec targets;		/* clean paths; none: all */
	struct strvec words;		/* the same as they were given */
	struct buf here;		/* the folder where we are */
	struct strvec met;		/* targets in which a conflict lies */
	struct decisions decisions;
	struct tracking tracking;
	bool left;			/* a conflict remains */
	merge_hear_fn conflict;
	resolved_fn resolved;
	void *data;
};

/* Is all of that pointer, lock file or .gitignore meant? */
bool resolve_wants(const struct resolving *z, const char *path);
/* The decisions on this conflict; borrowed. */
int resolve_decided(struct decided **out, struct resolving *z,
		    const struct git_conflict *c, struct dver_err *err);
/* It is decided: write it, or remove it (`gone`). */
int resolve_finish(struct resolving *z, const char *path,
		   const struct buf *text, bool gone, struct dver_err *err);
/* It is not. */
int resolve_leave(struct resolving *z, const char *path, uint64_t left);

/* A lock file in conflict (git_each_conflict). */
int resolve_lock(void *data, const struct git_conflict *c,
		 struct dver_err *err);

#endif
