/*
 * stage_data - the files and folders that stages of a pipeline read and make:
 * looked at, cleared away, stored with their lock file, brought back.
 *
 * Paths are relative to the workspace's root and clean.  The workspace is
 * locked while something is changed, never while a command runs.
 */
#ifndef WORKSPACE_STAGE_DATA_H
#define WORKSPACE_STAGE_DATA_H

#include "repo/lockfile_seen.h"
#include "workspace/scan.h"

/* Copies of what git keeps (struct locked, keep) are of files up to this. */
#define STAGE_KEEP_MAX (64u << 20)

/*
 * What is at paths[i] now: out[i], kind 0 where there is nothing.  Each path
 * once.  Nothing is stored.
 */
int stage_data_look(struct dver_repo *repo, const char *const *paths, size_t n,
		    struct scanned *out, struct dver_err *err);

/*
 * Clear the way for a command: remove the outputs of a stage and make the
 * folders they go to.  What is at keep[i] is stored first, so that undo can
 * bring it back.
 */
int stage_data_clear(struct dver_repo *repo, const char *const *outs, size_t n,
		     const char *const *keep, size_t nkeep,
		     struct dver_err *err);

/* Store files, whatever git or a pointer says of them. */
int stage_data_keep(struct dver_repo *repo, const char *const *paths, size_t n,
		    struct dver_err *err);

/*
 * Record what a stage made: its outputs are hashed, stored (`store`; those of
 * no_cache only with `keep`), and written with the stage into the lock file.
 * s->outs have path and flags; their ids are filled in.  DVER_ENOTFOUND names
 * an output that is not there; then nothing is recorded.  Files that git is to
 * hear of are added to *told (stage_data_stage()).
 */
int stage_data_save(struct dver_repo *repo, struct lockfile_seen *lock,
		    struct locked_stage *s, bool store, struct strvec *told,
		    struct dver_err *err);

/*
 * Drop the entries of stages that are not among `names` (sorted); their names
 * are added to *gone.  The data stays where it is.
 */
int stage_data_drop(struct dver_repo *repo, struct lockfile_seen *lock,
		    const struct strvec *names, struct strvec *gone,
		    struct strvec *told, struct dver_err *err);

/*
 * Let the lock file say that a stage made the outputs of *s, and bring those
 * that the store has into the workspace.
 */
int stage_data_restore(struct dver_repo *repo, struct lockfile_seen *lock,
		       const struct locked_stage *s, struct strvec *told,
		       struct dver_err *err);
/* Tell git's index, where core.autostage is on. */
int stage_data_stage(struct dver_repo *repo, struct strvec *told,
		     struct dver_err *err);

/*
 * 1: the local store has all of the object, trees and what is below, and its
 * size is as the pointer says; 0.
 */
int stage_data_stored(struct dver_repo *repo, const struct pointer *p,
		      struct dver_err *err);

#endif
