/*
 * git_gc - which commits and blobs somebody could still want, read so that
 * what was seen once costs nothing again.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/git_internal.h"

#define DEPTH_MAX 64
#define BLOB_MAX (64u << 20)

struct tips {
	struct git *g;
	int64_t since;
	struct strvec *out;
	struct dver_err *err;
};

/* A commit, or a tree that is named without one; others have no pointers. */
static int add_object(struct tips *t, const git_oid *id, bool must,
		      const char *name)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object *o = NULL, *to = NULL;
	bool ok = true;
	int r = git_object_lookup(&o, t->g->repo, id, GIT_OBJECT_ANY);

	if (r < 0)
		return must ? git_fail(r, "read", name, t->err) : 0;
	if (git_object_peel(&to, o, GIT_OBJECT_COMMIT) == 0 ||
	    git_object_peel(&to, o, GIT_OBJECT_TREE) == 0) {
		(void)git_oid_tostr(hex, sizeof(hex), git_object_id(to));
		ok = strvec_push(t->out, hex);
	}
	git_object_free(to);
	git_object_free(o);
	return ok ? 0 : err_nomem(t->err);
}

static int add_refs(struct tips *t)
{
	git_strarray refs = { NULL, 0 };
	int r = git_reference_list(&refs, t->g->repo);

	if (r < 0)
		return git_fail(r, "list the references of", t->g->workdir,
				t->err);
	for (size_t i = 0; r == 0 && i < refs.count; i++) {
		git_oid id;

		/* A symbolic reference to a branch that is not born. */
		if (git_reference_name_to_id(&id, t->g->repo,
					     refs.strings[i]) < 0)
			continue;
		r = add_object(t, &id, true, refs.strings[i]);
	}
	git_strarray_dispose(&refs);
	return r;
}

/* "<old> <new> name <mail> <seconds> <zone>\tmessage" */
static int add_log_line(struct tips *t, const char *line)
{
	const char *tab = strchr(line, '\t');
	const char *mail = line;
	git_oid id;
	int r = 0;

	for (const char *p = line; *p && p != tab; p++)
		if (*p == '>')
			mail = p;
	if (strlen(line) < 82 || *mail != '>' ||
	    strtoll(mail + 1, NULL, 10) < t->since)
		return 0;
	if (git_oid_fromstrn(&id, line, GIT_OID_HEXSZ) == 0)
		r = add_object(t, &id, false, line);
	if (r == 0 &&
	    git_oid_fromstrn(&id, line + 41, GIT_OID_HEXSZ) == 0)
		r = add_object(t, &id, false, line);
	return r;
}

/* A file of ids at the start of lines: MERGE_HEAD, a reference. */
static int add_id_line(struct tips *t, const char *line)
{
	git_oid id;

	if (strlen(line) < GIT_OID_HEXSZ ||
	    git_oid_fromstrn(&id, line, GIT_OID_HEXSZ) < 0)
		return 0;
	return add_object(t, &id, false, line);
}

typedef int (*line_fn)(struct tips *t, const char *line);

static int each_line(struct tips *t, const char *path, line_fn fn)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	if (!f)
		return errno == ENOENT || errno == EISDIR
		       ? 0 : err_sys(t->err, "cannot open '%s'", path);
	while (r == 0 && getline(&line, &cap, f) >= 0)
		r = fn(t, line);
	if (r == 0 && ferror(f))
		r = err_sys(t->err, "cannot read '%s'", path);
	free(line);
	(void)fclose(f);
	return r;
}

static bool is_dir(const char *path, const struct dir_entry *e)
{
	struct os_stat st;

	if (e->type != DT_UNKNOWN)
		return e->type == DT_DIR;
	return os_stat(path, &st, true) == 0 && S_ISDIR(st.mode);
}

static int each_file(struct tips *t, const char *path, line_fn fn, int depth)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, AT_FDCWD, path, NULL);

	if (r < 0 || depth > DEPTH_MAX)
		return access(path, F_OK) < 0 ? 0
		       : err_set(t->err, DVER_EIO, "cannot read '%s'", path);
	while (r == 0 && (r = dir_next(d, &e, t->err)) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);

		if (!full)
			return err_nomem(t->err);
		if (is_dir(full, &e))
			r = each_file(t, full, fn, depth + 1);
		else
			r = each_line(t, full, fn);
	}
	return MIN(r, 0);
}

