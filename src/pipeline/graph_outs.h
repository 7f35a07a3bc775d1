/*
 * graph_outs - all outputs of a pipeline, to be found by path.
 */
#ifndef PIPELINE_GRAPH_OUTS_H
#define PIPELINE_GRAPH_OUTS_H

#include "pipeline/pipeline.h"

struct made {
	const char *path;
	size_t stage;		/* index in the pipeline */
	const struct stage_out *out;
};
struct mades {
	struct made *v;		/* owned; sorted by path */
	size_t n;
};
/* DVER_EINVAL: two have one path, or one lies in another. */
int mades_gather(struct mades *m, const struct pipeline *p,
		 struct dver_err *err);
void mades_release(struct mades *m);
/* What `path` is or lies in; NULL: nothing. */
const struct made *mades_holding(const struct mades *m, const char *path);
/* What lies below `path`: the first, and how many. */
const struct made *mades_below(const struct mades *m, const char *path,
			       size_t *n);

#endif
