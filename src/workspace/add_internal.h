/*
 * add_internal - what the parts of an add share: add_resolve.c decides what is
 * added, add_scan.c finds out what it is now, add.c writes pointers.
 */
#ifndef WORKSPACE_ADD_INTERNAL_H
#define WORKSPACE_ADD_INTERNAL_H

#include "dver/workspace.h"
#include "workspace/judge.h"
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
	struct winnames winnames;
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
	struct judge judge;
	struct tracking tracking;
};

/*
 * The outputs that the words stand for, sorted by path, none in another; no
 * words are all outputs that are here.  DVER_EINVAL names one that is ignored.
 */
int add_resolve(struct add *a, const char *const *typed, size_t n,
		struct dver_err *err);
/*
 * Scan and store all of them, and refuse what must not be added; of an update
 * those that are only behind are taken out of `a`.
 */
int add_scan(struct add *a, struct dver_err *err);
/* Gather new names that Windows cannot hold, and refuse them if asked to. */
int add_winnames(struct add *a, struct dver_err *err);

#endif
