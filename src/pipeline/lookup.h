/*
 * lookup - what "a.b[0]" means in a scope.
 */
#ifndef PIPELINE_LOOKUP_H
#define PIPELINE_LOOKUP_H

#include "pipeline/scope.h"

/*
 * The value that the inside of a template names.  DVER_EFORMAT, at the place
 * of `at`: it is no name, or there is none of that name.
 */
int lookup(const struct reader *rd, const struct scope *sc,
	   const struct value *at, const char *expr, size_t len,
	   const struct value **out, struct dver_err *err);

#endif
