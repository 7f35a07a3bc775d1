/*
 * gone - outputs whose pointer went away.
 *
 * After a switch of branches the data of the other branch lies there still,
 * and the record has it.  It goes with the next checkout, as git's own files
 * do with the switch.
 */
#ifndef WORKSPACE_GONE_H
#define WORKSPACE_GONE_H

#include "workspace/session.h"

/*
 * Paths of such outputs go to `out`.  Not those whose pointer git's index
 * still has: it was removed by hand.  To `taken` (may be NULL) go those that
 * are somebody else's by now: git tracks files there, or another output
 * holds them.  Their data stays, but the record's word for it is void.
 */
int gone_find(struct session *ss, struct strvec *out, struct strvec *taken,
	      struct dver_err *err);

#endif
