/*
 * git_base - where a branch began.
 */
#include "base/err.h"
#include "base/mem.h"
#include "repo/git_internal.h"

bool git_is_shallow(const struct git *g)
{
	return git_repository_is_shallow(g->repo) > 0;
}

/* libgit2 stumbles over what a shallow clone lacks; git itself does not. */
static int ask_git(struct git *g, const char *a, const char *b,
		   char out[GIT_HEX], struct dver_err *err)
{
	const char *const args[] = { "merge-base", a, b, NULL };
	AUTO_BUF struct buf text = BUF_INIT(4096);
	int r = git_run(g, args, &text, err);

	if (r < 0)
		return r;
	if (r > 0 || text.len < GIT_HEX - 1)
		return 0;
	memcpy(out, text.data, GIT_HEX - 1);
	out[GIT_HEX - 1] = '\0';
	return 1;
}

int git_common_ancestor(struct git *g, const char *a, const char *b,
			char out[GIT_HEX], struct dver_err *err)
{
	git_oid x, y, base;
	int r;

	if (!git_commit_of(g, a, &x) || !git_commit_of(g, b, &y))
		return err_set(err, DVER_ENOTFOUND, "'%s' is no revision that "
			       "git knows", git_commit_of(g, a, &x) ? b : a);
	if (git_is_shallow(g)) {
		char xs[GIT_HEX], ys[GIT_HEX];

		git_oid_tostr(xs, sizeof(xs), &x);
		git_oid_tostr(ys, sizeof(ys), &y);
		return ask_git(g, xs, ys, out, err);
	}
	r = git_merge_base(&base, g->repo, &x, &y);
	if (r == GIT_ENOTFOUND)
		return 0;
	if (r < 0)
		return git_fail(r, "find the merge base of", a, err);
	git_oid_tostr(out, GIT_HEX, &base);
	return 1;
}

int git_parent(struct git *g, const char *commit, char out[GIT_HEX],
	       bool *first, struct dver_err *err)
{
	git_commit *c = NULL;
	git_oid id;
	int r;

	*first = false;
	if (!git_commit_of(g, commit, &id))
		return err_set(err, DVER_ENOTFOUND, "'%s' is no revision that "
			       "git knows", commit);
	r = git_commit_lookup(&c, g->repo, &id);
	if (r < 0)
		return git_fail(r, "read commit", commit, err);
	*first = git_commit_parentcount(c) == 0;
	if (!*first) {
		git_oid_tostr(out, GIT_HEX, git_commit_parent_id(c, 0));
		r = git_is_rev(g, out, NULL) > 0;
	}
	git_commit_free(c);
	return r;
}
