/*
 * tracked - which files a dver.lock has the ids of.
 */
#ifndef REPORT_TRACKED_H
#define REPORT_TRACKED_H

#include "repo/lockfile.h"

struct tracked_out {
	char *path;		/* from the root; owned */
	bool tree;		/* it is a folder */
	bool no_cache;		/* the store has it not */
	struct oid id;
};
struct tracked {
	struct tracked_out *v;	/* owned; by path */
	size_t n;
	char *problem;		/* the file is broken: why; owned */
};
/*
 * What the text of the lock file `path` says of outputs; what is wrong with
 * it is told in `problem`.
 */
int tracked_read(struct tracked **out, const char *path, const char *text,
		 size_t len, struct dver_err *err);
void tracked_free(struct tracked *t);
/* The output that is or holds `path`, or NULL. */
const struct tracked_out *tracked_holding(const struct tracked *t,
					  const char *path);

#endif
