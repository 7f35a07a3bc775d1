/*
 * lockfile_merge - three versions of a lock file's text become one.
 *
 * Stage by stage: what one side changed is taken, and what both changed alike;
 * a stage that both changed, added or deleted otherwise is a clash, also when
 * both ran it with the same inputs and other outputs came.  Stages are equal
 * when their texts are, as this program writes them.
 */
#ifndef REPO_LOCKFILE_MERGE_H
#define REPO_LOCKFILE_MERGE_H

#include "dver/merge.h"
#include "repo/lockfile.h"

struct lock_text { const char *text; size_t len; };	/* NULL: no file */

/* Parts of a stage, as bits. */
enum { LOCK_CMD = 1, LOCK_DEPS = 2, LOCK_PARAMS = 4, LOCK_OUTS = 8 };

struct lock_clash {
	const char *stage;	/* NULL: the sides disagree on the whole file:
				   one has none, or cannot be read */
	const char *why;	/* for people */
	unsigned differs;	/* LOCK_..., between the sides */
	const struct locked_stage *ours, *theirs;	/* NULL: none */
};

struct lockfile_merge {
	const char *path;	/* of the lock file */
	/* A clash; it may take one of the sides. */
	int (*clash)(void *data, const struct lock_clash *c,
		     enum dver_side *side, struct dver_err *err);
	void *data;
};

enum lock_merged {
	LOCK_MERGED,	/* *out is a lock file's text */
	LOCK_GONE,	/* there shall be none */
	LOCK_MARKED,	/* clashes stand between git's markers in *out */
	LOCK_CLASH,	/* of the whole file; *out is empty */
};
/*
 * A base that is itself a merge with clashes (git makes such) is no base for
 * the stages in question: they clash where the sides differ.  DVER_EFORMAT: a
 * side that was taken cannot be read.
 */
int lockfile_merge(const struct lockfile_merge *m, struct lock_text base,
		   struct lock_text ours, struct lock_text theirs,
		   struct buf *out, enum lock_merged *how,
		   struct dver_err *err);
/*
 * A text with conflict markers (also git's own, of any length) as one of the
 * sides has it, appended to *out.  False: they are not in order.
 */
bool lockfile_side(struct buf *out, struct lock_text t, enum dver_side side);

#endif
