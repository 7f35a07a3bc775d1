/*
 * dver/hooks.h - git hooks: put them in, take them out, and what they do.
 */
#ifndef DVER_HOOKS_H
#define DVER_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/workspace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_install_opts {
	bool remove;	/* take them out again */
	bool force;	/* also where other repositories use the folder */
};
/* What happened to one file or setting. */
struct dver_installed {
	const char *name;	/* "pre-push", "merge driver" */
	const char *path;
	enum { DVER_HOOK_WRITTEN, DVER_HOOK_THERE, DVER_HOOK_REMOVED,
	       DVER_HOOK_ABSENT } what;
	const char *chained;	/* the hook that is run first; or NULL */
};
/*
 * Write the hooks post-checkout, post-merge, post-rewrite, pre-commit and
 * pre-push where git looks for them (core.hooksPath), and register the merge
 * driver for pointers.  A hook that is there is run first, under the name
 * "<hook>.before-dver".  DVER_ECONFLICT: a hook was changed by somebody, or
 * the folder is of other repositories too.
 */
DVER_API int dver_install(struct dver_repo *repo,
			  const struct dver_install_opts *opts,
			  int (*fn)(void *data, const struct dver_installed *h),
			  void *data, struct dver_err *err);
/* The hooks for the pre-commit framework, as YAML. */
DVER_API const char *dver_install_yaml(void);

/*
 * What a hook does; what goes wrong is for the person, in err.
 * After a checkout, merge or rebase: the data follows, unless
 * hooks.postCheckout is off.
 */
DVER_API int dver_hook_checkout(struct dver_repo *repo, dver_change_fn fn,
				void *data, struct dver_err *err);
/* Is a rebase under way, which checks out many commits? */
DVER_API bool dver_is_rebasing(struct dver_repo *repo);
/*
 * Before a commit, by hooks.preCommit: DVER_ECONFLICT when data was changed
 * and not added; `fn` hears of each such output.
 */
DVER_API int dver_hook_pre_commit(struct dver_repo *repo,
				  int (*fn)(void *data, const char *path),
				  void *data, struct dver_err *err);
/* A line that git tells the pre-push hook: full ids, zeros for none. */
struct dver_ref_update {
	const char *local_id, *remote_id;
};
/*
 * Before a push to the git remote `remote`, by hooks.prePush: the data of
 * exactly these commits is pushed, or it is proved that it is there.
 */
DVER_API int dver_hook_pre_push(struct dver_repo *repo, const char *remote,
				const struct dver_ref_update *refs, size_t n,
				struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
