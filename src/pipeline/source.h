/*
 * source - where the files of a pipeline are read from: the workspace, or a
 * commit.
 */
#ifndef PIPELINE_SOURCE_H
#define PIPELINE_SOURCE_H

#include "pipeline/discover.h"

struct source {
	/* Call `load` for each dver.yaml; see discover_files(). */
	int (*each)(void *data, discover_fn load, void *load_data,
		    struct dver_err *err);
	/*
	 * The text of a file, by its path from the root: 1 and *text, owned by
	 * the caller, 0: there is no such file.  DVER_EFORMAT: it is larger
	 * than `max` bytes, or no regular file.
	 */
	int (*read)(void *data, const char *path, size_t max, char **text,
		    size_t *len, struct dver_err *err);
	void *data;
	/* Its settings say how commands are written; NULL: the defaults. */
	struct dver_repo *repo;
};

/* The files of the workspace as they are on the disk. */
struct source source_workspace(struct dver_repo *repo);
/* The same, but only those that pipeline_load_known() finds. */
struct source source_known(struct dver_repo *repo);

#endif
