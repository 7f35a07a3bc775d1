/*
 * counts - how many files differ between two versions of an output.
 */
#ifndef WORKSPACE_COUNTS_H
#define WORKSPACE_COUNTS_H

#include "store/walk.h"
#include "workspace/scan.h"

struct counts { uint64_t added, modified, deleted; };

/* Kind 0 is nothing at all.  Costs what differs. */
int counts_between(struct store *s, struct store_io *io,
		   const struct scanned *a, const struct scanned *b,
		   struct counts *out, struct dver_err *err);

#endif
