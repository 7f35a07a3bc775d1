/*
 * sizes - of pointers that leave them out.
 */
#ifndef WORKSPACE_SIZES_H
#define WORKSPACE_SIZES_H

#include "repo/outputs.h"
#include "store/store.h"

/*
 * A pointer that was written by hand may have no size: it gets the one that
 * the store knows.  One that the store does not know is left out still.  No
 * fallback of the store is asked as long as none is set.
 */
int sizes_fill(struct outputs *o, struct store *s, struct store_io *io,
	       struct dver_err *err);

#endif
