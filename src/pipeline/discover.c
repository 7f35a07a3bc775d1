/*
 * discover - git's index first, then a walk, level by level.
 *
 * A folder is not entered when it is ignored, an output (a pointer stands
 * beside it, or a file that was loaded makes it), or a workspace or git
 * repository of its own.
 */
#include "pipeline/discover.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/vec.h"
#include "repo/dverignore.h"
#include "repo/git.h"
#include "repo/pointer.h"

struct discovery {
	struct dver_repo *repo;
	const char *base;
	discover_fn load;
	void *data;
	struct rules_set *rules;
	int root_fd;
	struct strvec indexed;	/* sorted: loaded already */
	struct strvec outs;	/* sorted before each level */
	struct strvec level;	/* folders to look into */
	struct strvec below;	/* those of the next level */
};

static bool has(const struct strvec *sorted, const char *s)
{
	size_t lo = 0, hi = sorted->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(sorted->v[mid], s);

		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* By .dverignore, by git: 1, 0, < 0.  The folder it lies in is not. */
static int ignored(struct discovery *s, const char *path, size_t dir,
		   bool folder, struct dver_err *err)
{
	int r = rules_judge(s->rules, NULL, s->root_fd, path, dir, folder,
			    err);

	if (r == 0 && s->repo->git)
		r = git_ignored(s->repo->git, path, err);
	return r;
}

static int load_indexed(struct discovery *s, struct dver_err *err)
{
	int r = git_index_called(s->repo->git, s->base, &s->indexed,
				 err);

	for (size_t i = 0; r == 0 && i < s->indexed.n; i++) {
		const char *path = s->indexed.v[i];
		struct os_stat st;

		if (path_check_workspace(path, NULL) < 0)
			continue;
		if (os_statat(s->root_fd, path, &st, true) < 0) {
			if (errno != ENOENT && errno != ENOTDIR &&
			    errno != EACCES && errno != ELOOP)
				r = err_sys(err, "cannot stat '%s'", path);
			continue;
		}
		r = rules_judge(s->rules, NULL, s->root_fd, path, 0, false,
				err);
		if (r == 0)
			r = s->load(s->data, path, &s->outs, err);
		else if (r > 0)
			r = 0;
	}
	return r;
}

/* What a folder has that matters here. */
struct listing {
	struct strvec dirs;
	struct strvec pointers;
	bool file;	/* it has the file that is looked for */
	bool foreign;	/* it is a root itself */
};

static int list(struct listing *l, struct discovery *s, struct dir *d,
		struct dver_err *err)
{
	struct dir_entry e;
	int r;

	while ((r = dir_next(d, &e, err)) > 0) {
		bool ok = true;

		if (strcasecmp(e.name, ".git") == 0 ||
		    strcasecmp(e.name, ".dver") == 0)
			l->foreign = true;
		else if (e.type == DT_DIR)
			ok = strvec_push(&l->dirs, e.name);
		else if (streq(e.name, s->base))
			l->file = true;
		else if (str_ends(e.name, POINTER_SUFFIX))
			ok = strvec_push(&l->pointers, e.name);
		if (!ok)
			return err_nomem(err);
	}
	return r;
}

static int take_file(struct discovery *s, const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, s->base);
	int r;

	if (!path)
		return err_nomem(err);
	if (has(&s->indexed, path))
		return 0;
	r = ignored(s, path, strlen(dir), false, err);
	if (r == 0)
		r = s->load(s->data, path, &s->outs, err);
	return r > 0 ? 0 : r;
}

static int take_dirs(struct discovery *s, const char *dir, struct listing *l,
		     struct dver_err *err)
{
	int r = 0;

	strvec_sort(&l->pointers);
	for (size_t i = 0; r >= 0 && i < l->dirs.n; i++) {
		const char *name = l->dirs.v[i];
		AUTO_FREE char *pointer = str_printf("%s%s", name,
						     POINTER_SUFFIX);
		AUTO_FREE char *path = path_join(dir, name);

		if (!pointer || !path)
			return err_nomem(err);
		if (has(&l->pointers, pointer))
			continue;
		r = ignored(s, path, strlen(dir), true, err);
		if (r == 0 && !strvec_push(&s->below, path))
			return err_nomem(err);
	}
	return r < 0 ? r : 0;
}

static int look_into(struct discovery *s, const char *dir, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct listing l = { .file = false };
	int fd = os_open_beneath(s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	if (fd < 0 && errno == EACCES) {
		repo_note(s->repo, DVER_NOTE_WARNING, "cannot read the folder "
			  "'%s': its stages are not known", dir);
		return 0;
	}
	if (fd < 0)
		return err_sys(err, "cannot open '%s'", dir);
	r = dir_take(&d, fd, dir, err);
	if (r == 0)
		r = list(&l, s, d, err);
	if (r == 0 && (!l.foreign || !*dir)) {
		if (l.file)
			r = take_file(s, dir, err);
		if (r == 0)
			r = take_dirs(s, dir, &l, err);
	}
	strvec_release(&l.dirs);
	strvec_release(&l.pointers);
	return r;
}

static int walk(struct discovery *s, struct dver_err *err)
{
	int r = strvec_push(&s->level, "") ? 0 : err_nomem(err);

	while (r == 0 && s->level.n) {
		struct strvec done = s->level;

		strvec_sort(&s->outs);
		for (size_t i = 0; r == 0 && i < done.n; i++)
			if (!has(&s->outs, done.v[i]))
				r = look_into(s, done.v[i], err);
		s->level = s->below;
		s->below = done;
		strvec_clear(&s->below);
	}
	return r;
}

static int take_root(struct discovery *s, struct dver_err *err)
{
	struct os_stat st;

	return os_statat(s->root_fd, s->base, &st, true) == 0
	       ? take_file(s, "", err) : 0;
}

int discover_files(struct dver_repo *repo, const char *base, bool known,
		   discover_fn load, void *data, struct dver_err *err)
{
	AUTO_RULES_SET struct rules_set *rules = NULL;
	AUTO_CLOSE int root_fd = os_open(repo->root, O_RDONLY | O_DIRECTORY,
					 0);
	struct discovery s = { .repo = repo, .base = base, .load = load,
			  .data = data, .root_fd = root_fd };
	int r;

	if (root_fd < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	r = rules_set_new(&rules, repo->cache, err);
	s.rules = rules;
	if (r == 0 && repo->git)
		r = load_indexed(&s, err);
	if (r == 0)
		r = known && repo->git ? take_root(&s, err) : walk(&s, err);
	strvec_release(&s.indexed);
	strvec_release(&s.outs);
	strvec_release(&s.level);
	strvec_release(&s.below);
	return r;
}
