/*
 * hold - keep what is written to stdout until it is whole.
 *
 * A JSON document that broke off says nothing: a command that fails halfway
 * through it prints none of it.  It waits in a file without a name in TMPDIR,
 * or in memory where there is no room for one.
 */
#ifndef CMD_HOLD_H
#define CMD_HOLD_H

#include <stdbool.h>

struct hold { int saved, file; };	/* -1: nothing is held */

/* From now on.  Where that cannot be done stdout stays as it is. */
void hold_begin(struct hold *h);
/*
 * Pass on what was held; when the command `failed`, only a document that is
 * whole.  false: that could not be written, errno says why.
 */
bool hold_end(struct hold *h, bool failed);

#endif