/* Heads, unfinished work and reflogs of one worktree's git folder. */
static int add_git_dir(struct tips *t, const char *dir)
{
	static const char *const heads[] = {
		"HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD",
		"REVERT_HEAD", "REBASE_HEAD", "BISECT_HEAD", "AUTO_MERGE",
		"rebase-merge/orig-head", "rebase-merge/onto",
		"rebase-merge/stopped-sha", "rebase-merge/autostash",
		"rebase-apply/orig-head", "rebase-apply/onto",
		"rebase-apply/autostash", "sequencer/head", NULL
	};
	AUTO_FREE char *logs = path_join(dir, "logs");
	AUTO_FREE char *refs = path_join(dir, "refs");
	int r = logs && refs ? 0 : err_nomem(t->err);

	for (size_t i = 0; r == 0 && heads[i]; i++) {
		AUTO_FREE char *path = path_join(dir, heads[i]);

		r = path ? each_line(t, path, add_id_line)
			 : err_nomem(t->err);
	}
	if (r == 0)
		r = each_file(t, logs, add_log_line, 0);
	/* References that only one worktree has: a bisection's. */
	return r < 0 ? r : each_file(t, refs, add_id_line, 0);
}

static int add_worktrees(struct tips *t)
{
	AUTO_FREE char *path = path_join(git_common_dir(t->g), "worktrees");
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = 0;

	if (!path)
		return err_nomem(t->err);
	if (dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return 0;
	while (r == 0 && (r = dir_next(d, &e, t->err)) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);

		r = full ? add_git_dir(t, full) : err_nomem(t->err);
	}
	return MIN(r, 0);
}

int git_tips(struct git *g, int64_t since, struct strvec *out,
	     struct dver_err *err)
{
	struct tips t = { g, since, out, err };
	int r = add_refs(&t);

	if (r == 0)
		r = add_git_dir(&t, git_common_dir(g));
	if (r == 0)
		r = add_worktrees(&t);
	strvec_sort(out);
	strvec_uniq(out);
	return r;
}

struct ancestry {
	struct git *g;
	struct keymap seen;
	git_oid *todo;		/* owned */
	size_t n, cap;
	bool shallow;
};

static int push(struct ancestry *a, const git_oid *id, struct dver_err *err)
{
	bool added;

	if (!keymap_put(&a->seen, id->id, &added))
		return err_nomem(err);
	if (!added)
		return 0;
	if (!mem_grow(&a->todo, &a->cap, a->n + 1, sizeof(*id)))
		return err_nomem(err);
	a->todo[a->n++] = *id;
	return 0;
}

static int visit(struct ancestry *a, const git_oid *id, struct strvec *out,
		 struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_commit *c = NULL;
	int r = git_commit_lookup(&c, a->g->repo, id);

	(void)git_oid_tostr(hex, sizeof(hex), id);
	if (r == GIT_ENOTFOUND) {
		git_object *o = NULL;
		bool tree = git_object_lookup(&o, a->g->repo, id,
					      GIT_OBJECT_TREE) == 0;

		git_object_free(o);
		return tree || a->shallow ? 0
		       : git_fail(r, "read commit", hex, err);
	}
	if (r < 0)
		return git_fail(r, "read commit", hex, err);
	r = strvec_push(out, hex) ? 0 : err_nomem(err);
	for (unsigned i = 0; r == 0 && i < git_commit_parentcount(c); i++)
		r = push(a, git_commit_parent_id(c, i), err);
	git_commit_free(c);
	return r;
}

int git_ancestors(struct git *g, const struct strvec *tips, struct strvec *out,
		  struct dver_err *err)
{
	struct ancestry a = { .g = g,
			      .shallow = git_repository_is_shallow(g->repo) };
	int r = 0;

	keymap_init(&a.seen, GIT_OID_RAWSZ, 0);
	for (size_t i = 0; r == 0 && i < tips->n; i++) {
		git_oid id;

		if (git_oid_fromstr(&id, tips->v[i]) == 0)
			r = push(&a, &id, err);
	}
	while (r == 0 && a.n) {
		git_oid id = a.todo[--a.n];

		r = visit(&a, &id, out, err);
	}
	keymap_release(&a.seen);
	free(a.todo);
	return r;
}

struct blobs {
	struct git *g;
	struct keymap *seen;
	git_blob_fn fn;
	void *data;
	struct dver_err *err;
};

/* 1: new, 0: seen before, < 0. */
static int is_new(struct blobs *b, const git_oid *id)
{
	bool added;

	return keymap_put(b->seen, id->id, &added) ? added
						   : err_nomem(b->err);
}

