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

struct dver_exchange_opts {
	const char *remote;	/* NULL: the default one */
	bool all_branches;
	bool all_tags;
	bool all_commits;	/* of all branches and tags */
	bool dry_run;
	bool run_cache;		/* push, fetch, pull: runs of stages, too */
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
	uint64_t runs;		/* of stages, sent or received */
};

/*
 * Send what the remote lacks of the workspace's pointers and of every commit
 * that HEAD has and its upstream has not, or of the targets alone, or of all
 * branches, tags, commits.  DVER_EMISSING: some bytes are not in the local
 * store and not in the remote; all else was sent.  With `run_cache` also what
 * stages of the workspace made when they ran before, as far as it is in the
 * local store and not marked `push: false`: whoever fetches it need not run
 * them again.
 */
DVER_API int dver_push(struct dver_repo *repo, const char *const *targets,
		       size_t n, const struct dver_exchange_opts *opts,
		       struct dver_exchange_stats *stats,
		       struct dver_err *err);
/*
 * The reverse, into the local store; the workspace is not touched.  Of runs
 * only the entries are brought, those of all stages: dver_repro() with `pull`
 * fetches what a run made when it is wanted.
 */
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
struct dver_drop_opts {
	const char *remote;	/* NULL: the default one */
	bool dry_run;
	/* Free what only commits older than `days` have; files stay. */
	bool keep;
	long days;
	/* Called for each file that the remote lacks; may be NULL. */
	int (*missing)(void *data, const struct dver_missing *m);
	void *data;
};
struct dver_drop_stats {
	uint64_t files, bytes;	/* removed (or that would be) from the disk */
	uint64_t freed;		/* bytes of the local store */
	uint64_t missing;	/* files that the remote lacks */
};
/*
 * Free the bytes of targets (n == 0: of all outputs) on this disk, in the
 * workspace and in the local store, after the remote was proved to hold all
 * of them: its listings show every pack that its indexes name.  Pointers stay;
 * the data is not here until a pull or a checkout names it.  DVER_EMISSING:
 * the remote lacks some of it; DVER_ECONFLICT: some was changed; nothing was
 * done then.  With `keep` only the store is freed, of what the remote holds
 * and only old commits have.
 */
DVER_API int dver_drop(struct dver_repo *repo, const char *const *targets,
		       size_t n, const struct dver_drop_opts *opts,
		       dver_change_fn fn, void *data,
		       struct dver_drop_stats *stats, struct dver_err *err);
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
