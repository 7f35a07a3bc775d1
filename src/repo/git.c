/*
 * git - open the repository, stage, ask what is ignored.
 */
#include <assert.h>
#include <errno.h>
#include <limits.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/git_internal.h"

int git_fail(int code, const char *what, const char *name,
	     struct dver_err *err)
{
	const git_error *e = git_error_last();
	const char *why = e && e->message ? e->message : "unknown reason";

	return err_set(err, code == GIT_ENOTFOUND ? DVER_ENOTFOUND : DVER_EIO,
		       "git cannot %s '%s': %s", what, name, why);
}

char *git_full_path(const struct git *g, const char *path)
{
	return path_join(g->prefix ? g->prefix : "", path);
}

void git_free(struct git *g)
{
	if (!g)
		return;
	git_repository_free(g->repo);
	free(g->workdir);
	free(g->prefix);
	free(g);
	git_libgit2_shutdown();
}

static char *without_slash(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return str_ndup(path, len);
}

/*
 * The top of the working tree.  With GIT_DIR alone git takes the current
 * directory for it; libgit2 says that there is none.
 */
static int find_workdir(struct git *g, struct dver_err *err)
{
	const char *dir = git_repository_workdir(g->repo);
	char here[1024];
	char *real;

	if (!dir && !g->other && getenv("GIT_DIR"))
		dir = getcwd(here, sizeof(here));
	if (!dir)
		return 0;
	real = realpath(dir, NULL);
	if (!real)
		return err_sys(err, "cannot open '%s'", dir);
	g->workdir = without_slash(real);
	free(real);
	return g->workdir ? 1 : err_nomem(err);
}

/* libgit2 1.5 loses the path when it is the one that it has already. */
static int set_tree(git_repository *repo, const char *tree)
{
	const char *now = git_repository_workdir(repo);
	char *real = realpath(tree, NULL);
	size_t len = real ? strlen(real) : 0;
	bool same = now && real && strncmp(now, real, len) == 0 &&
		    streq(now + len, "/");

	free(real);
	return same ? 0 : git_repository_set_workdir(repo, tree, 0);
}

/* As the environment has it; libgit2 itself leaves GIT_WORK_TREE out. */
static int open_env(git_repository **out)
{
	const char *tree = getenv("GIT_WORK_TREE");
	int r = git_repository_open_ext(out, getenv("GIT_DIR"),
					GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	if (r == 0 && tree && *tree)
		r = set_tree(*out, tree);
	return r;
}

/* As the environment has it, or by looking from `dir` upward. */
static int open_repo(git_repository **out, const char *dir, bool other,
		     bool anyones)
{
	const char *env = other ? NULL : getenv("GIT_DIR");
	int r;

	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, !anyones);
	r = env && *env ? open_env(out)
			: git_repository_open_ext(out, dir, 0, NULL);
	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return r;
}

/* Does git, by its safe.directory, work in there? */
static bool is_trusted(const char *dir)
{
	const char *const argv[] = { "git", "-C", dir, "rev-parse",
				     "--git-dir", NULL };
	struct proc p = PROC_INIT;
	char data[512];

	if (proc_start(&p, argv, NULL, NULL) < 0)
		return false;
	while (os_read(p.io, data, sizeof(data)) > 0)
		;
	return proc_end(&p, 60000) == 0;
}

/*
 * libgit2 1.5 says of the repository of another user that there is none, and
 * does not see all the settings that let git in.
 */
static int open_anyones(git_repository **out, const char *dir,
			struct dver_err *err)
{
	int r = open_repo(out, dir, false, true);

	if (r < 0)
		return r == GIT_ENOTFOUND
		       ? 0 : git_fail(r, "open the repository of", dir, err);
	if (is_trusted(dir))
		return 1;
	return err_set(err, DVER_EAUTH, "the git repository '%s' is owned by "
		       "another user: git config --global --add "
		       "safe.directory %s, if you trust it",
		       git_repository_path(*out), dir);
}

