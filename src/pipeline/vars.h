/*
 * vars - files of variables, and the `vars` that name them.
 *
 * A file is read once a pipeline.  One thread.
 */
#ifndef PIPELINE_VARS_H
#define PIPELINE_VARS_H

#include "pipeline/pipeline.h"
#include "pipeline/scope.h"
#include "pipeline/source.h"

/* A file that was looked for. */
struct vars_file {
	const char *path;		/* relative to the root */
	const struct value *root;	/* a map; NULL: empty */
	bool missing;
	bool whole;		/* all of it is in some scope */
	struct strvec keys;	/* else these, perhaps some twice; owned */
};

struct vars {
	struct pipeline *p;	/* whose memory it all is */
	const struct source *src;	/* borrowed */
	struct vars_file *v;	/* owned */
	size_t n, cap;
};
void vars_release(struct vars *vars);

/* What of which files is in a scope and those above. */
struct vars_seen {
	const struct vars_seen *up;
	struct strvec files;	/* "path", and "path:key" of one */
};
void vars_seen_release(struct vars_seen *seen);
#define AUTO_VARS_SEEN __attribute__((cleanup(vars_seen_release)))

/* params.yaml of the folder rd->dir, if there is one. */
int vars_params(struct vars *vars, struct scope *sc, struct vars_seen *seen,
		const struct reader *rd, struct dver_err *err);
/*
 * A list of mappings, files ("vars.yaml") and keys of files
 * ("vars.yaml:a,b"), which are seen from rd->dir.
 */
int vars_read(struct vars *vars, struct scope *sc, struct vars_seen *seen,
	      const struct reader *rd, const struct value *list,
	      struct dver_err *err);

#endif