static int one_blob(struct blobs *b, const char *path, const git_oid *id)
{
	git_blob *blob = NULL;
	int r = is_new(b, id);

	if (r <= 0)
		return r;
	r = git_blob_lookup(&blob, b->g->repo, id);
	if (r < 0)
		return git_fail(r, "read", path, b->err);
	if (git_blob_rawsize(blob) <= (git_object_size_t)BLOB_MAX)
		r = b->fn(b->data, path, git_blob_rawcontent(blob),
			  (size_t)git_blob_rawsize(blob), b->err);
	git_blob_free(blob);
	return r;
}

static int one_tree(struct blobs *b, const git_tree *tree, const char *dir,
		    int depth)
{
	int r = is_new(b, git_tree_id(tree));

	if (r <= 0 || depth > 1024)
		return r;
	r = 0;
	for (size_t i = 0; r == 0 && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);
		bool blob = git_tree_entry_type(e) == GIT_OBJECT_BLOB;
		AUTO_FREE char *path = NULL;
		git_tree *below = NULL;

		if ((!blob && git_tree_entry_type(e) != GIT_OBJECT_TREE) ||
		    (blob && !pointer_is_name(git_tree_entry_name(e))))
			continue;
		path = path_join(dir, git_tree_entry_name(e));
		if (!path)
			return err_nomem(b->err);
		if (blob) {
			r = one_blob(b, path, git_tree_entry_id(e));
			continue;
		}
		if (keymap_get(b->seen, git_tree_entry_id(e)->id))
			continue;
		r = git_tree_lookup(&below, b->g->repo, git_tree_entry_id(e));
		r = r < 0 ? git_fail(r, "read", path, b->err)
			  : one_tree(b, below, path, depth + 1);
		git_tree_free(below);
	}
	return r;
}

int git_each_new_blob(struct git *g, const char *commit, struct keymap *seen,
		      git_blob_fn fn, void *data, struct dver_err *err)
{
	struct blobs b = { g, seen, fn, data, err };
	git_object *top = NULL;
	git_tree *tree = NULL;
	git_oid id;
	int r = git_oid_fromstr(&id, commit);

	if (r == 0)
		r = git_object_lookup(&top, g->repo, &id, GIT_OBJECT_ANY);
	if (r == 0) {
		git_object *any = top;

		r = git_object_peel(&top, any, GIT_OBJECT_TREE);
		if (r < 0)
			top = NULL;
		git_object_free(any);
	}
	if (r < 0)
		return git_fail(r, "read the tree of", commit, err);
	r = git_prefix_tree(g, (git_tree *)top, &tree, err);
	if (r == 0 && tree)
		r = one_tree(&b, tree, "", 0);
	git_tree_free(tree);
	git_object_free(top);
	return r;
}

/* A line of ls-files -s: "<mode> <id> <stage>\t<path>". */
static int staged_line(struct blobs *b, const char *line)
{
	const char *tab = strchr(line, '\t');
	const char *space = strchr(line, ' ');
	git_oid id;

	if (!tab || !space || tab - space < GIT_OID_HEXSZ + 1 ||
	    !pointer_is_name(tab + 1) ||
	    git_oid_fromstrn(&id, space + 1, GIT_OID_HEXSZ) < 0)
		return 0;
	return one_blob(b, tab + 1, &id);
}

int git_each_staged_blob(struct git *g, struct keymap *seen, git_blob_fn fn,
			 void *data, struct dver_err *err)
{
	/* git itself: it knows every kind of index there is. */
	const char *const args[] = { "ls-files", "-s", "-z", "--full-name",
				     "--", GIT_POINTERS, NULL };
	struct blobs b = { g, seen, fn, data, err };
	AUTO_BUF struct buf out = BUF_BIG;
	int r = git_run(g, args, &out, err);

	if (r > 0)
		r = err_set(err, DVER_ECHILD, "git ls-files in '%s' failed "
			    "with exit code %d", g->workdir, r);
	for (size_t i = 0; r == 0 && i < out.len;) {
		r = staged_line(&b, out.data + i);
		i += strlen(out.data + i) + 1;
	}
	return r;
}

int64_t git_commit_seconds(struct git *g, const char *commit)
{
	git_commit *c = NULL;
	git_oid id;
	int64_t t = -1;

	if (git_oid_fromstr(&id, commit) == 0 &&
	    git_commit_lookup(&c, g->repo, &id) == 0)
		t = git_commit_time(c);
	git_commit_free(c);
	return t;
}
