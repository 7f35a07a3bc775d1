/*
 * repo - find the workspace, read its settings, lend its store and its lock.
 */
#include "repo/repo.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/pool.h"
#include "base/share.h"
#include "repo/config_internal.h"
#include "repo/git.h"
#include "store/local.h"

#define VERSION "0.1.0"
#define LOCK_WAIT_MS 60000

const char *dver_version(void)
{
	return VERSION;
}

void dver_free(void *p)
{
	free(p);
}

void dver_repo_free(struct dver_repo *repo)
{
	if (!repo)
		return;
	store_close(repo->store);
	logins_free(repo->logins);
	config_free(repo->config);
	git_free(repo->git);
	free(repo->cache);
	free(repo->prefix);
	free(repo->meta);
	free(repo->root);
	free(repo);
}

bool dver_is_revision(struct dver_repo *repo, const char *word)
{
	return repo->git && git_is_range(repo->git, word);
}

bool dver_is_shallow(const struct dver_repo *repo)
{
	return repo && repo->git && git_is_shallow(repo->git);
}

const char *dver_repo_root(const struct dver_repo *repo)
{
	return repo->root;
}

bool dver_repo_has_git(const struct dver_repo *repo)
{
	return repo->git != NULL;
}

void dver_repo_cancel(struct dver_repo *repo)
{
	cancel_set(&repo->cancel);
}

void dver_repo_progress(const struct dver_repo *repo,
			struct dver_progress *out)
{
	*out = (struct dver_progress){
		.what = atomic_load(&repo->what),
		.files = atomic_load(&repo->files),
		.files_total = atomic_load(&repo->files_total),
		.bytes = atomic_load(&repo->bytes),
		.bytes_total = atomic_load(&repo->bytes_total),
	};
}

void repo_phase(struct dver_repo *repo, const char *what)
{
	atomic_store(&repo->files, 0);
	atomic_store(&repo->bytes, 0);
	atomic_store(&repo->files_total, 0);
	atomic_store(&repo->bytes_total, 0);
	atomic_store(&repo->what, what);
}

void repo_note(struct dver_repo *repo, enum dver_note_kind kind,
	       const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!repo->note)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	repo->note(repo->note_data, kind, line);
}

static int has_meta(const char *dir, struct dver_err *err)
{
	AUTO_FREE char *meta = path_join(dir, ".dver");
	struct os_stat st;

	if (!meta)
		return err_nomem(err);
	if (os_stat(meta, &st, true) == 0)
		return S_ISDIR(st.mode);
	return errno == EIO || errno == ENOMEM
	       ? err_sys(err, "cannot stat '%s'", meta) : 0;
}

/* The nearest folder upward from `dir` with a .dver, not above `top`. */
static int find_root(char **out, const char *dir, const char *top,
		     struct dver_err *err)
{
	AUTO_FREE char *at = strdup(dir);
	int r = 0;

	while (at && (r = has_meta(at, err)) == 0) {
		char *up;

		if (streq(at, "/") || (top && streq(at, top)))
			return err_set(err, DVER_ENOTFOUND, "'%s' is in no "
				       "dver workspace: run dver init", dir);
		up = path_dir(at);
		free(at);
		at = up;
	}
	if (!at)
		return err_nomem(err);
	if (r > 0)
		*out = TAKE(at);
	return MIN(r, 0);
}

static int set_prefix(struct dver_repo *repo, struct dver_err *err)
{
	const char *top = git_workdir(repo->git);
	const char *below;

	if (!path_inside(repo->root, top)) {
		git_free(TAKE(repo->git));
		return 0;
	}
	below = repo->root + (streq(top, "/") ? 0 : strlen(top));
	below += *below == '/';
	free(repo->prefix);
	repo->prefix = strdup(below);
	return repo->prefix ? git_set_prefix(repo->git, below, err)
			    : err_nomem(err);
}

/*
 * The local store: cache.dir, or .dver/cache, where a linked worktree uses
 * that of the main one.
 */
