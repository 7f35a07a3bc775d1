/*
 * diff - dver_values_diff().
 */
#include "base/err.h"
#include "base/mem.h"
#include "repo/git.h"
#include "report/compare.h"
#include "report/revs.h"

/* A commit, or NULL for the workspace, which no revision hides. */
static const char *commit_of(const struct dver_repo *repo, const char *word)
{
	return word && streq(word, REVS_WORKSPACE) && repo->git &&
	       git_is_rev(repo->git, word, NULL) <= 0 ? NULL : word;
}

int dver_values_diff(struct dver_repo *repo, enum dver_values what,
		     const char *a, const char *b, const char *const *targets,
		     size_t n, unsigned flags,
		     int (*fn)(void *data, const struct dver_value_change *c),
		     void *data, struct dver_err *err)
{
	struct view old = { .rep = NULL }, now = { .rep = NULL };
	struct report rep;
	int r = report_open(&rep, repo, what, flags, targets, n, err);

	if (r == 0 && !repo->git)
		r = err_set(err, DVER_EINVAL, "this workspace is not in git: "
			    "there is nothing to compare it with");
	/* Before the first commit all is new. */
	if (r == 0 && !a && git_is_rev(repo->git, "HEAD", NULL) == 0)
		old.rep = &rep;
	else if (r == 0)
		r = view_open(&old, &rep, a ? commit_of(repo, a) : "HEAD",
			      err);
	if (r == 0)
		r = view_open(&now, &rep, commit_of(repo, b), err);
	if (r == 0)
		r = compare(&old, &now, flags & DVER_VALUES_ALL, fn, data,
			    err);
	view_release(&old);
	view_release(&now);
	report_release(&rep);
	return r;
}
