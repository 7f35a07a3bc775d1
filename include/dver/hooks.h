/*
 * dver/hooks.h - git's hooks: put them in place, and what they do.
 */
#ifndef DVER_HOOKS_H
#define DVER_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_hook_file {
	const char *name;	/* "pre-push" */
	const char *path;	/* absolute */
	const char *chained;	/* the hook that it runs first; NULL: none */
	bool changed;		/* written, or removed */
};
struct dver_install_opts {
	bool force;	/* also in a folder outside of the repository, and over
			   hooks of ours that were edited */
	int (*fn)(void *data, const struct dver_hook_file *file);
	void *data;
};
/*
 * Put git's hooks post-checkout, post-merge, post-rewrite, pre-push and pre-
 * commit in place and tell git of the merge driver.  A hook that is there is
 * kept as NAME.before-dver and runs first.  Again: mends what is not as it
 * should be. DVER_EINVAL: no git.  DVER_ECONFLICT: a hook of ours was edited,
 * or the folder of hooks is not this repository's.
 */
DVER_API int dver_hooks_install(struct dver_repo *repo,
				const struct dver_install_opts *opts,
				struct dver_err *err);
/*
 * The reverse; hooks that were there before are put back.  DVER_ECONFLICT: a
 * hook was edited since and stays; all others are gone.
 */
DVER_API int dver_hooks_remove(struct dver_repo *repo,
			       const struct dver_install_opts *opts,
			       struct dver_err *err);

/*
 * post-checkout, post-merge and the end of a rebase: make the data match the
 * pointers, never over edits.  Nothing is done for files alone (`branch`
 * false), within a rebase, or with hooks.postCheckout = off.  `old` is the
 * commit before (NULL: unknown); zeros are a clone, whose data is not here.
 * Errors as dver_checkout().
 */
DVER_API int dver_hook_checkout(struct dver_repo *repo, const char *old,
				bool branch, struct dver_err *err);

/* One reference that git is about to push. */
struct dver_ref_update {
	const char *local;	/* a commit; zeros or "": it is deleted */
	const char *remote;	/* what is there now; zeros or "": nothing */
};
/*
 * pre-push: send the data of the commits that git is about to push to its
 * remote `git_remote`, or (hooks.prePush = block) prove that it was sent.
 * Commits whose pointers are all known there cost no request.
 */
DVER_API int dver_hook_push(struct dver_repo *repo, const char *git_remote,
			    const struct dver_ref_update *updates, size_t n,
			    const struct dver_exchange_opts *opts,
			    struct dver_exchange_stats *stats,
			    struct dver_err *err);

/*
 * pre-commit: `fn` hears of each output that was edited and whose pointer in
 * git's index is still HEAD's.  Where there is one, hooks.preCommit decides:
 * block (DVER_ECONFLICT), warn, or add it and stage its pointer.
 */
DVER_API int dver_hook_commit(struct dver_repo *repo,
			      int (*fn)(void *data, const char *path),
			      void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
