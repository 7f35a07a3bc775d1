/*
 * git_rev - what a revision holds, and which commits there are.
 */
#include "base/err.h"
#include "base/mem.h"
#include "repo/git_internal.h"

#define BLOB_MAX (64u << 20)

static int peel(struct git *g, const char *rev, git_object_t type,
		git_object **out, struct dver_err *err)
{
	git_object *any = NULL;
	int r = git_revparse_single(&any, g->repo, rev);

	if (r == 0)
		r = git_object_peel(out, any, type);
	git_object_free(any);
	if (r == GIT_ENOTFOUND || r == GIT_EINVALIDSPEC ||
	    r == GIT_EAMBIGUOUS || r == GIT_EPEEL || r == GIT_EUNBORNBRANCH)
		return err_set(err, DVER_ENOTFOUND,
			       "'%s' is no revision that git knows", rev);
	return r < 0 ? git_fail(r, "read revision", rev, err) : 0;
}

int git_is_rev(struct git *g, const char *rev, struct dver_err *err)
{
	git_object *o = NULL;
	int r = peel(g, rev, GIT_OBJECT_COMMIT, &o, err);

	git_object_free(o);
	return r == DVER_ENOTFOUND ? 0 : r < 0 ? r : 1;
}

struct walk {
	struct git *g;
	int (*fn)(void *data, const char *path, const void *bytes, size_t len,
		  struct dver_err *err);
	void *data;
	struct dver_err *err;
	int result;
};

static int read_blob(struct walk *w, const char *path,
		     const git_tree_entry *e)
{
	git_blob *blob = NULL;
	int r = git_blob_lookup(&blob, w->g->repo, git_tree_entry_id(e));

	if (r < 0)
		return git_fail(r, "read", path, w->err);
	if (git_blob_rawsize(blob) > (git_object_size_t)BLOB_MAX)
		r = err_set(w->err, DVER_EFORMAT, "'%s' is too large", path);
	else
		r = w->fn(w->data, path, git_blob_rawcontent(blob),
			  (size_t)git_blob_rawsize(blob), w->err);
	git_blob_free(blob);
	return r;
}

static int on_entry(const char *dir, const git_tree_entry *e, void *data)
{
	struct walk *w = data;
	const char *name = git_tree_entry_name(e);
	AUTO_FREE char *path = NULL;

	if (git_tree_entry_type(e) != GIT_OBJECT_BLOB ||
	    (git_tree_entry_filemode(e) != GIT_FILEMODE_BLOB &&
	     git_tree_entry_filemode(e) != GIT_FILEMODE_BLOB_EXECUTABLE) ||
	    !pointer_is_name(name))
		return 0;
	path = str_printf("%s%s", dir, name);
	w->result = path ? read_blob(w, path, e) : err_nomem(w->err);
	return w->result ? -1 : 0;
}

int git_prefix_tree(struct git *g, git_tree *top, git_tree **out,
		    struct dver_err *err)
{
	git_tree_entry *e = NULL;
	int r;

	if (!g->prefix || !*g->prefix)
		return git_tree_dup(out, top);
	r = git_tree_entry_bypath(&e, top, g->prefix);
	if (r == GIT_ENOTFOUND)
		return 0;
	if (r == 0 && git_tree_entry_type(e) == GIT_OBJECT_TREE)
		r = git_tree_lookup(out, g->repo, git_tree_entry_id(e));
	git_tree_entry_free(e);
	return r < 0 ? git_fail(r, "read", g->prefix, err) : 0;
}

int git_each_blob(struct git *g, const char *rev,
		  int (*fn)(void *data, const char *path, const void *bytes,
			    size_t len, struct dver_err *err),
		  void *data, struct dver_err *err)
{
	struct walk w = { g, fn, data, err, 0 };
	git_object *top = NULL;
	git_tree *tree = NULL;
	int r = peel(g, rev, GIT_OBJECT_TREE, &top, err);

	if (r == 0)
		r = git_prefix_tree(g, (git_tree *)top, &tree, err);
	if (r == 0 && tree) {
		r = git_tree_walk(tree, GIT_TREEWALK_PRE, on_entry, &w);
		if (w.result)
			r = w.result;
		else if (r < 0)
			r = git_fail(r, "read the tree of", rev, err);
	}
	git_tree_free(tree);
	git_object_free(top);
	return r;
}

static int take_all(struct git_commits *w, struct strvec *out,
		    struct dver_err *err)
{
	git_oid id;
	int r;

	while ((r = git_commits_next(w, &id, err)) > 0)
		if (!strvec_push(out, git_oid_tostr_s(&id)))
			return err_nomem(err);
	return r;
}

bool git_commit_of(struct git *g, const char *rev, git_oid *out)
{
	git_object *o = NULL;
	int r = peel(g, rev, GIT_OBJECT_COMMIT, &o, NULL);

	if (r == 0)
		*out = *git_object_id(o);
	git_object_free(o);
	return r == 0;
}

