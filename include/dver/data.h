/*
 * dver/data.h - read tracked data at any revision, without a checkout.
 *
 * `rev` is anything that git understands, or NULL for the pointers on the
 * disk.  What the local store lacks is read from the default remote.
 */
#ifndef DVER_DATA_H
#define DVER_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_kind {
	DVER_FILE = 1,
	DVER_EXECUTABLE = 2,
	DVER_SYMLINK = 3,
	DVER_DIRECTORY = 4
};

struct dver_entry {
	const char *path;
	enum dver_kind kind;
	const char *id;		/* SHA-256, 64 hex digits */
	uint64_t size;		/* bytes; of a directory all below it */
	uint64_t files;		/* 1, or all below a directory */
	bool output;		/* it is an output itself */
};
typedef int (*dver_entry_fn)(void *data, const struct dver_entry *entry);

/*
 * List the outputs below `path` (NULL: the workspace), or what lies in
 * tracked data at `path`; one level, or all (`recursive`).
 */
DVER_API int dver_ls(struct dver_repo *repo, const char *rev,
		     const char *path, bool recursive, dver_entry_fn fn,
		     void *data, struct dver_err *err);

/*
 * Stream a tracked file.  Each chunk is checked before `sink` sees it; the
 * whole is checked at the end (DVER_ECORRUPT then).
 */
DVER_API int dver_cat(struct dver_repo *repo, const char *rev,
		      const char *path,
		      int (*sink)(void *data, const void *bytes, size_t len),
		      void *data, struct dver_err *err);

enum {
	DVER_EXPORT_FORCE = 1	/* replace files that differ */
};
struct dver_export_stats {
	uint64_t files, bytes;	/* written */
	uint64_t unchanged;	/* files that were there */
	uint64_t links;		/* symlinks left out: no folder, no symlinks */
	uint64_t wire, requests;
};
/*
 * Write tracked data at `path` (NULL: all) as plain files, under their own
 * paths, to `dest`: a folder, or the URL of a remote, or remote://NAME/PATH,
 * which has that remote's options.  What is there already is kept if it is
 * the same, else DVER_EEXISTS names it; other files are not touched, so the
 * same call goes on where one was cut off.  What the local store lacks is
 * fetched into it first (DVER_EMISSING: some of it is nowhere).
 */
DVER_API int dver_export(struct dver_repo *repo, const char *rev,
			 const char *path, const char *dest, unsigned flags,
			 struct dver_export_stats *stats,
			 struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
