/*
 * hooks - put our hooks where git looks for them, and take them away.
 *
 * A hook that is there gets a second name, NAME.before-dver, before ours
 * replaces it: at no moment is there none.  What another tool put over ours
 * afterwards and runs it as NAME.legacy stays as it is.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"
#include "dver/hooks.h"
#include "repo/git.h"
#include "repo/hook_text.h"
#include "repo/hooks_internal.h"
#include "repo/merge_driver.h"

struct work {
	struct dver_repo *repo;
	const struct dver_install_opts *opts;
	char *folder;		/* of the hooks; owned */
	const char *dir;	/* of the workspace; "." is the top */
	bool others;		/* other workspaces use the hooks too */
	struct lock *lock;	/* of the workspace; owned */
	struct tmpdir *tmp;	/* for unfinished files; owned */
};

static void work_end(struct work *w)
{
	w->repo->tmp = NULL;
	tmpdir_free(w->tmp);
	lock_release(w->lock);
	free(w->folder);
}

static int tell(const struct work *w, const struct hook *h, bool changed)
{
	if (!w->opts || !w->opts->fn)
		return 0;
	return w->opts->fn(w->opts->data, &(struct dver_hook_file){
		.name = h->name, .path = h->path, .changed = changed,
		.chained = hook_is_there(h->before) ? h->before : NULL });
}

/* Two names of one file: an install that was killed. */
static bool same_file(const char *a, const char *b)
{
	struct os_stat x, y;

	return os_stat(a, &x, true) == 0 && os_stat(b, &y, true) == 0 &&
	       x.ino == y.ino && x.dev == y.dev;
}

static int keep_before(struct hook *h, struct dver_err *err)
{
	if (h->has_before && same_file(h->path, h->before))
		return 0;
	if (h->has_before)
		return err_set(err, DVER_ECONFLICT, "'%s' is there besides "
			       "'%s': remove one of them", h->before, h->path);
	if (os_link(h->path, h->before) == 0)
		return 0;
	/* Where there are no hard links. */
	if (os_rename(h->path, h->before) < 0)
		return err_sys(err, "cannot rename '%s'", h->path);
	return 0;
}

static int write_hook(const struct work *w, const struct hook *h,
		      const struct strvec *dirs, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(HOOK_MAX);
	AUTO_FREE char *old = NULL;
	mode_t mode = 0755 | (w->repo->mode_mask & 0777);
	size_t len = 0;
	int r = hook_text(&text, h->name, dirs, err);

	if (r < 0)
		return r;
	if (h->mode && h->kind != HOOK_FOREIGN)
		mode |= h->mode;
	else if (h->mode)	/* who may read it, may run it */
		mode = h->mode | ((h->mode & 0444) >> 2);
	if (h->kind == HOOK_OURS && h->mode == mode)
		(void)os_slurp(&old, &len, h->path, HOOK_MAX, NULL);
	if (old && len == text.len && memcmp(old, text.data, len) == 0)
		return 0;
	r = repo_replace_mode(w->repo, h->path, text.data, text.len, mode,
			      true, err);
	return r < 0 ? r : 1;
}

static int install_one(const struct work *w, const char *name,
		       struct dver_err *err)
{
	AUTO_HOOK struct hook h = { .name = NULL };
	bool force = w->opts && w->opts->force;
	int r = hook_load(&h, w->folder, name, err);

	if (r < 0)
		return r;
	if (h.kind == HOOK_EDITED && !force)
		return err_set(err, DVER_ECONFLICT, "'%s' was edited: move "
			       "your lines to '%s', or give --force to write "
			       "it anew", h.path, h.before);
	if (h.kind == HOOK_FOREIGN)
		r = keep_before(&h, err);
	if (r == 0 && !strvec_has(&h.dirs, w->dir) &&
	    !strvec_push(&h.dirs, w->dir))
		return err_nomem(err);
	strvec_sort(&h.dirs);
	if (r == 0)
		r = write_hook(w, &h, &h.dirs, err);
	return r < 0 ? r : tell(w, &h, r > 0);
}

