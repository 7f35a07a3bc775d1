#include "repo/git_log.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git_internal.h"

#define DEPTH_MAX 1024

struct logging {
	struct git_log *l;
	git_commit *commit;
	git_tree **parents;	/* owned; below the prefix, may be NULL */
	unsigned nparents;
	bool any;		/* this commit has a change */
	struct dver_err *err;
};

static git_tree *subtree(struct git *g, const git_tree_entry *e)
{
	git_tree *t = NULL;

	if (!e || git_tree_entry_type(e) != GIT_OBJECT_TREE ||
	    git_tree_lookup(&t, g->repo, git_tree_entry_id(e)) < 0)
		return NULL;
	return t;
}

static bool is_pointer(const git_tree_entry *e)
{
	return e && git_tree_entry_type(e) == GIT_OBJECT_BLOB &&
	       pointer_is_name(git_tree_entry_name(e));
}

/* Has one of the other parents the same blob there? */
static bool is_inherited(const struct logging *x, const char *path,
			 const git_oid *id)
{
	for (unsigned i = 1; i < x->nparents; i++) {
		git_tree_entry *e = NULL;
		bool same;

		if (x->parents[i])
			(void)git_tree_entry_bypath(&e, x->parents[i], path);
		same = id ? e && git_oid_equal(git_tree_entry_id(e), id) : !e;
		git_tree_entry_free(e);
		if (same)
			return true;
	}
	return false;
}

static int load(struct logging *x, const git_tree_entry *e, const char *path,
		git_blob **out)
{
	int r = e ? git_blob_lookup(out, x->l->g->repo, git_tree_entry_id(e))
		  : 0;

	return r < 0 ? git_fail(r, "read", path, x->err) : 0;
}

static int tell(struct logging *x, const char *path, const git_tree_entry *a,
		const git_tree_entry *b)
{
	git_blob *was = NULL, *is = NULL;
	struct git_blob_change c = { .path = path };
	int r;

	if (is_inherited(x, path, b ? git_tree_entry_id(b) : NULL))
		return 0;
	r = load(x, a, path, &was);
	if (r == 0)
		r = load(x, b, path, &is);
	if (was) {
		c.was = git_blob_rawcontent(was);
		c.was_len = (size_t)git_blob_rawsize(was);
	}
	if (is) {
		c.is = git_blob_rawcontent(is);
		c.is_len = (size_t)git_blob_rawsize(is);
	}
	x->any = true;
	if (r == 0)
		r = x->l->change(x->l->data, &c, x->err);
	git_blob_free(was);
	git_blob_free(is);
	return r;
}

static int compare(struct logging *x, const git_tree *a, const git_tree *b,
		   const char *dir, int depth);

/* One name, of which a or b may be NULL. */
static int compare_entry(struct logging *x, const git_tree_entry *a,
			 const git_tree_entry *b, const char *dir, int depth)
{
	const git_tree_entry *any = b ? b : a;
	AUTO_FREE char *path = NULL;
	git_tree *ta, *tb;
	int r = 0;

	if (a && b && git_oid_equal(git_tree_entry_id(a),
				    git_tree_entry_id(b)))
		return 0;
	path = path_join(dir, git_tree_entry_name(any));
	if (!path)
		return err_nomem(x->err);
	ta = subtree(x->l->g, a);
	tb = subtree(x->l->g, b);
	if (ta || tb)
		r = compare(x, ta, tb, path, depth + 1);
	git_tree_free(ta);
	git_tree_free(tb);
	if (r == 0 && (is_pointer(a) || is_pointer(b)))
		r = tell(x, path, is_pointer(a) ? a : NULL,
			 is_pointer(b) ? b : NULL);
	return r;
}

static int compare(struct logging *x, const git_tree *a, const git_tree *b,
		   const char *dir, int depth)
{
	int r = depth > DEPTH_MAX ? err_set(x->err, DVER_EFORMAT, "git's trees "
					    "nest over %d deep", DEPTH_MAX)
				  : 0;

	for (size_t i = 0; r == 0 && b && i < git_tree_entrycount(b); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(b, i);

		r = compare_entry(x, a ? git_tree_entry_byname(a,
					git_tree_entry_name(e)) : NULL,
				  e, dir, depth);
	}
	for (size_t i = 0; r == 0 && a && i < git_tree_entrycount(a); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(a, i);

		if (!b || !git_tree_entry_byname(b, git_tree_entry_name(e)))
			r = compare_entry(x, e, NULL, dir, depth);
	}
	return r;
}

/* Its tree below the prefix; *out NULL: it has none there. */
static int tree_of(struct git *g, const git_commit *c, git_tree **out,
		   struct dver_err *err)
{
	git_tree *top = NULL;
	int r = git_commit_tree(&top, c);

	*out = NULL;
	if (r < 0)
		return git_fail(r, "read the tree of", git_oid_tostr_s(
				git_commit_id(c)), err);
	r = git_prefix_tree(g, top, out, err);
	git_tree_free(top);
	return r;
}

/* 1: all parents are known, 0: one is cut off, < 0. */
static int open_parents(struct logging *x)
{
	int r = 0;

	x->nparents = git_commit_parentcount(x->commit);
	x->parents = mem_array(x->nparents + 1, sizeof(git_tree *));
	if (!x->parents)
		return err_nomem(x->err);
	for (unsigned i = 0; r == 0 && i < x->nparents; i++) {
		git_commit *p = NULL;

		if (git_commit_parent(&p, x->commit, i) < 0)
			return 0;
		r = tree_of(x->l->g, p, &x->parents[i], x->err);
		git_commit_free(p);
	}
	return r < 0 ? r : 1;
}

static int end(struct logging *x)
{
	const git_signature *who = git_commit_author(x->commit);
	const char *subject = git_commit_summary(x->commit);
	char id[GIT_OID_HEXSZ + 1];
	struct git_commit_view v = {
		.id = git_oid_tostr(id, sizeof(id), git_commit_id(x->commit)),
		.author = who ? who->name : "?", .mail = who ? who->email : "",
		.time = who ? who->when.time : 0,
		.subject = subject ? subject : "",
	};

	return x->l->end(x->l->data, &v, x->err);
}

static int one_commit(struct git_log *l, const git_oid *id,
		      struct dver_err *err)
{
	struct logging x = { .l = l, .err = err };
	git_tree *tree = NULL;
	int r = git_commit_lookup(&x.commit, l->g->repo, id);

	if (r < 0)
		return git_fail(r, "read commit", git_oid_tostr_s(id), err);
	r = open_parents(&x);
	if (r == 0)
		l->shallow = true;
	if (r > 0)
		r = tree_of(l->g, x.commit, &tree, err);
	else if (r == 0)
		r = 1;
	if (r == 0)
		r = compare(&x, x.nparents ? x.parents[0] : NULL, tree, "", 0);
	if (r == 0 && x.any)
		r = end(&x);
	else if (r == 1 && !x.any)
		r = 0;		/* cut off: what it changed is not known */
	for (unsigned i = 0; x.parents && i < x.nparents; i++)
		git_tree_free(x.parents[i]);
	free(x.parents);
	git_tree_free(tree);
	git_commit_free(x.commit);
	return r;
}

int git_log_run(struct git_log *l, struct dver_err *err)
{
	struct git_commits *walk = NULL;
	git_oid id;
	int r = git_commits_open(&walk, l->g, l->range, err);

	l->shallow = false;
	while (r == 0 && (r = git_commits_next(walk, &id, err)) > 0)
		r = one_commit(l, &id, err);
	git_commits_free(walk);
	return MIN(r, 0);
}
