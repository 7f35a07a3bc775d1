/*
 * add_internal - what the parts of an add share: add.c decides what is added
 * and writes pointers, add_scan.c finds out what it is now.
 */
#ifndef WORKSPACE_ADD_INTERNAL_H
#define WORKSPACE_ADD_INTERNAL_H

#include "dver/workspace.h"
#include "workspace/tracking.h"

/* One output that is being added. */
struct adding {
	char *path;		/* owned */
	char *pointer_path;	/* owned */
	const struct output *output;	/* its pointer; NULL: new */
	const struct recorded *was;	/* NULL: never seen here */
	const struct target *subs;	/* parts only; NULL: the whole */
	size_t nsubs;
	struct strvec here;	/* those of the parts of which nothing lacks */
	int kind;		/* what is on the disk; 0: nothing */
	struct scanned now;	/* what it becomes */
	struct scan **scans;	/* owned; their indexes are saved at the end */
	size_t nscans;
};
void adding_release(struct adding *x);

struct add {
	struct session *ss;
	struct scanner *s;
	const struct dver_add_opts *opts;
	struct adding *v;
	size_t n, cap;
	size_t nleft;		/* more of them after v[n]: left out */
	struct filescan *files;
	struct tracking tracking;
};

/*
 * Scan and store all of them, and refuse what must not be added; of an update
 * those that are only behind are taken out of `a`.
 */
int add_scan(struct add *a, struct dver_err *err);

#endif
