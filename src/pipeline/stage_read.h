/*
 * stage_read - the mapping of one stage, templates resolved, as a stage.
 */
#ifndef PIPELINE_STAGE_READ_H
#define PIPELINE_STAGE_READ_H

#include "pipeline/reader.h"
#include "pipeline/stage.h"

/*
 * Read everything but the names: those are the caller's.  `dir` is the
 * stage's folder, from stage_dir().  What `map` has not is as if it were.
 */
int stage_read(struct stage *out, const struct reader *rd, const char *dir,
	       const struct value *map, struct dver_err *err);
/* The folder that `wdir` (NULL: not given) means. */
int stage_dir(const struct reader *rd, const struct value *wdir,
	      const char **out, struct dver_err *err);

#endif
