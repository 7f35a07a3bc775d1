/*
 * lockfile - dver.lock: what the stages of a pipeline were run with, and what
 * came out.
 *
 *	schema: 1
 *	stages:
 *	  train:
 *	    cmd: ./train data model	or a list
 *	    deps:
 *	    - path: data		relative to the lock file's folder
 *	      tree: 9f86d0...		keys as in a pointer (repo/pointer.h)
 *	      size: 1048576
 *	      nfiles: 12
 *	    params:
 *	      params.yaml:
 *	        lr: 0.1			a value a line
 *	    outs:
 *	    - path: model
 *	      sha256: ...
 *	      size: 4096
 *	      cache: false		git keeps it, not the store
 *	      push: false		no remote gets it
 *
 * Stages sorted by name, entries by path, parameters by file and key: the same
 * results make the same file whoever ran what first, and changes of different
 * stages merge.  Empty parts are left out.
 */
#ifndef REPO_LOCKFILE_H
#define REPO_LOCKFILE_H

#include "base/vec.h"
#include "repo/pointer.h"

#define LOCKFILE_MAX (64u << 20)

struct locked {
	struct pointer p;	/* .out is a path from the workspace's root */
	bool no_cache, no_push;
	bool keep;		/* not written: the store keeps a copy of what
				   is no_cache, for as long as gc lets it */
};
struct locked_param {
	char *file;	/* from the workspace's root; owned */
	char *key;	/* owned */
	char *text;	/* value_text(); owned */
};
/* The order of parameters: by file and key. */
int locked_param_compare(const struct locked_param *a,
			 const struct locked_param *b);
struct locked_stage {
	char *name;	/* owned */
	struct strvec cmds;
	bool cmd_list;	/* written as a list */
	struct locked *deps, *outs;		/* owned */
	size_t ndeps, nouts;
	struct locked_param *params;		/* owned */
	size_t nparams;
	char *text;	/* of it, where it was formatted before; owned */
};
struct lockfile {
	struct locked_stage *v;	/* sorted by name */
	size_t n, cap;
};
#define LOCKFILE_INIT { NULL, 0, 0 }

/*
 * `path` is the lock file's own, from the workspace's root; `name` is for
 * messages.  Paths that leave the workspace are refused (DVER_EFORMAT).
 */
int lockfile_parse(struct lockfile *out, const char *path, const char *name,
		   const void *data, size_t len, struct dver_err *err);
/* Stages that were put since the last time are formatted, others copied. */
int lockfile_format(struct buf *out, const char *path, struct lockfile *l,
		    struct dver_err *err);
/*
 * Its parts, appended: what stands before the stages (are there any?), and one
 * of them.  No line of a stage begins without a blank.
 */
void lockfile_put_head(struct buf *out, bool stages);
int locked_stage_put(struct buf *out, const char *path,
		     const struct locked_stage *s, struct dver_err *err);
void lockfile_release(struct lockfile *l);
#define AUTO_LOCKFILE __attribute__((cleanup(lockfile_release)))

struct locked_stage *lockfile_find(const struct lockfile *l, const char *name);
/*
 * Put a stage in its place, over one of that name; its parts are sorted.
 * Takes what it holds, also when it fails.
 */
int lockfile_put(struct lockfile *l, struct locked_stage *s,
		 struct dver_err *err);
bool lockfile_remove(struct lockfile *l, const char *name);

void locked_stage_release(struct locked_stage *s);
/* As in the file: entries by path, parameters by file and key. */
void locked_stage_sort(struct locked_stage *s);
#define AUTO_LOCKED_STAGE __attribute__((cleanup(locked_stage_release)))
/* *out is released by the caller, also after an error. */
int locked_stage_copy(struct locked_stage *out, const struct locked_stage *s,
		      struct dver_err *err);
/* Add to a stage that is being made; strings are copied. */
int locked_add(struct locked **v, size_t *n, const char *path,
	       const struct pointer *p, struct dver_err *err);
int locked_add_param(struct locked_stage *s, const char *file, const char *key,
		     const char *text, struct dver_err *err);

/*
 * The outputs of a pointer or of a lock file (those that the store keeps),
 * with their paths from the workspace's root.  `stage` is NULL for a pointer.
 */
struct pointed {
	const char *path;
	const char *stage;
	bool no_push;
	const struct pointer *p;
};
typedef int (*pointed_fn)(void *data, const struct pointed *p,
			  struct dver_err *err);
int pointers_each(const char *path, const char *name, const void *text,
		  size_t len, pointed_fn fn, void *data, struct dver_err *err);

#endif
