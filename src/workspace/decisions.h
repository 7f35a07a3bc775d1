/*
 * decisions - which side was taken of files in conflict, until all of their
 * output are decided, or of stages, until all of their lock file are: the file
 * `.dver/resolve`.
 *
 *	dver resolve 1
 *	conflict <SHA-256 of the three texts> <path of the pointer or lock file>
 *	ours <path in the output, or name of the stage>
 *	theirs <path in the output>
 *	sum ...
 *
 * Decisions on a conflict of other pointers are none.  A damaged file counts
 * as not there, with a warning: what was decided is asked again.
 */
#ifndef WORKSPACE_DECISIONS_H
#define WORKSPACE_DECISIONS_H

#include "repo/repo.h"
#include "store/oid.h"
#include "workspace/merge.h"

struct decided {
	char *pointer;		/* owned */
	struct oid versions;
	bool seen;		/* it is in conflict still */
	struct strvec ours, theirs;	/* paths in the output */
};
struct decisions {
	struct decided *v;
	size_t n, cap;
	bool changed;
};
int decisions_load(struct decisions *d, struct dver_repo *repo,
		   struct dver_err *err);
void decisions_release(struct decisions *d);
#define AUTO_DECISIONS __attribute__((cleanup(decisions_release)))

/* Those on this conflict, which is noted as seen; NULL: out of memory. */
struct decided *decisions_of(struct decisions *d, const char *pointer,
			     const struct oid *versions);
/* Take a side; the longest path that holds a file decides. */
int decisions_put(struct decisions *d, struct decided *e, const char *path,
		  enum merge_side side, struct dver_err *err);
/* The conflict is done. */
void decisions_clear(struct decisions *d, struct decided *e);
enum merge_side decided_side(const struct decided *e, const char *path);

/* Write what is left, if anything changed; what was not seen goes. */
int decisions_save(struct decisions *d, struct dver_repo *repo,
		   struct dver_err *err);

#endif
