/*
 * stage_edit - what the commands that write dver.yaml share.
 */
#ifndef PIPELINE_STAGE_EDIT_H
#define PIPELINE_STAGE_EDIT_H

#include "base/buf.h"
#include "repo/repo.h"

/* The text of a dver.yaml; 0: there is none, which is an empty text. */
int stage_file_read(struct dver_repo *repo, struct buf *text,
		    const char *file, struct dver_err *err);
/* Replace it, and tell git's index of this and `more` where that is on. */
int stage_file_write(struct dver_repo *repo, const struct buf *text,
		     const char *file, struct dver_err *err);

#endif
