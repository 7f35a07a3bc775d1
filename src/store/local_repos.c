/*
 * local_repos - the workspaces that use a local store: one file each,
 * repos/<id>, where <id> is the start of the SHA-256 of the path.
 */
#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/local.h"

#define FILE_MAX (1u << 20)

/* What the file says: strings with a NUL between them. */
struct registered {
	char *text;		/* owned */
	size_t len;
	struct local_git *git;	/* owned; borrow from text */
	size_t n;
};

static void registered_release(struct registered *r)
{
	free(r->text);
	free(r->git);
}
#define AUTO_REGISTERED __attribute__((cleanup(registered_release)))

/* The string after `s`, or NULL at the end. */
static const char *next_string(const struct registered *r, const char *s)
{
	s += strlen(s) + 1;
	return s < r->text + r->len ? s : NULL;
}

static int registered_read(struct registered *r, const char *file,
			   struct dver_err *err)
{
	const char *dir, *tree;
	size_t cap = 0;
	int ret = os_slurp(&r->text, &r->len, file, FILE_MAX, err);

	if (ret < 0)
		return ret;
	dir = next_string(r, r->text);
	while (dir && (tree = next_string(r, dir))) {
		if (!mem_grow(&r->git, &cap, r->n + 1, sizeof(*r->git)))
			return err_nomem(err);
		r->git[r->n++] = (struct local_git){ dir, tree };
		dir = next_string(r, tree);
	}
	return 0;
}

static bool knows_git(const struct registered *r, const struct local_git *git)
{
	for (size_t i = 0; i < r->n; i++)
		if (streq(r->git[i].dir, git->dir) &&
		    streq(r->git[i].tree, git->tree))
			return true;
	return false;
}

int local_register(const char *root, const char *workspace,
		   const struct local_git *git, struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/repos", root);
	AUTO_REGISTERED struct registered old = { .text = NULL };
	AUTO_BUF struct buf text = BUF_INIT(FILE_MAX);
	AUTO_FREE char *file = NULL;
	char hex[2 * HASH_SIZE + 1];
	uint8_t id[HASH_SIZE];
	bool known;
	int r = hash_bytes(id, workspace, strlen(workspace), err);

	if (r < 0)
		return r;
	hex_encode(hex, id, sizeof(id));
	file = str_printf("%s/repos/%.32s", root, hex);
	if (!dir || !file)
		return err_nomem(err);
	known = registered_read(&old, file, NULL) == 0 &&
		streq(old.text, workspace);
	if (known && (!git || knows_git(&old, git)))
		return 0;
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	if (known)
		buf_add(&text, old.text, old.len);
	else
		buf_addstr(&text, workspace);
	if (git) {
		buf_addc(&text, '\0');
		buf_add(&text, git->dir, strlen(git->dir) + 1);
		buf_addstr(&text, git->tree);
	}
	r = buf_check(&text, err);
	return r < 0 ? r : local_replace(root, file, text.data, text.len, 0,
					 err);
}

int local_each_workspace(const char *root,
			 int (*fn)(void *data,
				   const struct local_workspace *w,
				   struct dver_err *err),
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
		AUTO_REGISTERED struct registered w = { .text = NULL };
		AUTO_FREE char *file = str_printf("%s/%s", dir, e.name);

		r = file ? registered_read(&w, file, err) : err_nomem(err);
		if (r == 0)
			r = fn(data, &(struct local_workspace){
				.id = e.name, .path = w.text, .git = w.git,
				.n = w.n }, err);
	}
	return r;
}

struct forgetting {
	const char *root, *what;
	int found;
};

static int forget_one(void *data, const struct local_workspace *w,
		      struct dver_err *err)
{
	struct forgetting *f = data;
	AUTO_FREE char *file = NULL;

	if (!streq(f->what, w->id) && !streq(f->what, w->path))
		return 0;
	file = str_printf("%s/repos/%s", f->root, w->id);
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
