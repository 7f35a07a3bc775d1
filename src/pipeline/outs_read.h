/*
 * outs_read - what a stage makes: its outs, metrics and plots.
 */
#ifndef PIPELINE_OUTS_READ_H
#define PIPELINE_OUTS_READ_H

#include "pipeline/reader.h"
#include "pipeline/stage.h"

/*
 * Read these keys of a stage's mapping.  A path that comes twice is one out:
 * a metric or a plot rather than a mere out.
 */
int outs_read(struct stage *s, const struct reader *rd,
	      const struct value *map, struct dver_err *err);

#endif
