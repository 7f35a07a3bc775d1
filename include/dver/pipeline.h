/*
 * dver/pipeline.h - the stages of a workspace and what hangs on what.
 *
 * Stages are in files called dver.yaml, one a folder at most; dver-pipeline(5)
 * has their grammar.  A stage of the root's file is called by its name
 * ("train"; "train@small" of a foreach or matrix), one of another file with
 * the file before it ("sub/dver.yaml:train").
 *
 * Targets are such names, seen from the current folder; a group ("train" of
 * "train@small"); a dver.yaml or a folder, for all stages in or below it; or a
 * path that a stage makes.  DVER_ENOTFOUND: there is none such.  DVER_EFORMAT,
 * DVER_EINVAL: a file that cannot be understood, as "file:line:col: ...".
 */
#ifndef DVER_PIPELINE_H
#define DVER_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_stage_params {
	const char *file;
	const char *const *keys;	/* sorted */
	size_t nkeys;			/* 0: every key of the file */
};
enum dver_stage_out_kind { DVER_OUT, DVER_METRIC, DVER_PLOT };
struct dver_stage_out {
	const char *path;
	enum dver_stage_out_kind kind;
	bool cache;		/* kept by dver, not by git */
	bool persist;		/* not removed before the stage runs */
	bool push;		/* sent to remotes */
	const char *remote;	/* to this one alone; or NULL */
	const char *desc, *type; /* or NULL */
};
/* A stage as its file says; paths are relative to the root. */
struct dver_stage {
	const char *address;	/* unique */
	const char *name, *file;
	const char *group;	/* NULL: of no foreach or matrix */
	const char *dir;	/* where its commands run; "" is the root */
	const char *desc;	/* or NULL */
	const char *const *cmds;
	size_t ncmds;
	const char *const *deps;
	size_t ndeps;
	const struct dver_stage_params *params;
	size_t nparams;
	const struct dver_stage_out *outs;
	size_t nouts;
	bool frozen, always_changed;
};

enum { DVER_STAGES_ALL = 1 };	/* of every file */
/*
 * Each stage that a target means, in the order of files and in these; without
 * targets those of the current folder's dver.yaml, or all.
 */
DVER_API int dver_stages_each(struct dver_repo *repo,
			      const char *const *targets, size_t n,
			      unsigned flags,
			      int (*fn)(void *data, const struct dver_stage *s),
			      void *data, struct dver_err *err);

enum dver_dag_kind { DVER_DAG_STAGE, DVER_DAG_DATA, DVER_DAG_OUT };
struct dver_dag_node {
	const char *name;	/* a stage's address; the path of tracked data
				   or of an output */
	enum dver_dag_kind kind;
	const size_t *needs;	/* nodes that came before, counted from 0 */
	size_t nneeds;
};
enum { DVER_DAG_OUTS = 1,	/* outputs of stages instead of these */
       DVER_DAG_FULL = 2 };	/* all that hangs together with the targets,
				   not only what they need */
/*
 * Each node of the graph, after those that it needs: stages, and tracked data
 * that they read.  With targets what these need, or all.  DVER_EINVAL: stages
 * need each other, or two make one output.
 */
DVER_API int dver_dag(struct dver_repo *repo, const char *const *targets,
		      size_t n, unsigned flags,
		      int (*fn)(void *data, const struct dver_dag_node *node),
		      void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
