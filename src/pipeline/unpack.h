/*
 * unpack - a mapping as options of a command line.
 */
#ifndef PIPELINE_UNPACK_H
#define PIPELINE_UNPACK_H

#include "pipeline/template.h"

/*
 * Append "--key value" for each key, in order; keys of mappings inside are
 * joined with dots.  Strings are quoted for a shell where they must be, true
 * is "--key", false and null are left out, a list is "--key one two" (t may
 * say otherwise).  < 0: a list holds more than scalars; `at` is for messages.
 */
int unpack(struct buf *out, const struct templates *t,
	   const struct reader *rd, const struct value *at,
	   const struct value *map, struct dver_err *err);

#endif
