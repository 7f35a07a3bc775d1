/*
 * dver/merge.h - pointers that two branches changed become one.
 *
 * Tracked folders are merged entry by entry: what one side changed is taken,
 * and what both changed alike.  Files that both changed are conflicts, named
 * one by one.  Only trees are read, from the default remote where need be.
 */
#ifndef DVER_MERGE_H
#define DVER_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_side { DVER_NEITHER, DVER_OURS, DVER_THEIRS };

struct dver_merge_conflict {
	const char *output;
	const char *path;	/* the file in question */
	const char *why;
	enum dver_side decided;	/* by dver_resolve(): only listed */
};

/*
 * git's merge driver: three files that hold versions of the pointer at `path`
 * (relative to the workspace's root; for messages).  The result goes into the
 * file `ours`.  0: merged, 1: conflicts were told and `ours` is as it was.
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
	const char *path;	/* of the pointer or the .gitignore */
	bool done;		/* no conflict is left */
	uint64_t left;		/* files on which nothing is decided */
};
/*
 * The same after a merge that ran no driver: pointers, and .gitignore files
 * that only got lines, that git's index has in conflict.  What has no conflict
 * left is written and staged.
 *
 * `targets` are outputs, folders, or paths in outputs (n == 0: all).  Of a
 * path in an output the side is remembered (in .dver/resolve) until all of
 * the output is decided.  1: conflicts remain.  DVER_ENOTFOUND: the output is
 * in conflict, but not at this path.
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
