/*
 * clash - names that are two here and one on other file systems.
 */
#ifndef WORKSPACE_CLASH_H
#define WORKSPACE_CLASH_H

#include "workspace/statidx.h"

struct dver_err;

/*
 * DVER_EINVAL when two names of a directory differ only in case or in Unicode
 * normal form; names both.
 */
int clash_check(const char *dir, const struct statidx_entry *v, size_t n,
		struct dver_err *err);

#endif