static int find_cache(struct dver_repo *repo, struct dver_err *err)
{
	const char *set = config_str(repo, "cache.dir");
	AUTO_FREE char *common = NULL;
	AUTO_FREE char *top = NULL;
	AUTO_FREE char *root = NULL;
	AUTO_FREE char *meta = NULL;

	if (set) {
		repo->cache = strdup(set);
		return repo->cache ? 0 : err_nomem(err);
	}
	if (repo->git && !streq(git_dir(repo->git),
				git_common_dir(repo->git))) {
		common = strdup(git_common_dir(repo->git));
		if (!common)
			return err_nomem(err);
		while (str_ends(common, "/"))
			common[strlen(common) - 1] = '\0';
		top = path_dir(common);
		root = top ? path_join(top, repo->prefix) : NULL;
		meta = root ? path_join(root, ".dver/cache") : NULL;
		if (!meta)
			return err_nomem(err);
		if (access(meta, F_OK) == 0) {
			repo->cache = TAKE(meta);
			return 0;
		}
	}
	repo->cache = path_join(repo->meta, "cache");
	return repo->cache ? 0 : err_nomem(err);
}

/* cache.shared, else what git does with its own files. */
static void read_shared(struct dver_repo *repo)
{
	AUTO_FREE char *git = repo->git ? git_shared(repo->git) : NULL;
	const char *word = config_str(repo, "cache.shared");
	bool exact;

	if (!word)
		word = git;
	if (!word || share_parse(word, &repo->mode_mask, &exact) < 0 ||
	    !repo->mode_mask)
		return;
	share_add(repo->meta, repo->mode_mask, exact);
	share_add(repo->cache, repo->mode_mask, exact);
	if (repo->looks)
		return;
	share_made(repo->meta, -1);
	share_made(repo->cache, -1);
}

static int read_settings(struct dver_repo *repo, int jobs,
			 struct dver_err *err)
{
	int r;

	repo->jobs_asked = jobs;
	r = config_load(&repo->config, repo->meta, err);
	if (r < 0)
		return r;
	repo->nosync = !config_bool(repo, "core.fsync");
	repo->autostage = repo->git && config_bool(repo, "core.autostage");
	if (jobs <= 0)
		jobs = (int)MIN(config_size(repo, "core.jobs"), 1024u);
	repo->jobs = jobs > 0 ? jobs : pool_default_threads();
	r = find_cache(repo, err);
	if (r == 0)
		read_shared(repo);
	return r;
}

/* Whose git repository is meant. */
enum whose { OURS, OTHERS, GIVEN };

static int open_at(struct dver_repo *repo, const char *dir, int jobs,
		   enum whose whose, struct dver_err *err)
{
	char *real = realpath(dir ? dir : ".", NULL);
	int r = 1;

	if (!real)
		return err_sys(err, "cannot open '%s'", dir ? dir : ".");
	if (whose == OURS)
		r = git_open(&repo->git, real, err);
	else if (whose == OTHERS)
		r = git_open_other(&repo->git, real, err);
	if (r >= 0)
		r = find_root(&repo->root, real,
			      r ? git_workdir(repo->git) : NULL, err);
	free(real);
	if (r < 0)
		return r;
	repo->meta = path_join(repo->root, ".dver");
	repo->prefix = strdup("");
	if (!repo->meta || !repo->prefix)
		return err_nomem(err);
	r = repo->git ? set_prefix(repo, err) : 0;
	return r < 0 ? r : read_settings(repo, jobs, err);
}

int dver_repo_open(struct dver_repo **out, const char *dir,
		   const struct dver_repo_opts *opts, struct dver_err *err)
{
	struct dver_repo *repo = calloc(1, sizeof(*repo));
	int r;

	if (!repo)
		return err_nomem(err);
	if (opts) {
		repo->note = opts->note;
		repo->note_data = opts->data;
	}
	r = open_at(repo, dir, opts ? opts->jobs : 0, OURS, err);
	if (r < 0) {
		dver_repo_free(repo);
		return r;
	}
	*out = repo;
	return 0;
}

int repo_look(struct dver_repo **out, const char *dir, struct dver_err *err)
{
	struct dver_repo *repo = calloc(1, sizeof(*repo));
	int r;

	if (!repo)
		return err_nomem(err);
	repo->looks = true;
	r = open_at(repo, dir, 0, OURS, err);
	if (r < 0) {
		dver_repo_free(repo);
		return r;
	}
	*out = repo;
	return 0;
}

char *repo_find_root(const char *dir)
{
	char *root = NULL;

	return find_root(&root, dir, NULL, NULL) < 0 ? NULL : root;
}

