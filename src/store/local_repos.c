/*
 * local_repos - the workspaces that use a local store: repos/<id> holds the
 * absolute path of each, <id> is the start of the path's SHA-256.
 */
#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/local.h"

#define PATH_LEN_MAX 65536

int local_register(const char *root, const char *workspace,
		   struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/repos", root);
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *old = NULL;
	char hex[2 * HASH_SIZE + 1];
	uint8_t id[HASH_SIZE];
	size_t len = strlen(workspace);
	size_t old_len;
	int r = hash_bytes(id, workspace, len, err);

	if (r < 0)
		return r;
	hex_encode(hex, id, sizeof(id));
	path = str_printf("%s/repos/%.32s", root, hex);
	if (!dir || !path)
		return err_nomem(err);
	if (os_slurp(&old, &old_len, path, PATH_LEN_MAX, NULL) == 0 &&
	    streq(old, workspace))
		return 0;
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	return local_replace(root, path, workspace, len, 0, err);
}

int local_each_workspace(const char *root,
			 int (*fn)(void *data, const char *id,
				   const char *path, struct dver_err *err),
			 void *data, struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/repos", root);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r;

	if (!dir)
		return err_nomem(err);
	r = dir_open(&d, AT_FDCWD, dir, err);
	if (r < 0)
		return access(dir, F_OK) < 0 && errno == ENOENT ? 0 : r;
	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *file = str_printf("%s/%s", dir, e.name);
		AUTO_FREE char *path = NULL;
		size_t len;

		r = file ? os_slurp(&path, &len, file, PATH_LEN_MAX, err)
			 : err_nomem(err);
		if (r == 0)
			r = fn(data, e.name, path, err);
	}
	return r;
}

struct forgetting {
	const char *root, *what;
	int found;
};

static int forget_one(void *data, const char *id, const char *path,
		      struct dver_err *err)
{
	struct forgetting *f = data;
	AUTO_FREE char *file = NULL;

	if (!streq(f->what, id) && !streq(f->what, path))
		return 0;
	file = str_printf("%s/repos/%s", f->root, id);
	if (!file)
		return err_nomem(err);
	if (os_unlink(file) < 0)
		return err_sys(err, "cannot remove '%s'", file);
	f->found = 1;
	return 0;
}

int local_forget(const char *root, const char *workspace,
		 struct dver_err *err)
{
	struct forgetting f = { root, workspace, 0 };
	int r = local_each_workspace(root, forget_one, &f, err);

	return r < 0 ? r : f.found;
}
