/*
 * values_pick - values that words name, as `dver log` takes them.
 */
#ifndef CMD_VALUES_PICK_H
#define CMD_VALUES_PICK_H

#include "cmd/values.h"

struct pick {
	char *path;		/* of this file alone; NULL: of any; owned */
	char *name;		/* owned */
};
struct picks {
	struct pick *v;		/* owned; none: all values */
	size_t n, cap;
};

void picks_release(struct picks *p);
#define AUTO_PICKS __attribute__((cleanup(picks_release)))
/*
 * Take the words that are no files, but names of values of the workspace, of
 * the revisions, or of older commits.  The others move to the front: returns
 * how many.
 */
int picks_take(struct picks *p, const struct cmd_ctx *ctx,
	       enum dver_values what, char **words, int n,
	       const char *const *revs, size_t nrevs, struct dver_err *err);
/* Is this value asked for? */
bool picks_has(const struct picks *p, const char *path, const char *name);

#endif
