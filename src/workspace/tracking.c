#include "workspace/tracking.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"
#include "repo/ignore.h"

void tracking_release(struct tracking *t)
{
	strvec_release(&t->stage);
}

int tracking_text(struct buf *out, const char *path, const struct scanned *at,
		  struct dver_err *err)
{
	AUTO_FREE char *name = strdup(path_base(path));
	bool dir = at->kind == TREE_DIR;
	struct pointer p = {
		.out = name, .kind = dir ? ROOT_TREE : ROOT_FILE,
		.id = at->id, .has_size = !at->no_size, .size = at->bytes,
		.has_nfiles = dir && !at->no_size, .nfiles = at->files,
		.exec = at->kind == TREE_EXEC,
	};

	buf_clear(out);
	return name ? pointer_format(out, &p, err) : err_nomem(err);
}

int tracking_put(struct tracking *t, const char *pointer_path,
		 const char *text, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(t->repo->root, pointer_path);

	if (!disk || !strvec_push(&t->stage, pointer_path))
		return err_nomem(err);
	if (text)
		return repo_replace(t->repo, disk, text, strlen(text), err);
	if (os_unlink(disk) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", pointer_path);
	return 0;
}

int tracking_ignore(struct tracking *t, const char *path, bool on,
		    struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);
	AUTO_FREE char *file = dir ? path_join(dir, ".gitignore") : NULL;
	int r;

	if (!file)
		return err_nomem(err);
	if (!t->repo->git)
		return 0;
	r = on ? ignore_add(t->repo, path, err)
	       : ignore_remove(t->repo, path, err);
	if (r > 0 && !strvec_push(&t->stage, file))
		return err_nomem(err);
	return MIN(r, 0);
}

int tracking_stage(struct tracking *t, struct dver_err *err)
{
	struct dver_err why;
	int r;

	strvec_sort(&t->stage);
	strvec_uniq(&t->stage);
	if (!t->repo->autostage)
		return 0;
	r = git_stage(t->repo->git, &t->stage, &why);
	return r < 0 ? err_set(err, r, "%s; it is written: git add stages it",
			       why.msg) : r;
}
