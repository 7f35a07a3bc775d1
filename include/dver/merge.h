/*
 * dver/merge.h - pointers and lock files that two branches changed become one.
 *
 * Tracked folders are merged entry by entry: what one side changed is taken,
 * and what both changed alike.  Files that both changed are conflicts, named
 * one by one.  Only trees are read, from the default remote where need be.
 *
 * Lock files (dver.lock) are merged stage by stage in the same way; of them
 * nothing but their three texts is read.  Both sides having run a stage with
 * the same inputs and other results is a conflict, too.
 */
#ifndef DVER_MERGE_H
#define DVER_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dver/repo.h"
#include "dver/repro.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_side { DVER_NEITHER, DVER_OURS, DVER_THEIRS };

/* In what two versions of a stage differ. */
struct dver_merge_difference {
	enum dver_reason_kind kind;	/* command, input, parameter, output */
	const char *name;	/* path or "file:key"; NULL: the command */
	const char *ours, *theirs;	/* commands, ids, values; NULL: none */
};

struct dver_merge_conflict {
	const char *output;	/* or the lock file */
	const char *path;	/* the file in question, or what dver_resolve()
				   calls the stage ("sub/dver.yaml:train") */
	const char *why;
	enum dver_side decided;	/* by dver_resolve(): only listed */
	const char *stage;	/* of a lock file; NULL: something else */
	const struct dver_merge_difference *differences;
	size_t ndifferences;	/* 0 where a side has no such stage */
};

/*
 * git's merge driver: three files that hold versions of the pointer or lock
 * file at `path` (relative to the workspace's root); an empty `base` is none.
 * The result goes into the file `ours`.  0: merged, 1: conflicts were told and
 * `ours` is as it was, 2: they were told, and `ours` is a lock file that is
 * merged but for them, which stand between git's markers.  After an error
 * `ours` is as it was.
 * DVER_EFORMAT: one of them is no pointer.  DVER_EMISSING: a tree is nowhere.
 */
DVER_API int dver_merge_files(struct dver_repo *repo, const char *base,
			      const char *ours, const char *theirs,
			      const char *path,
			      int (*fn)(void *data,
					const struct dver_merge_conflict *c),
			      void *data, struct dver_err *err);

struct dver_resolve_opts {
	enum dver_side side;	/* is taken where both changed a file */
	bool list;		/* change nothing, tell decided ones too */
};
struct dver_resolved {
	const char *path;	/* of the pointer, lock file or .gitignore */
	bool done;		/* no conflict is left */
	uint64_t left;		/* files or stages: nothing is decided */
};
/*
 * The same after a merge that left conflicts or ran no driver: pointers, lock
 * files, and .gitignore files that only got lines, that git's index has in
 * conflict.  What has no conflict left is written and staged.
 *
 * `targets` are outputs, folders, paths in outputs, stages, or lock files and
 * their dver.yaml (n == 0: all).  Of a path in an output, and of a stage, the
 * side is remembered (in .dver/resolve) until all of the output or lock file
 * is decided.  1: conflicts remain.  DVER_ENOTFOUND: the output or lock file
 * is in conflict, but not there.  DVER_EFORMAT: the lock file of the side that
 * was taken cannot be read.
 */
DVER_API int dver_resolve(struct dver_repo *repo, const char *const *targets,
			  size_t n, const struct dver_resolve_opts *opts,
			  int (*conflict)(void *data,
					  const struct dver_merge_conflict *c),
			  int (*resolved)(void *data,
					  const struct dver_resolved *r),
			  void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