/* Put back what was there before, or leave nothing. */
static int take_away(const struct hook *h, struct dver_err *err)
{
	if (h->has_before && os_rename(h->before, h->path) < 0)
		return err_sys(err, "cannot rename '%s'", h->before);
	if (!h->has_before && h->kind != HOOK_NONE && os_unlink(h->path) < 0)
		return err_sys(err, "cannot remove '%s'", h->path);
	return 0;
}

static int remove_one(struct work *w, const char *name, struct dver_err *err)
{
	AUTO_HOOK struct hook h = { .name = NULL };
	AUTO_STRVEC struct strvec left = STRVEC_INIT;
	int r = hook_load(&h, w->folder, name, err);

	if (r < 0)
		return r;
	if ((h.kind == HOOK_EDITED && !(w->opts && w->opts->force)) ||
	    (h.kind == HOOK_FOREIGN && h.has_before &&
	     !same_file(h.path, h.before)))
		return err_set(err, DVER_ECONFLICT, "'%s' was changed since "
			       "dver install wrote it and stays: remove it by "
			       "hand%s%s", h.path, h.has_before ? "; the hook "
			       "from before is " : "",
			       h.has_before ? h.before : "");
	if (h.kind == HOOK_FOREIGN && !h.has_before)
		return 0;
	for (size_t i = 0; i < h.dirs.n; i++)
		if (!streq(h.dirs.v[i], w->dir) &&
		    !strvec_push(&left, h.dirs.v[i]))
			return err_nomem(err);
	w->others |= left.n > 0;
	if (h.kind == HOOK_NONE && !h.has_before)
		return 0;
	r = left.n ? write_hook(w, &h, &left, err) : take_away(&h, err);
	return r < 0 ? r : tell(w, &h, true);
}

static int must_be_own(const struct work *w, struct dver_err *err)
{
	int r = hooks_folder_is_own(w->repo, w->folder, err);

	if (r != 0)
		return MIN(r, 0);
	return err_set(err, DVER_ECONFLICT, "git's hooks are in '%s', outside "
		       "of this repository: others may use them too; --force "
		       "uses that folder, git config --local core.hooksPath "
		       "sets another", w->folder);
}

static int begin(struct work *w, struct dver_repo *repo,
		 const struct dver_install_opts *opts, struct dver_err *err)
{
	int r;

	*w = (struct work){ .repo = repo, .opts = opts };
	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: it has no hooks");
	w->dir = *repo->prefix ? repo->prefix : ".";
	r = repo_lock(repo, &w->lock, err);
	if (r < 0)
		return r;
	local_sweep(repo->meta);
	r = tmpdir_new(&w->tmp, repo->meta, err);
	if (r < 0)
		return r;
	repo->tmp = tmpdir_path(w->tmp);
	return hooks_folder(repo, &w->folder, err);
}

int dver_hooks_install(struct dver_repo *repo,
		       const struct dver_install_opts *opts,
		       struct dver_err *err)
{
	struct work w;
	int r = begin(&w, repo, opts, err);

	if (r == 0 && !(opts && opts->force))
		r = must_be_own(&w, err);
	if (r == 0 && !hook_is_there(w.folder) &&
	    os_mkdirs(w.folder, 0755 | (repo->mode_mask & 0777)) < 0)
		r = err_sys(err, "cannot make '%s'", w.folder);
	for (size_t i = 0; r == 0 && i < HOOKS; i++)
		r = install_one(&w, hook_names[i], err);
	if (r == 0)
		r = MIN(merge_driver_register(repo, err), 0);
	work_end(&w);
	return r;
}

int dver_hooks_remove(struct dver_repo *repo,
		      const struct dver_install_opts *opts,
		      struct dver_err *err)
{
	struct work w;
	int first = 0;
	int r = begin(&w, repo, opts, err);

	for (size_t i = 0; r == 0 && i < HOOKS; i++) {
		struct dver_err here;
		int one = remove_one(&w, hook_names[i], &here);

		if (one != 0 && first == 0) {
			first = one;
			if (err)
				*err = here;
		}
	}
	if (r == 0 && !w.others)
		r = MIN(merge_driver_forget(repo, first ? NULL : err), 0);
	work_end(&w);
	return first ? first : r;
}
