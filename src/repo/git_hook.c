/*
 * git_hook - what hooks ask of git: which commits a push sends, which
 * pointers a commit changes.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/git_internal.h"

bool git_is_zero(const char *id)
{
	return !id || id[strspn(id, "0")] == '\0';
}

/* The commit that `rev` names: 1, 0 (none here), < 0. */
static int commit_of(struct git *g, const char *rev, git_oid *out,
		     struct dver_err *err)
{
	git_object *any = NULL, *commit = NULL;
	int r = git_revparse_single(&any, g->repo, rev);

	if (r == 0)
		r = git_object_peel(&commit, any, GIT_OBJECT_COMMIT);
	if (r == 0)
		*out = *git_object_id(commit);
	/* A tag may be of a blob or a tree. */
	if (r == GIT_EPEEL || r == GIT_EINVALIDSPEC)
		r = GIT_ENOTFOUND;
	git_object_free(commit);
	git_object_free(any);
	if (r == GIT_ENOTFOUND)
		return 0;
	return r < 0 ? git_fail(r, "read revision", rev, err) : 1;
}

/* Hide what the remote-tracking branches of `remote` have. */
static int hide_remote(struct git *g, git_revwalk *walk, const char *remote,
		       struct dver_err *err)
{
	AUTO_FREE char *prefix = str_printf("refs/remotes/%s/", remote);
	git_strarray refs = { NULL, 0 };
	int r;

	if (!prefix)
		return err_nomem(err);
	r = git_reference_list(&refs, g->repo);
	if (r < 0)
		return git_fail(r, "list the references of", g->workdir, err);
	for (size_t i = 0; i < refs.count; i++)
		if (str_starts(refs.strings[i], prefix))
			(void)git_revwalk_hide_ref(walk, refs.strings[i]);
	git_strarray_dispose(&refs);
	return 0;
}

static int walk_update(struct git *g, git_revwalk *walk, const char *remote,
		       const char *local, const char *there,
		       struct dver_err *err)
{
	git_oid id;
	int r;

	if (git_is_zero(local))
		return 0;
	r = commit_of(g, local, &id, err);
	if (r <= 0)
		return r;
	if (git_revwalk_push(walk, &id) < 0)
		return git_fail(-1, "walk", local, err);
	r = git_is_zero(there) ? 0 : commit_of(g, there, &id, err);
	if (r == 0)
		return hide_remote(g, walk, remote, err);
	if (r > 0 && git_revwalk_hide(walk, &id) < 0)
		return git_fail(-1, "walk", there, err);
	return MIN(r, 0);
}

static int take_walk(git_revwalk *walk, struct strvec *out,
		     struct keymap *own, struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int r;

	while ((r = git_revwalk_next(&id, walk)) == 0) {
		(void)git_oid_tostr(hex, sizeof(hex), &id);
		if (!strvec_push(out, hex) || !keymap_put(own, id.id, NULL))
			return err_nomem(err);
	}
	return r == GIT_ITEROVER ? 0 : git_fail(r, "walk", "history", err);
}

/* Parents that the other side has. */
static int take_edge(struct git *g, const char *hex, const struct keymap *own,
		     struct strvec *edge, struct dver_err *err)
{
	git_commit *c = NULL, *parent = NULL;
	char name[GIT_OID_HEXSZ + 1];
	git_oid id;
	int r = git_oid_fromstr(&id, hex);

	if (r == 0)
		r = git_commit_lookup(&c, g->repo, &id);
	if (r < 0)
		return git_fail(r, "read", hex, err);
	for (unsigned i = 0; r == 0 && i < git_commit_parentcount(c); i++) {
		const git_oid *p = git_commit_parent_id(c, i);

		/* A shallow clone may not have it. */
		if (keymap_get(own, p->id) ||
		    git_commit_lookup(&parent, g->repo, p) < 0)
			continue;
		git_commit_free(TAKE(parent));
		(void)git_oid_tostr(name, sizeof(name), p);
		r = strvec_push(edge, name) ? 0 : err_nomem(err);
	}
	git_commit_free(c);
	return r;
}

int git_outgoing(struct git *g, const char *remote, const char *const *local,
		 const char *const *there, size_t n, struct strvec *out,
		 struct strvec *edge, struct dver_err *err)
{
	AUTO_KEYMAP struct keymap own;
	git_revwalk *walk = NULL;
	int r = git_revwalk_new(&walk, g->repo);

	keymap_init(&own, GIT_OID_RAWSZ, 0);
	if (r < 0)
		return git_fail(r, "walk", g->workdir, err);
	(void)git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = walk_update(g, walk, remote, local[i], there[i], err);
	if (r == 0)
		r = take_walk(walk, out, &own, err);
	for (size_t i = 0; r == 0 && i < out->n; i++)
		r = take_edge(g, out->v[i], &own, edge, err);
	git_revwalk_free(walk);
	strvec_sort(edge);
	strvec_uniq(edge);
	return r;
}

int git_staged_names(struct git *g, const char *suffix, struct strvec *out,
		     struct dver_err *err)
{
	AUTO_FREE char *pattern = str_printf(":(top)*%s", suffix);
	const char *const argv[] = {
		"git", "diff", "--cached", "--name-only", "--no-renames",
		"--no-relative", "--no-ext-diff", "-z", "--", pattern, NULL };
	AUTO_BUF struct buf names = BUF_BIG;
	size_t skip = g->prefix ? strlen(g->prefix) : 0;
	int r;

	if (!pattern)
		return err_nomem(err);
	r = proc_run(argv, g->workdir, NULL, 0, &names, err);
	if (r > 0)
		r = err_set(err, DVER_ECHILD, "git diff in '%s' failed with "
			    "exit code %d", g->workdir, r);
	for (size_t i = 0; r == 0 && i < names.len;) {
		const char *name = names.data + i;

		i += strlen(name) + 1;
		if (skip && (!path_inside(name, g->prefix) || !name[skip]))
			continue;
		if (!strvec_push(out, skip ? name + skip + 1 : name))
			r = err_nomem(err);
	}
	strvec_sort(out);
	return r;
}
