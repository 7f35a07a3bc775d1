/*
 * hook_checkout - after git changed the pointers, the data follows.
 *
 * A rebase goes through many commits: only where it ends matters, which
 * post-rewrite tells.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/hooks.h"
#include "repo/config.h"
#include "repo/git.h"
#include "repo/outputs.h"

static bool rebasing(const struct dver_repo *repo)
{
	static const char *const names[] = { "rebase-merge", "rebase-apply" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_FREE char *path = path_join(git_dir(repo->git), names[i]);

		if (path && access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static int tell_clone(struct dver_repo *repo, struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	int r = outputs_load(&o, repo, NULL, err);

	if (r == 0 && o.n > 0)
		repo_note(repo, DVER_NOTE_INFO, "the data is not here yet: "
			  "dver pull fetches it");
	return r;
}

static int quietly(void *data, const struct dver_change *change)
{
	(void)data;
	(void)change;
	return 0;
}

int dver_hook_checkout(struct dver_repo *repo, const char *old, bool branch,
		       struct dver_err *err)
{
	const char *mode = config_str(repo, "hooks.postCheckout");

	if (!repo->git || !branch || (mode && streq(mode, "off")) ||
	    (old && rebasing(repo)))
		return 0;
	/* A new linked worktree has the store of the main one. */
	if (old && git_is_zero(old) &&
	    streq(git_dir(repo->git), git_common_dir(repo->git)))
		return tell_clone(repo, err);
	return dver_checkout(repo, NULL, 0, NULL, quietly, NULL, err);
}
