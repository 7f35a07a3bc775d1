/*
 * local - the store on this disk: its lock, its registered repositories, and
 * the small jobs that keep it tidy.
 */
#ifndef STORE_LOCAL_H
#define STORE_LOCAL_H

#include "base/lock.h"
#include "store/store.h"

/*
 * Open (and make) the local store at `root`: folders, `store` key, tmp/ swept
 * of what killed processes left (only folders whose lock can be taken).
 */
int local_open(struct store **out, const char *root, bool create, bool nosync,
	       mode_t mode_mask, struct dver_err *err);
/* The lock that gc takes exclusively and whoever adds takes shared. */
int local_lock(struct lock **out, struct store *s, enum lock_mode mode,
	       void (*on_wait)(void *, const char *), void *data,
	       struct dver_err *err);
/* Register a workspace: `repos/<id>` holds its absolute path. */
int local_register(struct store *s, const char *workspace,
		   struct dver_err *err);
/*
 * After a commit: merge 16 or more small indexes, combine 64 or more packs
 * under 4 MiB.  Cheap when there is nothing to do.
 */
int local_tidy(struct store *s, struct dver_err *err);
/* A folder of our own in tmp/, with a locked file in it. */
struct tmpdir;
int tmpdir_new(struct tmpdir **out, const char *root, struct dver_err *err);
const char *tmpdir_path(const struct tmpdir *t);
void tmpdir_free(struct tmpdir *t);		/* removes it and all in it */

#endif
