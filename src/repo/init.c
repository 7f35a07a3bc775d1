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
#include "repo/dverignore.h"
#include "repo/git.h"
#include "repo/repo.h"

#define CONFIG_TEXT "# dver's settings, committed with git: dver-config(5)\n"
#define IGNORE_TEXT \
	"/cache/\n/config.local\n/index/\n/lock\n/resolve\n/tmp/\n" \
	"/stages/\n/undo/\n/workspace\n"

#define DVERIGNORE_TEXT \
	"# What dver add passes over; dver-ignore(5) has the syntax.\n" \
	".DS_Store\n.ipynb_checkpoints/\nThumbs.db\n__pycache__/\n"

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

/* 1: it holds the text now, 0: there is another, whatever it is. */
static int write_new(const char *dir, const char *name, const char *text,
		     struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, name);
	AUTO_FREE char *now = NULL;
	struct os_stat st;
	size_t len;
	int r;

	if (!path)
		return err_nomem(err);
	/* Ours already when a run was killed before its end. */
	if (os_stat(path, &st, true) == 0)
		return S_ISREG(st.mode) && os_slurp(&now, &len, path, 4096,
						    NULL) == 0 &&
		       streq(now, text);
	r = afile_replace(path, text, strlen(text), 0666, 0, err);
	return r < 0 ? r : 1;
}

static int stage_files(struct git *git, const char *real, unsigned flags,
		       bool ignore, struct dver_err *err)
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
	    !strvec_push(&paths, ".dver/.gitignore") ||
	    (ignore && !strvec_push(&paths, DVERIGNORE)))
		return err_nomem(err);
	return git_stage(git, &paths, err);
}

static int make(const char *real, struct git *git, unsigned flags,
		struct dver_err *err)
{
	AUTO_FREE char *meta = path_join(real, ".dver");
	AUTO_FREE char *config = NULL;
	int r = check_place(real, git, flags, err);
	int ignore = 0;

	if (r < 0)
		return r;
	config = meta ? path_join(meta, "config") : NULL;
	if (!config)
		return err_nomem(err);
	if (access(config, F_OK) == 0)
		return 0;
	if (os_mkdirs(meta, 0777) < 0)
		return err_sys(err, "cannot make '%s'", meta);
	r = write_new(meta, ".gitignore", IGNORE_TEXT, err);
	if (r >= 0)
		r = ignore = write_new(real, DVERIGNORE, DVERIGNORE_TEXT, err);
	/* The last: from now on it is a workspace. */
	if (r >= 0)
		r = write_new(meta, "config", CONFIG_TEXT, err);
	if (r >= 0 && git)
		r = stage_files(git, real, flags, ignore > 0, err);
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
