/*
 * dver/cache.h - the local store: what it holds, whether it is sound.
 */
#ifndef DVER_CACHE_H
#define DVER_CACHE_H

#include <stdbool.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_cache_info {
	const char *path;	/* lives as long as the repo */
	uint64_t bytes;		/* on the disk */
	uint64_t packs, pack_bytes;
	uint64_t loose, loose_bytes;
	uint64_t indexes, objects;
	uint64_t workspaces;	/* that are registered with it */
	const char *links;	/* how files get into the workspace */
};
DVER_API int dver_cache_info(struct dver_repo *repo,
			     struct dver_cache_info *out,
			     struct dver_err *err);

/* An object that is damaged or missing. */
struct dver_damage {
	const char *id;		/* "" for a damaged pack or index itself */
	const char *key;	/* where in the store */
	const char *problem;
	const char *path;	/* a file that uses it; NULL: none known */
	const char *commit;	/* that has it so; NULL: the disk */
	bool restored;		/* from the workspace or a remote */
};
struct dver_fsck_opts {
	const char *remote;	/* check this remote instead of the cache */
	bool no_restore;	/* only report */
};
struct dver_fsck_stats {
	uint64_t objects, bytes;	/* that were checked */
	uint64_t damaged, restored, missing;
};
/*
 * Check every object against its id, and that everything below the pointers
 * on the disk and of all branches is there.  DVER_ECORRUPT: something is
 * damaged or missing and was not restored.
 */
DVER_API int dver_fsck(struct dver_repo *repo,
		       const struct dver_fsck_opts *opts,
		       int (*fn)(void *data, const struct dver_damage *d),
		       void *data, struct dver_fsck_stats *stats,
		       struct dver_err *err);

struct dver_gc_stats {
	uint64_t workspaces;	/* whose needs were counted */
	uint64_t objects;	/* chunks, folders and large files that go */
	uint64_t bytes;		/* that this frees on the disk */
	uint64_t packs_deleted, packs_rewritten;
	uint64_t waiting;	/* dead bytes in packs that are mostly alive */
	uint64_t kept_files, kept_bytes;	/* that no remote has */
	uint64_t runs;		/* entries of the run cache that go: what the
				   run made is gone, and no remote has it */
};
/* A file of an earlier commit that no remote has. */
struct dver_gc_kept {
	const char *path;
	const char *commit;	/* that has it so */
	uint64_t size;
};
struct dver_gc_opts {
	bool dry_run;
	bool all_commits;	/* keep what any commit has */
	bool not_pushed;	/* free what no remote has, too */
	bool no_undo;		/* and what only dver undo could bring back */
	/* Called once it is known what would go, unless dry_run: 1 to go on, 0
	   to leave all as it is.  May be NULL. */
	int (*confirm)(void *data, const struct dver_gc_stats *would);
	int (*kept)(void *data, const struct dver_gc_kept *k);	/* or NULL */
	void *data;
};
/*
 * Free what nothing points at: of all workspaces that use this store, kept is
 * what their files, pointers, git's index, every branch, tag, stash, worktree
 * and what reflogs of 90 days name need.  Of earlier commits only what no
 * remote of their repository holds.  DVER_ENOTFOUND: a workspace that uses the
 * store is gone; nothing was deleted (dver_gc_forget()).
 */
DVER_API int dver_gc(struct dver_repo *repo, const struct dver_gc_opts *opts,
		     struct dver_gc_stats *stats, struct dver_err *err);
/*
 * Count the workspace at the absolute path `workspace` no longer: it is gone
 * for good.  DVER_ENOTFOUND: it uses this store not.
 */
DVER_API int dver_gc_forget(struct dver_repo *repo, const char *workspace,
			    struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
