/*
 * graft - trees made out of trees: what is on the disk together with what was
 * never fetched, or one part of a tree exchanged.
 *
 * Only the trees on the way are read and written; the scanner stores them (or
 * only keeps them readable, when it stores nothing).
 */
#ifndef WORKSPACE_GRAFT_H
#define WORKSPACE_GRAFT_H

#include "workspace/record.h"
#include "workspace/scan.h"

/*
 * `disk` (kind 0: nothing is there), which lies at `sub` in the output ("":
 * is all of it), together with everything of the tree `base` of the same
 * place that `e` says was never fetched.  `out` may be `disk`.
 */
int graft_absent(struct scanner *s, const struct recorded *e, const char *sub,
		 const struct oid *base, const struct scanned *disk,
		 struct scanned *out, struct dver_err *err);
/*
 * The tree `base` (NULL: empty) with `part` at the path `sub`, or (kind 0)
 * without what is there.  DVER_ENOTFOUND: there was nothing to leave out.
 */
int graft_part(struct scanner *s, const struct oid *base, const char *sub,
	       const struct scanned *part, struct scanned *out,
	       struct dver_err *err);

#endif
