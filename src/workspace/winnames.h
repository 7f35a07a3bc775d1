/*
 * winnames - names that an add records for the first time and that Windows
 * cannot hold: how many, and which, up to a few.
 */
#ifndef WORKSPACE_WINNAMES_H
#define WORKSPACE_WINNAMES_H

#include <stdint.h>

#include "base/vec.h"

struct dver_err;

#define WINNAMES_SHOWN 5

struct winnames {
	uint64_t n;
	struct strvec first;	/* paths: the smallest, sorted */
};
/* Is it one?  The caller looks whether it is tracked before it notes it. */
bool winnames_is(const char *name, size_t len);
int winnames_note(struct winnames *w, const char *dir, const char *name,
		  size_t len, struct dver_err *err);
int winnames_join(struct winnames *to, const struct winnames *from,
		  struct dver_err *err);
void winnames_release(struct winnames *w);

#endif
