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

/* Hide what the remote-tracking branches of `remote` have. */
static int hide_remote(struct git *g, struct git_commits *w,
		       const char *remote, struct dver_err *err)
{
	AUTO_FREE char *prefix = str_printf("refs/remotes/%s/", remote);
	git_strarray refs = { NULL, 0 };
	git_oid id;
	int r;

	if (!prefix)
		return err_nomem(err);
	r = git_reference_list(&refs, g->repo);
	if (r < 0)
		return git_fail(r, "list the references of", g->workdir, err);
	for (size_t i = 0; r == 0 && i < refs.count; i++)
		if (str_starts(refs.strings[i], prefix) &&
		    git_commit_of(g, refs.strings[i], &id))
			r = git_commits_hide(w, &id, err);
	git_strarray_dispose(&refs);
	return r;
}

static int walk_update(struct git *g, struct git_commits *w,
		       const char *remote, const char *local,
		       const char *there, struct dver_err *err)
{
	git_oid id;
	int r;

	/* A tag may be of a blob or a tree. */
	if (git_is_zero(local) || !git_commit_of(g, local, &id))
		return 0;
	r = git_commits_push(w, &id, err);
	if (r < 0)
		return r;
	if (git_is_zero(there) || !git_commit_of(g, there, &id))
		return hide_remote(g, w, remote, err);
	return git_commits_hide(w, &id, err);
}

static int take_walk(struct git_commits *w, struct strvec *out,
		     struct keymap *own, struct dver_err *err)
{
	git_oid id;
	int r;

	while ((r = git_commits_next(w, &id, err)) > 0)
		if (!strvec_push(out, git_oid_tostr_s(&id)) ||
		    !keymap_put(own, id.id, NULL))
			return err_nomem(err);
	return r;
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
	struct git_commits *w = NULL;
	int r = git_commits_new(&w, g, err);

	keymap_init(&own, GIT_OID_RAWSZ, 0);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = walk_update(g, w, remote, local[i], there[i], err);
	if (r == 0)
		r = take_walk(w, out, &own, err);
	for (size_t i = 0; r == 0 && i < out->n; i++)
		r = take_edge(g, out->v[i], &own, edge, err);
	git_commits_free(w);
	strvec_sort(edge);
	strvec_uniq(edge);
	return r;
}

int git_staged_names(struct git *g, struct strvec *out, struct dver_err *err)
{
	const char *const argv[] = {
		"git", "diff", "--cached", "--name-only", "--no-renames",
		"--no-relative", "--no-ext-diff", "-z", "--",
		GIT_POINTERS, NULL };
	AUTO_BUF struct buf names = BUF_BIG;
	size_t skip = g->prefix ? strlen(g->prefix) : 0;
	int r = proc_run(argv, g->workdir, NULL, 0, &names, err);

	if (r > 0)
		r = err_set(err, DVER_ECHILD, "git diff in '%s' failed with "
			    "exit code %d", g->workdir, r);
	for (size_t i = 0; r == 0 && i < names.len;) {
		const char *name = names.data + i;

		i += strlen(name) + 1;
		if (!pointer_is_name(name))
			continue;
		if (skip && (!path_inside(name, g->prefix) || !name[skip]))
			continue;
		if (!strvec_push(out, skip ? name + skip + 1 : name))
			r = err_nomem(err);
	}
	strvec_sort(out);
	return r;
}
