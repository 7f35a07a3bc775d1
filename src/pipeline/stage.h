/*
 * stage - one step of a pipeline: a command, what it reads, what it makes.
 *
 * A stage is as its file says, templates resolved.  Its paths are clean and
 * relative to the root of the workspace, and none leads out of it.  All memory
 * is the pipeline's (pipeline.h): nothing here is released alone.
 */
#ifndef PIPELINE_STAGE_H
#define PIPELINE_STAGE_H

#include <stdbool.h>

#include "base/vec.h"

struct value;

/* A file or folder that is read. */
struct stage_dep {
	const char *path;
	unsigned line, col;	/* where its file says so, from 1 */
};

/* Parameters that are read from a file. */
struct stage_params {
	const char *file;
	struct strvec keys;	/* "train.lr", ...; sorted; read only */
	bool whole;		/* every key of the file; keys is empty */
	unsigned line, col;
};

enum stage_out_kind { STAGE_OUT, STAGE_METRIC, STAGE_PLOT };

/* A file or folder that is made. */
struct stage_out {
	const char *path;
	enum stage_out_kind kind;
	bool cache;		/* kept in the store, not in git */
	bool persist;		/* not removed before the command runs */
	bool push;		/* sent to remotes */
	const char *remote;	/* to and from this one alone; or NULL */
	const char *desc, *type; /* or NULL */
	const struct value *props; /* all that was said of it; or NULL */
	unsigned line, col;
};

struct stage {
	const char *name;	/* "train", "train@small" */
	const char *group;	/* "train" of train@small, else NULL */
	const char *file;	/* "sub/dver.yaml" */
	const char *address;	/* "train", "sub/dver.yaml:train": how people
				   name it from the root */
	const char *dir;	/* where its commands run; "" is the root */
	struct strvec cmds;	/* read only */
	bool cmd_list;		/* the file has a list, perhaps of one */
	const char *desc;	/* or NULL */
	struct stage_dep *deps;	/* none twice */
	size_t ndeps;
	struct stage_params *params; /* no file twice */
	size_t nparams;
	struct stage_out *outs;	/* outs, metrics, plots; none twice */
	size_t nouts;
	bool frozen, always_changed;
	unsigned line, col;
};

#endif
