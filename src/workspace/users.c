#include "workspace/users.h"

#include "base/err.h"
#include "base/mem.h"
#include "repo/git.h"

struct telling {
	struct dver_repo *repo;
	const char *done;
	user_fn fn;
	void *data;
};

static int unreadable(const struct telling *t, const char *path, int code,
		      const struct dver_err *why, struct dver_err *err)
{
	return err_set(err, code, "the workspace '%s' uses this store too and "
		       "cannot be read, so nothing was %s: %s; if it is gone "
		       "for good: dver gc --forget '%s'", path, t->done,
		       why->msg, path);
}

/* A git repository that nobody would find from the workspace. */
static int tell_git(const struct telling *t, const char *path,
		    const struct local_git *git, struct dver_err *err)
{
	struct user u = { .git_only = true };
	struct dver_err why;
	int r;

	if (streq(path, t->repo->root) && t->repo->git &&
	    streq(git_dir(t->repo->git), git->dir))
		return 0;
	r = repo_open_git(&u.repo, path, git->dir, git->tree, &why);
	if (r < 0)
		return unreadable(t, path, r, &why, err);
	return t->fn(t->data, &u, err);
}

static int tell(void *data, const struct local_workspace *w,
		struct dver_err *err)
{
	const struct telling *t = data;
	struct user u = { .own = streq(w->path, t->repo->root) };
	struct dver_err why;
	int r = 0;

	if (u.own)
		u.repo = t->repo;
	else
		r = repo_open_other(&u.repo, w->path, &why);
	if (r < 0)
		return unreadable(t, w->path, r, &why, err);
	r = t->fn(t->data, &u, err);
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = tell_git(t, w->path, &w->git[i], err);
	return r;
}

int users_each(struct dver_repo *repo, const char *done, user_fn fn,
	       void *data, struct dver_err *err)
{
	struct telling t = { repo, done, fn, data };

	return local_each_workspace(repo->cache, tell, &t, err);
}
