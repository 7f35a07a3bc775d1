/*
 * local - the store on this disk: its folder, its lock, its scratch space and
 * the workspaces that use it.
 */
#ifndef STORE_LOCAL_H
#define STORE_LOCAL_H

#include "base/lock.h"
#include "store/store.h"

/*
 * Open (with `create`: make) the local store at `root`.  What killed runs
 * left in tmp/ is swept: only folders whose lock can be taken.
 */
int local_open(struct store **out, const char *root, bool create, bool nosync,
	       mode_t mode_mask, struct dver_err *err);
/* Remove folders in root/tmp whose owners are gone. */
void local_sweep(const char *root);
/*
 * The lock that gc takes exclusively and whoever adds takes shared; waits
 * for up to a minute.
 */
int local_lock(struct lock **out, const char *root, enum lock_mode mode,
	       void (*on_wait)(void *, const char *), void *data,
	       const struct cancel *cancel, struct dver_err *err);
/*
 * Replace a small file below `root` atomically, leaving nothing behind when
 * killed.  `flags` as for afile_open().
 */
int local_replace(const char *root, const char *path, const void *data,
		  size_t len, unsigned flags, struct dver_err *err);
/* A git repository that is not found by looking from the workspace upward. */
struct local_git {
	const char *dir;	/* of the repository; absolute */
	const char *tree;	/* top of its working tree; absolute */
};
/*
 * Register a workspace, so that gc counts what it needs: `repos/<id>` holds
 * its absolute path and, each after a NUL, dir and tree of the repositories
 * that it was ever registered with.  `git` may be NULL.  Doing it again
 * changes nothing.
 */
int local_register(const char *root, const char *workspace,
		   const struct local_git *git, struct dver_err *err);
/* Each workspace that is registered; one that cannot be read is an error. */
struct local_workspace {
	const char *id, *path;
	const struct local_git *git;
	size_t n;
};
int local_each_workspace(const char *root,
			 int (*fn)(void *data,
				   const struct local_workspace *w,
				   struct dver_err *err),
			 void *data, struct dver_err *err);
/* Take one out, by its path or id: 1, 0: there is none, < 0. */
int local_forget(const char *root, const char *workspace,
		 struct dver_err *err);

/* A folder of our own in tmp/, locked for as long as we live. */
struct tmpdir;
int tmpdir_new(struct tmpdir **out, const char *root, struct dver_err *err);
const char *tmpdir_path(const struct tmpdir *t);
void tmpdir_free(struct tmpdir *t);	/* removes it and all in it */
static inline void tmpdir_freep(struct tmpdir **t) { tmpdir_free(*t); }
#define AUTO_TMPDIR __attribute__((cleanup(tmpdir_freep)))

#endif
