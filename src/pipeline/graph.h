/*
 * graph - which stages need which: a stage needs another when something that
 * it reads (a dependency or a parameter file) is an output of the other, lies
 * in one, or holds one.
 */
#ifndef PIPELINE_GRAPH_H
#define PIPELINE_GRAPH_H

#include "pipeline/pipeline.h"

struct graph {
	const struct pipeline *p;	/* outlives it; stages by their index */
	size_t *order;		/* owned; what is needed before what needs it,
				   else as the pipeline has them */
	size_t *need_at, *need;	/* owned; stage i needs need[need_at[i]] up to
				   need[need_at[i + 1]]; each once, sorted */
	size_t *user_at, *user;	/* owned; the same, who needs it */
};

/*
 * DVER_EINVAL: a cycle (shown as a path), two stages with one output, or an
 * output in another.
 */
int graph_new(struct graph **out, const struct pipeline *p,
	      struct dver_err *err);
void graph_free(struct graph *g);	/* NULL is fine */
static inline void graph_freep(struct graph **g) { graph_free(*g); }
#define AUTO_GRAPH __attribute__((cleanup(graph_freep)))

/*
 * Mark what the marked stages need, in turn (a frozen one needs nothing), or
 * who needs them; `marks` has one byte a stage.
 */
void graph_mark_needed(const struct graph *g, unsigned char *marks);
void graph_mark_users(const struct graph *g, unsigned char *marks);

/*
 * DVER_EINVAL: an output of a stage has a pointer of its own, or lies in what
 * has one.
 */
int graph_check_tracked(const struct pipeline *p, struct dver_repo *repo,
			struct dver_err *err);

#endif
