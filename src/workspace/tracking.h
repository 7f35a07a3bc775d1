/*
 * tracking - pointer files, .gitignore lines and git's index, in the order in
 * which they may be changed: pointers, then (the caller saves the record),
 * then .gitignore and git's index, which can be made again.
 */
#ifndef WORKSPACE_TRACKING_H
#define WORKSPACE_TRACKING_H

#include "workspace/session.h"

struct tracking {
	struct dver_repo *repo;
	struct strvec stage;	/* what git's index is to be told of */
};
void tracking_release(struct tracking *t);
#define AUTO_TRACKING __attribute__((cleanup(tracking_release)))

/* The pointer text of an output at `path` that is `at`. */
int tracking_text(struct buf *out, const char *path, const struct scanned *at,
		  struct dver_err *err);
/* Write a pointer file; `text` NULL removes it. */
int tracking_put(struct tracking *t, const char *pointer_path,
		 const char *text, struct dver_err *err);
/* Put the output's line into .gitignore, or take it out. */
int tracking_ignore(struct tracking *t, const char *path, bool on,
		    struct dver_err *err);
/* Tell git's index, where core.autostage is on. */
int tracking_stage(struct tracking *t, struct dver_err *err);

#endif
