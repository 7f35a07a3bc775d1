/*
 * dver/history.h - who changed which data when, and what takes the space.
 *
 * Read from git's objects and from trees; files are never read.
 */
#ifndef DVER_HISTORY_H
#define DVER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/workspace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One output, or the part of one that was asked for, in one commit. */
struct dver_log_change {
	char status;		/* 'A', 'M', 'D'; '?': a pointer unreadable */
	const char *path;
	bool directory;
	uint64_t old_size, new_size;	/* bytes; 0 where there was nothing */
	uint64_t old_files, new_files;
};
struct dver_log_entry {
	const char *commit;	/* full id */
	const char *author, *mail;
	int64_t time;		/* of the author: seconds since 1970 */
	const char *subject;
	const struct dver_log_change *changes;
	size_t n;		/* at least 1 */
};
struct dver_log_opts {
	const char *rev;	/* or a range "A..B"; NULL: HEAD */
	uint64_t max;		/* entries; 0: all */
};
/*
 * Commits that changed tracked data, newest first; of a merge only what it
 * has from none of its parents.  `targets` are outputs, folders, or paths
 * inside tracked data (n == 0: everything); what they name need not exist any
 * more.  In a shallow clone the oldest commits are left out, since what they
 * changed is not known: a note says so.
 */
DVER_API int dver_log(struct dver_repo *repo, const char *const *targets,
		      size_t n, const struct dver_log_opts *opts,
		      int (*fn)(void *data, const struct dver_log_entry *e),
		      void *data, struct dver_err *err);

/* The commit that brought these bytes to this path. */
struct dver_origin {
	const char *commit, *author, *mail, *subject;
	int64_t time;
};
/*
 * For missing files: who recorded them?  fn(data, i, origin) is called for
 * those of v[0..n) of which it is known, in any order.  One walk over the
 * history, which reads trees that are here or at the default remote.
 */
DVER_API int dver_origins(struct dver_repo *repo,
			  const struct dver_missing *v, size_t n,
			  int (*fn)(void *data, size_t i,
				    const struct dver_origin *o),
			  void *data, struct dver_err *err);

struct dver_du_entry {
	const char *path;
	bool directory;
	bool output;		/* it is an output itself */
	uint64_t bytes, files;
	uint64_t unique;	/* bytes that nothing else has; if asked for */
};
struct dver_du_opts {
	const char *rev;	/* NULL: the pointers on the disk */
	unsigned depth;		/* levels inside outputs; 0: outputs only */
	bool unique;		/* count what no other output has, too */
};
/*
 * Sizes of outputs and folders, by path; `path` is an output, a folder or a
 * path inside tracked data (NULL: everything).  After several outputs comes
 * an entry with the path "" for all of them together.
 */
DVER_API int dver_du(struct dver_repo *repo, const char *path,
		     const struct dver_du_opts *opts,
		     int (*fn)(void *data, const struct dver_du_entry *e),
		     void *data, struct dver_err *err);
/*
 * Files and bytes that only the branch or tag `ref` keeps alive: its commits
 * have them, and no commit of another branch or tag.  DVER_ENOTFOUND: there
 * is no such branch or tag.
 */
DVER_API int dver_du_only(struct dver_repo *repo, const char *ref,
			  uint64_t *files, uint64_t *bytes,
			  struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
