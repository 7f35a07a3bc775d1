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
	const char *suffix;
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
	    !str_ends(name, w->suffix) || streq(name, w->suffix))
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

int git_each_blob(struct git *g, const char *rev, const char *suffix,
		  int (*fn)(void *data, const char *path, const void *bytes,
			    size_t len, struct dver_err *err),
		  void *data, struct dver_err *err)
{
	struct walk w = { g, suffix, fn, data, err, 0 };
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

static int take_all(git_revwalk *walk, struct strvec *out,
		    struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;

	while (git_revwalk_next(&id, walk) == 0) {
		(void)git_oid_tostr(hex, sizeof(hex), &id);
		if (!strvec_push(out, hex))
			return err_nomem(err);
	}
	return 0;
}

static int new_walk(struct git *g, git_revwalk **out, struct dver_err *err)
{
	int r = git_revwalk_new(out, g->repo);

	if (r < 0)
		return git_fail(r, "walk", g->workdir, err);
	(void)git_revwalk_sorting(*out, GIT_SORT_TOPOLOGICAL |
				  GIT_SORT_TIME);
	return 0;
}

/* Hide what the upstream of HEAD has; else what any remote branch has. */
static bool hide_pushed(struct git *g, git_revwalk *walk)
{
	git_reference *head = NULL, *up = NULL;
	git_strarray refs = { NULL, 0 };
	bool hidden = false;

	if (git_repository_head(&head, g->repo) == 0 &&
	    git_branch_upstream(&up, head) == 0)
		hidden = git_revwalk_hide_ref(walk, git_reference_name(up)) ==
			 0;
	git_reference_free(up);
	git_reference_free(head);
	if (hidden || git_reference_list(&refs, g->repo) < 0)
		return hidden;
	for (size_t i = 0; i < refs.count; i++)
		if (str_starts(refs.strings[i], "refs/remotes/"))
			hidden |= git_revwalk_hide_ref(walk,
						       refs.strings[i]) == 0;
	git_strarray_dispose(&refs);
	return hidden;
}

int git_unpushed(struct git *g, struct strvec *out, struct dver_err *err)
{
	git_revwalk *walk = NULL;
	int r = new_walk(g, &walk, err);

	if (r < 0)
		return r;
	if (git_revwalk_push_head(walk) == 0) {
		if (hide_pushed(g, walk))
			r = take_all(walk, out, err);
		else
			r = git_range(g, "HEAD", out, err);
	}
	git_revwalk_free(walk);
	return r;
}

int git_range(struct git *g, const char *range, struct strvec *out,
	      struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_revwalk *walk = NULL;
	git_object *o = NULL;
	int r;

	if (!strstr(range, "..")) {
		r = peel(g, range, GIT_OBJECT_COMMIT, &o, err);
		if (r < 0)
			return r;
		(void)git_oid_tostr(hex, sizeof(hex), git_object_id(o));
		git_object_free(o);
		return strvec_push(out, hex) ? 0 : err_nomem(err);
	}
	r = new_walk(g, &walk, err);
	if (r < 0)
		return r;
	if (git_revwalk_push_range(walk, range) < 0)
		r = err_set(err, DVER_ENOTFOUND,
			    "'%s' is no range of revisions that git knows",
			    range);
	else
		r = take_all(walk, out, err);
	git_revwalk_free(walk);
	return r;
}

static bool wanted(const char *ref, unsigned what)
{
	if (str_starts(ref, "refs/heads/") ||
	    str_starts(ref, "refs/remotes/"))
		return what & GIT_BRANCHES;
	return str_starts(ref, "refs/tags/") && (what & GIT_TAGS);
}

/* The commit of a reference: pushed into the walk, or its id kept. */
static int add_ref(struct git *g, const char *ref, git_revwalk *walk,
		   struct strvec *out, struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object *o = NULL;
	int r = peel(g, ref, GIT_OBJECT_COMMIT, &o, NULL);

	if (r < 0)
		return 0;	/* a tag of something else */
	(void)git_oid_tostr(hex, sizeof(hex), git_object_id(o));
	if (walk && git_revwalk_push(walk, git_object_id(o)) < 0)
		r = git_fail(-1, "walk", ref, err);
	else if (!walk && !strvec_push(out, hex))
		r = err_nomem(err);
	git_object_free(o);
	return r;
}

int git_refs(struct git *g, unsigned what, struct strvec *out,
	     struct dver_err *err)
{
	git_strarray refs = { NULL, 0 };
	git_revwalk *walk = NULL;
	int r = git_reference_list(&refs, g->repo);

	if (r < 0)
		return git_fail(r, "list the references of", g->workdir, err);
	r = what & GIT_HISTORY ? new_walk(g, &walk, err) : 0;
	for (size_t i = 0; r == 0 && i < refs.count; i++)
		if (wanted(refs.strings[i], what))
			r = add_ref(g, refs.strings[i], walk, out, err);
	if (r == 0 && git_repository_head_detached(g->repo) == 1)
		r = add_ref(g, "HEAD", walk, out, err);
	if (r == 0 && walk)
		r = take_all(walk, out, err);
	if (!walk) {
		strvec_sort(out);
		strvec_uniq(out);
	}
	git_revwalk_free(walk);
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