static int hide_ref(struct git *g, const char *ref, struct git_commits *w,
		    bool *hidden, struct dver_err *err)
{
	git_oid id;

	if (!git_commit_of(g, ref, &id))
		return 0;
	*hidden = true;
	return git_commits_hide(w, &id, err);
}

/* Hide what the upstream of HEAD has; else what any remote branch has. */
static int hide_pushed(struct git *g, struct git_commits *w, bool *hidden,
		       struct dver_err *err)
{
	git_reference *head = NULL, *up = NULL;
	git_strarray refs = { NULL, 0 };
	int r = 0;

	*hidden = false;
	if (git_repository_head(&head, g->repo) == 0 &&
	    git_branch_upstream(&up, head) == 0)
		r = hide_ref(g, git_reference_name(up), w, hidden, err);
	git_reference_free(up);
	git_reference_free(head);
	if (r < 0 || *hidden || git_reference_list(&refs, g->repo) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < refs.count; i++)
		if (str_starts(refs.strings[i], "refs/remotes/"))
			r = hide_ref(g, refs.strings[i], w, hidden, err);
	git_strarray_dispose(&refs);
	return r;
}

int git_unpushed(struct git *g, struct strvec *out, struct dver_err *err)
{
	struct git_commits *w = NULL;
	git_oid head;
	bool hidden;
	int r;

	if (!git_commit_of(g, "HEAD", &head))
		return 0;
	r = git_commits_new(&w, g, err);
	if (r == 0)
		r = hide_pushed(g, w, &hidden, err);
	if (r == 0 && !hidden)
		r = git_range(g, "HEAD", out, err);
	else if (r == 0)
		r = git_commits_push(w, &head, err);
	if (r == 0 && hidden)
		r = take_all(w, out, err);
	git_commits_free(w);
	return r;
}

int git_range(struct git *g, const char *range, struct strvec *out,
	      struct dver_err *err)
{
	struct git_commits *w = NULL;
	git_object *o = NULL;
	int r;

	if (!strstr(range, "..")) {
		r = peel(g, range, GIT_OBJECT_COMMIT, &o, err);
		if (r == 0 && !strvec_push(out, git_oid_tostr_s(
						git_object_id(o))))
			r = err_nomem(err);
		git_object_free(o);
		return r;
	}
	r = git_commits_open(&w, g, range, err);
	if (r == 0)
		r = take_all(w, out, err);
	git_commits_free(w);
	return r;
}

int git_history(struct git *g, const char *rev, struct strvec *out,
		struct dver_err *err)
{
	struct git_commits *w = NULL;
	int r = git_commits_open(&w, g, rev, err);

	if (r == 0)
		r = take_all(w, out, err);
	git_commits_free(w);
	return r;
}

static int keep(struct strvec *out, const git_oid *id, struct dver_err *err)
{
	return strvec_push(out, git_oid_tostr_s(id)) ? 0 : err_nomem(err);
}

static bool wanted(const char *ref, unsigned what)
{
	if (str_starts(ref, "refs/heads/") ||
	    str_starts(ref, "refs/remotes/"))
		return what & GIT_BRANCHES;
	return str_starts(ref, "refs/tags/") && (what & GIT_TAGS);
}

int git_refs(struct git *g, unsigned what, struct strvec *out,
	     struct dver_err *err)
{
	git_strarray refs = { NULL, 0 };
	struct git_commits *w = NULL;
	git_oid id;
	int r = git_commits_new(&w, g, err);

	if (r == 0 && git_reference_list(&refs, g->repo) < 0)
		r = git_fail(-1, "list the references of", g->workdir, err);
	/* A tag may mean something else than a commit. */
	for (size_t i = 0; r == 0 && i < refs.count; i++)
		if (wanted(refs.strings[i], what) &&
		    git_commit_of(g, refs.strings[i], &id))
			r = what & GIT_HISTORY ? git_commits_push(w, &id, err)
						: keep(out, &id, err);
	if (r == 0 && git_repository_head_detached(g->repo) == 1 &&
	    git_commit_of(g, "HEAD", &id))
		r = what & GIT_HISTORY ? git_commits_push(w, &id, err)
				       : keep(out, &id, err);
	if (r == 0 && what & GIT_HISTORY)
		r = take_all(w, out, err);
	if (!(what & GIT_HISTORY)) {
		strvec_sort(out);
		strvec_uniq(out);
	}
	git_commits_free(w);
	git_strarray_dispose(&refs);
	return r;
}

int git_commit_info(struct git *g, const char *commit, char **author,
		    char **subject, struct dver_err *err)
{
	const git_signature *who;
	git_object *o = NULL;
	int r = peel(g, commit, GIT_OBJECT_COMMIT, &o, err);

	if (r < 0)
		return r;
	who = git_commit_author((git_commit *)o);
	*author = str_printf("%s <%s>", who ? who->name : "?",
			     who ? who->email : "");
	*subject = strdup(git_commit_summary((git_commit *)o)
				  ? git_commit_summary((git_commit *)o) : "");
	git_object_free(o);
	if (*author && *subject)
		return 0;
	free(TAKE(*author));
	free(TAKE(*subject));
	return err_nomem(err);
}
