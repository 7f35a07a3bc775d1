/*
 * hooks_load - find git's hooks, and tell ours from others'.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/git.h"
#include "repo/hooks_internal.h"

const char *const hook_names[HOOKS] = {
	"post-checkout", "post-merge", "post-rewrite", "pre-commit", "pre-push"
};

void hook_release(struct hook *h)
{
	free(h->path);
	free(h->before);
	free(h->legacy);
	strvec_release(&h->dirs);
}
bool hook_is_there(const char *path)
{
	struct os_stat st;

	return os_stat(path, &st, true) == 0;
}

static int judge(const char *path, enum hook_kind *kind, struct strvec *dirs,
		 mode_t *mode, struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	struct os_stat st;
	size_t len;
	int r;

	*kind = HOOK_NONE;
	if (os_stat(path, &st, true) < 0)
		return errno == ENOENT ? 0
				       : err_sys(err, "cannot read '%s'", path);
	*kind = HOOK_FOREIGN;
	if (!S_ISREG(st.mode))	/* a symlink is somebody else's */
		return S_ISDIR(st.mode)
			       ? err_set(err, DVER_ECONFLICT, "'%s' is a "
					 "folder: move it away", path) : 0;
	*mode = st.mode & 07777;
	if (st.size > HOOK_MAX)
		return 0;
	r = os_slurp(&text, &len, path, HOOK_MAX, err);
	if (r == 0)
		*kind = hook_judge(text, len, dirs, err);
	return r;
}

int hook_load(struct hook *h, const char *folder, const char *name,
	      struct dver_err *err)
{
	enum hook_kind kind;
	mode_t mode = 0;
	int r;

	h->name = name;
	h->path = path_join(folder, name);
	h->before = h->path ? str_printf("%s.before-dver", h->path) : NULL;
	h->legacy = h->path ? str_printf("%s.legacy", h->path) : NULL;
	if (!h->before || !h->legacy)
		return err_nomem(err);
	h->has_before = hook_is_there(h->before);
	r = judge(h->path, &h->kind, &h->dirs, &h->mode, err);
	if (r < 0 || h->kind != HOOK_FOREIGN)
		return r;
	/* The pre-commit framework moved ours there and runs it. */
	r = judge(h->legacy, &kind, &h->dirs, &mode, err);
	if (r == 0 && (kind == HOOK_OURS || kind == HOOK_EDITED)) {
		free(h->path);
		h->path = TAKE(h->legacy);
		h->kind = kind;
		h->mode = mode;
	}
	return r;
}

/* git itself knows where: core.hooksPath, worktrees, ~, includes. */
int hooks_folder(struct dver_repo *repo, char **found, struct dver_err *err)
{
	static const char *const argv[] = { "git", "rev-parse", "--git-path",
					    "hooks", NULL };
	AUTO_BUF struct buf out = BUF_PATH;
	AUTO_BUF struct buf clean = BUF_PATH;
	AUTO_FREE char *full = NULL;
	const char *top = git_workdir(repo->git);
	int r = proc_run(argv, top, NULL, 0, &out, err);

	if (r != 0)
		return r < 0 ? r : err_set(err, DVER_ECHILD, "git does not "
					   "say where its hooks are");
	if (out.len && out.data[out.len - 1] == '\n')
		buf_truncate(&out, out.len - 1);
	full = *out.data == '/' ? strdup(out.data) : path_join(top, out.data);
	if (!full)
		return err_nomem(err);
	r = path_clean(&clean, full, err);
	if (r < 0)
		return r;
	*found = buf_detach(&clean);
	return *found ? 0 : err_nomem(err);
}

int hooks_folder_is_own(struct dver_repo *repo, const char *folder,
			struct dver_err *err)
{
	AUTO_FREE char *common = realpath(git_common_dir(repo->git), NULL);
	AUTO_FREE char *real = realpath(folder, NULL);

	if (!real && errno == ENOENT)
		real = strdup(folder);	/* it will be made */
	if (!real || !common)
		return err_sys(err, "cannot open '%s'", folder);
	return path_inside(real, common) ||
	       path_inside(real, git_workdir(repo->git));
}
