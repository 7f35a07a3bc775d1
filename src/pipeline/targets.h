/*
 * targets - which stages the words of a person mean.
 */
#ifndef PIPELINE_TARGETS_H
#define PIPELINE_TARGETS_H

#include "pipeline/pipeline.h"

/*
 * Mark (a byte a stage) what the words mean, seen from the current folder: a
 * stage or a group; a dver.yaml, or a folder, with all below it; or a path
 * that is, lies in or holds an output.  A stage comes before a path of its
 * name.  DVER_ENOTFOUND, with a guess at what was meant.
 */
int targets_mark(const struct pipeline *p, struct dver_repo *repo,
		 const char *const *words, size_t n, unsigned char *marks,
		 struct dver_err *err);
/* The current folder, relative to the root; "" is the root, or outside. */
int targets_here(struct dver_repo *repo, struct buf *out,
		 struct dver_err *err);

#endif
