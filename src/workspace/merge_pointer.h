/*
 * merge_pointer - three versions of a pointer's text become one.
 */
#ifndef WORKSPACE_MERGE_POINTER_H
#define WORKSPACE_MERGE_POINTER_H

#include "dver/merge.h"
#include "workspace/keep.h"
#include "workspace/merge.h"

struct merge_text { const char *text; size_t len; };	/* NULL: no file */

struct merge_pointer {
	struct scanner *s;
	struct keep *keep;	/* stores the trees that are made */
	const char *path;	/* of the pointer */
	/* As in merge.h; the conflict of a whole output has the path "". */
	int (*fn)(void *data, const char *output,
		  const struct merge_conflict *c, enum merge_side *side,
		  struct dver_err *err);
	void *data;
};
/*
 * 0: *out is the text, or `gone`: the pointer goes; 1: conflicts were told
 * and not decided.
 */
int merge_pointer(const struct merge_pointer *m, struct merge_text base,
		  struct merge_text ours, struct merge_text theirs,
		  struct buf *out, bool *gone, struct dver_err *err);

#endif
