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

#ifdef __cplusplus
}
#endif

#endif
