/*
 * summary_ends - where a report begins and where it ends.
 */
#include "base/err.h"
#include "base/mem.h"
#include "repo/git_snapshot.h"
#include "repo/repo.h"
#include "report/summary.h"

static int commit_of(struct git *g, const char *rev, char out[GIT_HEX],
		     struct dver_err *err)
{
	AUTO_GIT_SNAPSHOT struct git_snapshot *snap = NULL;
	int r = git_snapshot_open(&snap, g, rev, err);

	if (r == 0)
		memcpy(out, git_snapshot_id(snap), GIT_HEX);
	return r;
}

static int take_base(struct summary *s, const char *word, struct dver_err *err)
{
	s->asked = strdup(word);
	return s->asked ? 0 : err_nomem(err);
}

static int no_ancestor(const struct summary *s, const char *base,
		       const char *rev, struct dver_err *err)
{
	return err_set(err, DVER_ENOTFOUND, "'%s' and '%s' have no common "
		       "ancestor%s", base, rev, git_is_shallow(s->repo->git)
		       ? " in this shallow clone: git fetch --unshallow "
			 "brings what it lacks" : "");
}

/* A base that nobody named: 1 it does, 0 it has all of the branch, < 0. */
static int try_base(struct summary *s, const char *word, const char *end,
		    struct dver_err *err)
{
	int r = git_is_rev(s->repo->git, word, NULL);

	if (r <= 0)
		return 0;
	r = git_common_ancestor(s->repo->git, word, end, s->base, err);
	if (r <= 0)
		return r < 0 ? r : no_ancestor(s, word, end, err);
	if (!s->o->workspace && streq(s->base, end))
		return 0;
	r = take_base(s, word, err);
	return r < 0 ? r : 1;
}

static int parent(struct summary *s, const char *end, struct dver_err *err)
{
	bool first;
	int r;

	if (s->o->workspace) {
		memcpy(s->base, s->head, GIT_HEX);
		return take_base(s, "HEAD", err);
	}
	r = git_parent(s->repo->git, end, s->base, &first, err);
	if (r < 0)
		return r;
	if (r == 0 && !first)
		return err_set(err, DVER_ENOTFOUND, "the parent of '%s' is not "
			       "in this shallow clone: git fetch --unshallow "
			       "brings it", s->o->rev ? s->o->rev : "HEAD");
	if (first)
		*s->base = '\0';
	return take_base(s, first ? "" : s->base, err);
}

static int find_base(struct summary *s, const char *end, struct dver_err *err)
{
	const char *rev = s->o->rev ? s->o->rev : "";
	AUTO_FREE char *upstream = str_printf("%s@{upstream}",
					      streq(rev, "HEAD") ? "" : rev);
	int r;

	if (!upstream)
		return err_nomem(err);
	r = try_base(s, upstream, end, err);
	if (r == 0)
		r = try_base(s, "refs/remotes/origin/HEAD", end, err);
	return r < 0 ? r : r > 0 ? 0 : parent(s, end, err);
}

int summary_ends(struct summary *s, struct dver_err *err)
{
	const struct dver_report_opts *o = s->o;
	struct git *g = s->repo->git;
	const char *rev = o->rev ? o->rev : "HEAD";
	const char *end;
	int r;

	if (!g)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: there is nothing to compare it with");
	if (commit_of(g, "HEAD", s->head, NULL) < 0)
		*s->head = '\0';
	/* Before the first commit all is new. */
	if (o->workspace && !*s->head)
		return o->base ? err_set(err, DVER_ENOTFOUND, "there is no "
					 "commit yet to compare '%s' with",
					 o->base) : take_base(s, "", err);
	r = o->workspace ? 0 : commit_of(g, rev, s->commit, err);
	if (r < 0)
		return r;
	end = o->workspace ? s->head : s->commit;
	if (!o->base)
		return find_base(s, end, err);
	r = git_common_ancestor(g, o->base, end, s->base, err);
	if (r == 0)
		return no_ancestor(s, o->base, rev, err);
	return r < 0 ? r : take_base(s, o->base, err);
}
