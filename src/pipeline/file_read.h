/*
 * file_read - one dver.yaml as stages.
 */
#ifndef PIPELINE_FILE_READ_H
#define PIPELINE_FILE_READ_H

#include "pipeline/pipeline.h"

/*
 * Read the text of the file `path` (relative to the root) into *out, whose
 * memory is p's.  `room`: how many stages it may have.
 */
int file_read(struct pipeline_file *out, struct pipeline *p,
	      struct dver_repo *repo, const char *path, const char *text,
	      size_t len, size_t room, struct dver_err *err);

#endif
