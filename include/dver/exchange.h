/*
 * dver/exchange.h - push, fetch and pull data; prove that a remote has it.
 */
#ifndef DVER_EXCHANGE_H
#define DVER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/workspace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A file whose bytes are nowhere that was asked. */
struct dver_missing {
	const char *output;
	const char *path;	/* "" when the whole output is unknown */
	const char *id;		/* SHA-256 of the file or tree */
	uint64_t size;
	const char *commit;	/* that recorded it; NULL: the disk */
};

struct dver_exchange_opts {
	const char *remote;	/* NULL: the default one */
	bool all_branches;
	bool all_tags;
	bool all_commits;	/* of all branches and tags */
	bool dry_run;
	/* push, check: these commits (full ids) and nothing else; or NULL */
	const char *const *commits;
	size_t ncommits;
	/* Called for each file that is missing; may be NULL. */
	int (*missing)(void *data, const struct dver_missing *m);
	void *data;
};

struct dver_exchange_stats {
	uint64_t files;		/* sent or received (or would be) */
	uint64_t bytes;		/* of these files */
	uint64_t objects;	/* sent or received */
	uint64_t wire;		/* bytes up and down */
	uint64_t requests;
	uint64_t missing;	/* files whose bytes are nowhere */
};

/*
 * Send what the remote lacks of the workspace's pointers and of every commit
 * that HEAD has and its upstream has not, or of the targets alone, or of all
 * branches, tags, commits.  DVER_EMISSING: some bytes are not in the local
 * store and not in the remote; all else was sent.
 */
DVER_API int dver_push(struct dver_repo *repo, const char *const *targets,
		       size_t n, const struct dver_exchange_opts *opts,
		       struct dver_exchange_stats *stats,
		       struct dver_err *err);
/* The reverse, into the local store; the workspace is not touched. */
DVER_API int dver_fetch(struct dver_repo *repo, const char *const *targets,
			size_t n, const struct dver_exchange_opts *opts,
			struct dver_exchange_stats *stats,
			struct dver_err *err);
/* dver_fetch(), then dver_checkout(). */
DVER_API int dver_pull(struct dver_repo *repo, const char *const *targets,
		       size_t n, const struct dver_exchange_opts *opts,
		       const struct dver_checkout_opts *checkout,
		       dver_change_fn fn, void *data,
		       struct dver_exchange_stats *stats,
		       struct dver_err *err);
/*
 * Prove from indexes and trees that the remote has all data of the commits in
 * `range` ("A..B", a revision, NULL: HEAD).  DVER_EMISSING: it has not, and
 * opts->missing was told what.  No data is read.
 */
DVER_API int dver_check(struct dver_repo *repo, const char *range,
			const struct dver_exchange_opts *opts,
			struct dver_exchange_stats *stats,
			struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
