/*
 * init - make a folder a workspace.
 */
#include <errno.h>
#include <limits.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/git.h"
#include "repo/repo.h"

#define CONFIG_TEXT "# dver's settings, committed with git: dver-config(5)\n"
#define IGNORE_TEXT \
	"/cache/\n/config.local\n/index/\n/lock\n/resolve\n/tmp/\n" \
	"/undo/\n/workspace\n"

static int check_place(const char *real, const struct git *git,
		       unsigned flags, struct dver_err *err)
{
	AUTO_FREE char *dvc = path_join(real, ".dvc");
	struct os_stat st;

	if (!dvc)
		return err_nomem(err);
	if (os_stat(dvc, &st, true) == 0)
		return err_set(err, DVER_EEXISTS, "'%s' is a DVC repository, "
			       "and this version cannot work in one yet: "
			       "nothing was changed", real);
	if (!git && !(flags & DVER_INIT_NO_GIT))
		return err_set(err, DVER_ENOTFOUND, "'%s' is in no git "
			       "repository: run git init first, or use "
			       "--no-git", real);
	if (git && !(flags & (DVER_INIT_SUBDIR | DVER_INIT_NO_GIT)) &&
	    !streq(git_workdir(git), real))
		return err_set(err, DVER_EINVAL, "the top of this git "
			       "repository is '%s': run dver init there, or "
			       "use --subdir for a workspace in this folder",
			       git_workdir(git));
	return 0;
}

static int write_new(const char *meta, const char *name, const char *text,
		     struct dver_err *err)
{
	AUTO_FREE char *path = path_join(meta, name);

	if (!path)
		return err_nomem(err);
	if (access(path, F_OK) == 0)
		return 0;
	return afile_replace(path, text, strlen(text), 0644, 0, err);
}

static int stage_files(struct git *git, const char *real, unsigned flags,
		       struct dver_err *err)
{
	AUTO_STRVEC struct strvec paths = STRVEC_INIT;
	const char *top = git_workdir(git);
	const char *prefix = real + (streq(top, "/") ? 0 : strlen(top));
	int r;

	if ((flags & DVER_INIT_NO_GIT) || !path_inside(real, top))
		return 0;
	prefix += *prefix == '/';
	r = git_set_prefix(git, prefix, err);
	if (r < 0)
		return r;
	if (!strvec_push(&paths, ".dver/config") ||
	    !strvec_push(&paths, ".dver/.gitignore"))
		return err_nomem(err);
	return git_stage(git, &paths, err);
}

static int make(const char *real, struct git *git, unsigned flags,
		struct dver_err *err)
{
	AUTO_FREE char *meta = path_join(real, ".dver");
	AUTO_FREE char *config = NULL;
	bool fresh;
	int r = check_place(real, git, flags, err);

	if (r < 0)
		return r;
	config = meta ? path_join(meta, "config") : NULL;
	if (!config)
		return err_nomem(err);
	fresh = access(config, F_OK) != 0;
	if (!fresh)
		return 0;
	if (os_mkdirs(meta, 0777) < 0)
		return err_sys(err, "cannot make '%s'", meta);
	r = write_new(meta, ".gitignore", IGNORE_TEXT, err);
	if (r == 0)
		r = write_new(meta, "config", CONFIG_TEXT, err);
	if (r == 0 && git)
		r = stage_files(git, real, flags, err);
	return r < 0 ? r : 1;
}

int dver_repo_init(const char *dir, unsigned flags, struct dver_err *err)
{
	AUTO_FREE char *real = realpath(dir ? dir : ".", NULL);
	struct git *git = NULL;
	int r;

	if (!real)
		return err_sys(err, "cannot open '%s'", dir ? dir : ".");
	r = git_open(&git, real, err);
	if (r >= 0)
		r = make(real, r ? git : NULL, flags, err);
	git_free(git);
	return r;
}