/* 1, 0: there is none, < 0. */
static int find_repo(struct git *g, const char *dir, struct dver_err *err)
{
	/* It is only read, and a shared store has workspaces of others. */
	int r = open_repo(&g->repo, dir, g->other, g->other);

	if (!g->other && (r == GIT_ENOTFOUND || r == GIT_EOWNER))
		return open_anyones(&g->repo, dir, err);
	if (r < 0)
		return r == GIT_ENOTFOUND
		       ? 0 : git_fail(r, "open the repository of", dir, err);
	return 1;
}

static int open_git(struct git **out, const char *dir, bool other,
		    struct dver_err *err)
{
	struct git *g = calloc(1, sizeof(*g));
	int r;

	if (!g)
		return err_nomem(err);
	g->other = other;
	git_libgit2_init();
	r = find_repo(g, dir, err);
	if (r > 0)
		r = find_workdir(g, err);
	if (r <= 0) {
		git_free(g);
		return r;
	}
	*out = g;
	return 1;
}

int git_open(struct git **out, const char *dir, struct dver_err *err)
{
	return open_git(out, dir, false, err);
}

int git_open_other(struct git **out, const char *dir, struct dver_err *err)
{
	return open_git(out, dir, true, err);
}

int git_open_given(struct git **out, const char *dir, const char *tree,
		   struct dver_err *err)
{
	struct git *g = calloc(1, sizeof(*g));
	int r;

	if (!g)
		return err_nomem(err);
	g->other = true;
	git_libgit2_init();
	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	r = git_repository_open_ext(&g->repo, dir,
				    GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	if (r == 0)
		r = set_tree(g->repo, tree);
	if (r < 0)
		r = git_fail(r, "open the repository", dir, err);
	else
		r = find_workdir(g, err);
	if (r < 0) {
		git_free(g);
		return r;
	}
	*out = g;
	return 0;
}

bool git_is_elsewhere(const struct git *g)
{
	const char *env = getenv("GIT_DIR");
	git_repository *found = NULL;
	bool elsewhere;

	if (g->other || !env || !*env)
		return false;
	elsewhere = git_repository_open_ext(&found, g->workdir, 0, NULL) < 0 ||
		    !streq(git_repository_path(found), git_dir(g));
	git_repository_free(found);
	return elsewhere;
}

int git_run(struct git *g, const char *const *args, struct buf *out,
	    struct dver_err *err)
{
	/* What the environment says is of ours. */
	const char *const others[] = {
		"env", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u",
		"GIT_INDEX_FILE", "-u", "GIT_COMMON_DIR", "git", "--git-dir",
		git_dir(g), "--work-tree", g->workdir, "-c",
		"core.fsmonitor=false", "-c", "safe.directory=*",
	};
	const char *argv[ARRAY_SIZE(others) + 16] = { "git" };
	size_t n = 1;

	if (g->other) {
		n = ARRAY_SIZE(others);
		memcpy(argv, others, sizeof(others));
	}
	while (*args && n + 1 < ARRAY_SIZE(argv))
		argv[n++] = *args++;
	assert(!*args);
	argv[n] = NULL;
	return proc_run(argv, g->workdir, NULL, 0, out, err);
}

const char *git_workdir(const struct git *g)
{
	return g->workdir;
}

const char *git_dir(const struct git *g)
{
	return git_repository_path(g->repo);
}

const char *git_common_dir(const struct git *g)
{
	return git_repository_commondir(g->repo);
}

int git_set_prefix(struct git *g, const char *prefix, struct dver_err *err)
{
	g->prefix = strdup(prefix);
	return g->prefix ? 0 : err_nomem(err);
}

static int stage_one(struct git *g, git_index *index, const char *path,
		     struct dver_err *err)
{
	AUTO_FREE char *full = git_full_path(g, path);
	AUTO_FREE char *disk = full ? path_join(g->workdir, full) : NULL;
	int r;

