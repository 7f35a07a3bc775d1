/*
 * stage_write - a new stage as the text that goes into dver.yaml.
 */
#ifndef PIPELINE_STAGE_WRITE_H
#define PIPELINE_STAGE_WRITE_H

#include "base/buf.h"
#include "dver/stage.h"

/*
 * Append the entry, not indented, with keys in the order in which DVC writes
 * them and lists sorted.  DVER_EINVAL: a name or command that cannot be.
 */
int stage_write(struct buf *out, const struct dver_stage_new *stage,
		struct dver_err *err);

#endif
