/*
 * dver/workspace.h - the data on this disk: add, status, checkout, diff.
 *
 * A target is an output, a pointer file, a folder, or a path inside tracked
 * data.  No targets (n == 0) means all outputs of the workspace.
 */
#ifndef DVER_WORKSPACE_H
#define DVER_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happened to one output. */
struct dver_change {
	const char *path;	/* of the output */
	const char *pointer;	/* of its pointer file */
	bool directory;
	bool moved;		/* the pointer was written */
	uint64_t added, modified, deleted;	/* files */
	uint64_t files, bytes;	/* of the output, all together */
	uint64_t new_bytes;	/* that were not stored before (add), or that
				   were written (checkout) */
};
typedef int (*dver_change_fn)(void *data, const struct dver_change *change);

struct dver_add_opts {
	bool update;		/* all outputs that changed; no targets */
	bool force;		/* also over a pointer that moved (behind) */
	bool allow_deletes;	/* also when over half of a folder vanished */
};
/*
 * Store files and folders and write their pointers.  A path inside a tracked
 * folder updates that folder and needs nothing else of it.  Nothing is
 * written unless all targets can be; `opts` may be NULL.
 */
DVER_API int dver_add(struct dver_repo *repo, const char *const *targets,
		      size_t n, const struct dver_add_opts *opts,
		      dver_change_fn fn, void *data, struct dver_err *err);

enum dver_state {
	DVER_CLEAN,
	DVER_CHANGED,		/* the data was edited: dver add */
	DVER_BEHIND,		/* the pointer moved: dver checkout */
	DVER_CONFLICT,		/* both */
	DVER_NOT_HERE,		/* never fetched or gone: checkout or pull */
	DVER_BROKEN		/* the pointer cannot be read */
};

struct dver_status {
	const char *path;
	const char *pointer;
	bool directory;
	enum dver_state state;
	const char *problem;	/* DVER_BROKEN: what is wrong */
	uint64_t added, modified, deleted;	/* files */
	uint64_t absent;	/* files of it that are not here */
	uint64_t files, bytes;	/* as the pointer has it */
	/* With a remote: what a push would send. */
	uint64_t push_files, push_bytes;
};

struct dver_status_opts {
	bool all;		/* report clean outputs too */
	const char *remote;	/* "" the default one, NULL: do not ask */
};
DVER_API int dver_status(struct dver_repo *repo, const char *const *targets,
			 size_t n, const struct dver_status_opts *opts,
			 int (*fn)(void *data, const struct dver_status *st),
			 void *data, struct dver_err *err);

struct dver_checkout_opts {
	bool force;		/* store what it overwrites, then overwrite */
	bool relink;		/* make every file anew by the link order */
	const char *rev;	/* data of this revision; pointers stay */
};
/*
 * Make the workspace match the pointers.  Files that nobody added stay.
 * DVER_ECONFLICT: a file has changes that are stored nowhere.  DVER_EMISSING:
 * objects are not in the local store; everything else was checked out.
 */
DVER_API int dver_checkout(struct dver_repo *repo, const char *const *targets,
			   size_t n, const struct dver_checkout_opts *opts,
			   dver_change_fn fn, void *data,
			   struct dver_err *err);

struct dver_diff_entry {
	char status;		/* 'A', 'D', 'M', 'R'; 'T': its kind */
	const char *output;	/* the output it lies in */
	const char *path;
	const char *from;	/* 'R': the path before, else NULL */
	bool directory;
	uint64_t old_size, new_size;
};
/*
 * What differs between revisions `a` (NULL: HEAD) and `b` (NULL: the files on
 * the disk); by output, then by path.
 */
DVER_API int dver_diff(struct dver_repo *repo, const char *a, const char *b,
		       const char *const *targets, size_t n,
		       int (*fn)(void *data, const struct dver_diff_entry *e),
		       void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
