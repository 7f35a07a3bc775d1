/*
 * dver/metrics.h - metrics and parameters of any revision, and what became of
 * them.
 *
 * Metrics are the values in the files that stages and dver.yaml files call
 * `metrics`; parameters those that stages depend on, and those in
 * params.yaml, in files of `vars` and in what dver.yaml calls `params`.  Files
 * are JSON, YAML, TOML, Python constants, and for metrics CSV and TSV.
 *
 * A revision is read from git's objects and the store, never checked out: its
 * own dver.yaml says which files count.  A file that is tracked data is read
 * from the local store, else from the default remote; so is one that is not in
 * the workspace, although a stage or pointer says so.  What cannot be read is
 * told in its place and ends nothing.
 *
 * A value that lies in mappings is named "train.acc".  Lists are parameters
 * (as their text) but no metrics.
 */
#ifndef DVER_METRICS_H
#define DVER_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_values { DVER_METRICS, DVER_PARAMS };

enum dver_value_kind {
	DVER_VALUE_NONE,	/* there is no such value */
	DVER_VALUE_NULL, DVER_VALUE_BOOL, DVER_VALUE_INT, DVER_VALUE_FLOAT,
	DVER_VALUE_TEXT		/* a string; of parameters a list, too */
};
struct dver_value {
	enum dver_value_kind kind;
	/*
	 * "true"; an integer's decimal digits, however many; the shortest
	 * decimal of a float, or ".nan", ".inf", "-.inf".  "" of none.
	 */
	const char *text;
	double number;		/* of integers and floats */
};

/* Which way is better, as dver.yaml has it. */
enum dver_better { DVER_BETTER_UNKNOWN, DVER_BETTER_HIGHER,
		   DVER_BETTER_LOWER };

struct dver_named_value {
	const char *name;
	struct dver_value value;
	enum dver_better better;	/* of metrics */
};
/* A file at a revision. */
struct dver_values_file {
	const char *rev;	/* a person's word for it: "workspace", names
				   of branches and tags, or a short id */
	/* The same one by one, at least one: each means this revision. */
	const char *const *names;
	size_t nnames;
	const char *commit;	/* full id; NULL: the workspace */
	int64_t time;		/* of the commit: seconds since 1970 */
	const char *path;
	const struct dver_named_value *values;	/* in the file's order */
	size_t n;
	/*
	 * Why there are none, or NULL.  DVER_ENOTFOUND: there is no such file;
	 * DVER_EMISSING: its bytes are in no store; else it is broken.
	 */
	const char *problem;
	int code;
};

enum {
	DVER_VALUES_BRANCHES = 1,	/* the workspace, local branches */
	DVER_VALUES_TAGS = 2,		/* the workspace, tags */
	DVER_VALUES_COMMITS = 4,	/* the workspace, all commits */
	DVER_VALUES_DEPS = 8		/* parameters of stages only */
};
struct dver_values_opts {
	unsigned flags;
	/*
	 * Revisions, ranges "A..B" and the word "workspace", in this order,
	 * after what flags ask for.  Neither: the workspace.
	 */
	const char *const *revs;
	size_t nrevs;
	/*
	 * Only commits that were made then: seconds since 1970; 0: no bound.
	 * With neither revs nor flags: of the history of HEAD.
	 */
	int64_t since, until;
};
/*
 * Each file of each revision, no commit twice.  `targets` are files or folders
 * (n == 0: what dver.yaml says); they need not be in any dver.yaml.  The
 * workspace that flags ask for is left out where HEAD is told and says the
 * same.
 *
 * DVER_ENOTFOUND: a revision that git does not know.
 */
DVER_API int dver_values_each(struct dver_repo *repo, enum dver_values what,
			      const char *const *targets, size_t n,
			      const struct dver_values_opts *opts,
			      int (*fn)(void *data,
					const struct dver_values_file *f),
			      void *data, struct dver_err *err);

struct dver_value_change {
	const char *path;
	const char *name;	/* NULL: of the whole file, a problem */
	struct dver_value old, now;	/* of kind NONE: not there */
	/*
	 * Between two numbers: how much more, as text, and in percent of the
	 * old one; has_* is false where there is no such thing.
	 */
	bool has_difference, has_percent;
	struct dver_value difference;
	double percent;
	int better;		/* 1: better, -1: worse, 0: unknown or same */
	bool same;		/* told with DVER_VALUES_ALL only */
	bool nowhere;		/* a target that neither side has */
	const char *old_problem, *new_problem;	/* or NULL; with name NULL */
};
enum { DVER_VALUES_ALL = 16 };	/* what did not change, too */
/*
 * Each value that differs, and each file that is broken on a side, between
 * revisions `a` (NULL: HEAD) and `b` (NULL or "workspace": the workspace, also
 * as `a`), by path and name.  `flags`: DVER_VALUES_ALL, _DEPS.
 */
DVER_API int dver_values_diff(struct dver_repo *repo, enum dver_values what,
			      const char *a, const char *b,
			      const char *const *targets, size_t n,
			      unsigned flags,
			      int (*fn)(void *data,
					const struct dver_value_change *c),
			      void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