	if (!full || !disk)
		return err_nomem(err);
	if (access(disk, F_OK) == 0)
		r = git_index_add_bypath(index, full);
	else if (errno != ENOENT && errno != ENOTDIR)
		return err_sys(err, "cannot stage '%s'", path);
	else
		r = git_index_remove_bypath(index, full);
	return r < 0 ? git_fail(r, "stage", path, err) : 0;
}

static int stage_by_git(struct git *g, const struct strvec *paths,
			struct dver_err *err)
{
	static const char *const argv[] = { "git", "update-index", "--add",
					    "--remove", "-z", "--stdin",
					    NULL };
	AUTO_BUF struct buf names = BUF_BIG;
	int r;

	for (size_t i = 0; i < paths->n; i++) {
		AUTO_FREE char *full = git_full_path(g, paths->v[i]);

		if (!full)
			return err_nomem(err);
		buf_add(&names, full, strlen(full) + 1);
	}
	r = buf_check(&names, err);
	if (r == 0)
		r = proc_run(argv, g->workdir, names.data, names.len, NULL,
			     err);
	if (r > 0)
		r = err_set(err, DVER_ECHILD,
			    "git update-index failed with exit code %d", r);
	return r;
}

/*
 * git takes a file for unchanged when its stat is as the index has it, unless
 * it is not older, in seconds, than the index file; then it looks inside.
 * libgit2 counts nanoseconds and leaves such entries as they are.  A new index
 * file that is as old as the one before keeps git looking: otherwise an edit
 * in the second of git's last commit would never be seen.
 */
static int write_index(git_index *index)
{
	const char *path = git_index_path(index);
	struct stat st;
	bool was = path && stat(path, &st) == 0;
	int r = git_index_write(index);

	if (r == 0 && was)
		(void)utimensat(AT_FDCWD, path, (struct timespec[2]){
			st.st_atim, st.st_mtim }, 0);
	return r;
}

int git_stage(struct git *g, const struct strvec *paths, struct dver_err *err)
{
	git_index *index = NULL;
	int r;

	if (paths->n == 0)
		return 0;
	/* A hook is told of another index file; libgit2 does not look. */
	if (!g->other && getenv("GIT_INDEX_FILE"))
		return stage_by_git(g, paths, err);
	/* An index of a kind that libgit2 does not know is git's. */
	r = git_repository_index(&index, g->repo);
	if (r < 0)
		return stage_by_git(g, paths, err);
	/* To libgit2 a file that cannot be looked for is an empty index. */
	if (git_index_entrycount(index) == 0 && git_index_read(index, 1) < 0)
		r = git_fail(-1, "read the index of", g->workdir, err);
	for (size_t i = 0; r == 0 && i < paths->n; i++)
		r = stage_one(g, index, paths->v[i], err);
	if (r == 0) {
		r = write_index(index);
		if (r < 0)
			r = git_fail(r, "write the index of", g->workdir, err);
	}
	git_index_free(index);
	return r;
}

int git_ignored(struct git *g, const char *path, struct dver_err *err)
{
	AUTO_FREE char *full = git_full_path(g, path);
	int ignored = 0;
	int r;

	if (!full)
		return err_nomem(err);
	r = git_ignore_path_is_ignored(&ignored, g->repo, full);
	return r < 0 ? git_fail(r, "look at the ignore rules for", path, err)
		     : ignored;
}

bool git_attribute_is(struct git *g, const char *path, const char *name,
		      const char *value)
{
	AUTO_FREE char *full = git_full_path(g, path);
	const char *is = NULL;

	return full && git_attr_get(&is, g->repo,
				    GIT_ATTR_CHECK_FILE_THEN_INDEX, full,
				    name) == 0 &&
	       git_attr_value(is) == GIT_ATTR_VALUE_STRING &&
	       streq(is, value);
}

char *git_shared(struct git *g)
{
	git_config *config = NULL;
	const char *value;
	char *copy = NULL;

	if (git_repository_config_snapshot(&config, g->repo) == 0 &&
	    git_config_get_string(&value, config, "core.sharedRepository") == 0)
		copy = strdup(value);
	git_config_free(config);
	return copy;
}

void git_library(struct buf *out)
{
	int major, minor, rev;

	(void)git_libgit2_version(&major, &minor, &rev);
	buf_addf(out, "libgit2 %d.%d.%d", major, minor, rev);
}