/* Is there a repository that only cannot be opened? */
static bool hides_git(const char *root)
{
	AUTO_FREE char *at = strdup(root);
	struct os_stat st;

	while (at && !streq(at, "/")) {
		AUTO_FREE char *git = path_join(at, ".git");
		char *up;

		if (!git || os_stat(git, &st, true) == 0 || errno == EACCES)
			return true;
		up = path_dir(at);
		free(at);
		at = up;
	}
	return !at;
}

static int open_other(struct dver_repo **out, const char *root,
		      struct git *git, struct dver_err *err)
{
	struct dver_repo *repo = calloc(1, sizeof(*repo));
	int r;

	if (!repo) {
		git_free(git);
		return err_nomem(err);
	}
	repo->git = git;
	r = has_meta(root, err);
	if (r == 0)
		r = err_set(err, DVER_ENOTFOUND, "there is no workspace at "
			    "'%s' any more", root);
	else if (r > 0)
		r = open_at(repo, root, 1, git ? GIVEN : OTHERS, err);
	if (r == 0 && !repo->git && hides_git(root))
		r = err_set(err, DVER_EIO, "its git repository cannot be read");
	if (r == 0 && !streq(repo->root, root))
		r = err_set(err, DVER_ENOTFOUND, "'%s' is not the workspace "
			    "that it was", root);
	if (r < 0) {
		dver_repo_free(repo);
		return r;
	}
	*out = repo;
	return 0;
}

int repo_open_other(struct dver_repo **out, const char *root,
		    struct dver_err *err)
{
	return open_other(out, root, NULL, err);
}

int repo_open_git(struct dver_repo **out, const char *root, const char *dir,
		  const char *tree, struct dver_err *err)
{
	struct git *git = NULL;
	int r = git_open_given(&git, dir, tree, err);

	return r < 0 ? r : open_other(out, root, git, err);
}

/* gc is to find the repository too, without the environment. */
static int enrol(struct dver_repo *repo, struct dver_err *err)
{
	struct local_git git;

	if (!repo->git || !git_is_elsewhere(repo->git))
		return local_register(repo->cache, repo->root, NULL, err);
	git.dir = git_dir(repo->git);
	git.tree = git_workdir(repo->git);
	return local_register(repo->cache, repo->root, &git, err);
}

int repo_store(struct dver_repo *repo, struct store **out,
	       struct dver_err *err)
{
	int r = 0;

	if (!repo->store && access(repo->cache, X_OK) < 0 && errno == EACCES)
		return err_set(err, DVER_EIO, "the local store '%s' belongs to "
			       "another user and you may not read it: its "
			       "owner can share it (dver config cache.shared "
			       "group), or dver cache dir names another",
			       repo->cache);
	if (!repo->store) {
		r = local_open(&repo->store, repo->cache, true, repo->nosync,
			       repo->mode_mask, err);
		/* Who may only read it adds nothing that gc could take. */
		if (r == 0 && access(repo->cache, W_OK) == 0)
			r = enrol(repo, err);
	}
	*out = repo->store;
	return r;
}

int repo_replace_mode(struct dver_repo *repo, const char *path,
		      const void *data, size_t len, mode_t mode, bool exact,
		      struct dver_err *err)
{
	unsigned flags = (repo->nosync ? AFILE_NOSYNC : 0u) |
			 (exact ? AFILE_EXACT : 0u);
	AUTO_TMPDIR struct tmpdir *tmp = NULL;

	if (repo->tmp)
		return afile_replace_via(repo->tmp, path, data, len, mode,
					 flags, err);
	/* What is left when we are killed is swept, other than beside it. */
	if (tmpdir_new(&tmp, repo->meta, NULL) < 0)
		return afile_replace(path, data, len, mode, flags, err);
	return afile_replace_via(tmpdir_path(tmp), path, data, len, mode,
				 flags, err);
}

int repo_replace(struct dver_repo *repo, const char *path, const void *data,
		 size_t len, struct dver_err *err)
{
	struct os_stat st;
	bool there = os_stat(path, &st, true) == 0 && S_ISREG(st.mode);

	return repo_replace_mode(repo, path, data, len,
				 there ? st.mode & 0777 : 0666, there, err);
}

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

int repo_lock(struct dver_repo *repo, struct lock **out, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->meta, "lock");

	if (!path)
		return err_nomem(err);
	return lock_take(out, path, LOCK_EXCLUSIVE, LOCK_WAIT_MS, on_wait,
			 repo, &repo->cancel, err);
}
