/*
 * runfile - entries of the run cache: what stages made when they ran before,
 * on whichever branch and in whichever workspace of a store.
 *
 *	runs/ab/<key>/<value>	below the local store
 *
 * The key is the SHA-256 of all that decides what a stage makes: commands,
 * ids of inputs, parameters, names of outputs.  The file is a lock file of
 * that one stage, with the name "run"; the value is the SHA-256 of its text.
 * So nobody can put an entry where it does not belong: whoever reads one makes
 * key and value out of it again.
 */
#ifndef REPO_RUNFILE_H
#define REPO_RUNFILE_H

#include "repo/lockfile.h"

#define RUNFILE_MAX (1u << 20)	/* a longer one is not kept */

/* Where an entry belongs. */
struct run_id {
	struct oid key, value;
};

/* What a stage ran with, and names of what it makes: parts are sorted. */
int runfile_key(struct oid *key, const struct locked_stage *s,
		struct dver_err *err);
/* The entry of a run whose outputs all have ids, and where it belongs. */
int runfile_format(struct buf *out, struct run_id *id,
		   const struct locked_stage *done, struct dver_err *err);
/*
 * Read an entry that is said to belong at `id`; `name` is for messages.
 * DVER_EFORMAT: it is none.  DVER_ECORRUPT: it belongs elsewhere.
 */
int runfile_parse(struct locked_stage *out, const char *name,
		  const struct run_id *id, const void *text, size_t len,
		  struct dver_err *err);

/* Paths below the store `cache`; owned by the caller, NULL: no memory. */
char *runfile_folder(const char *cache, const struct oid *key);
char *runfile_path(const char *cache, const struct run_id *id);
/* Write the file; one that is there is written again. */
int runfile_write(const char *cache, const struct run_id *id, const void *text,
		  size_t len, struct dver_err *err);
/*
 * Read and check the file: 1, 0: damaged or not there, < 0.  *text is owned by
 * the caller.
 */
int runfile_read(struct locked_stage *out, char **text, size_t *len,
		 const char *cache, const struct run_id *id,
		 struct dver_err *err);
/* Remove what killed writers left; the store's lock is held exclusively. */
int runfile_tidy(const char *cache, struct dver_err *err);
/* Of each file of a store; what has another name is left out. */
int runfile_each(const char *cache,
		 int (*fn)(void *data, const struct run_id *id,
			   struct dver_err *err),
		 void *data, struct dver_err *err);

#endif
