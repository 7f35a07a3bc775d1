/*
 * hook_push - the data of the commits that git is about to push goes first.
 *
 * Pointers of the commits that the other side has count as known: a push that
 * changes none costs no request.  When one is new, all data of all commits of
 * the push is sent (or proved), so what an earlier push left out is mended.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/hooks.h"
#include "repo/config.h"
#include "repo/git.h"
#include "repo/pointer.h"

#define GIT_ID 20

static int count(void *data, const char *path, const void *bytes, size_t len,
		 struct dver_err *err)
{
	(void)path;
	(void)bytes;
	(void)len;
	(void)err;
	(*(size_t *)data)++;
	return 0;
}

/* How many pointers the commits have that their parents there have not. */
static int new_pointers(struct git *g, const struct strvec *commits,
			const struct strvec *edge, size_t *out,
			struct dver_err *err)
{
	AUTO_KEYMAP struct keymap seen;
	size_t known = 0;
	int r = 0;

	*out = 0;
	keymap_init(&seen, GIT_ID, 0);
	for (size_t i = 0; r == 0 && i < edge->n; i++)
		r = git_each_new_blob(g, edge->v[i], &seen, count,
				      &known, err);
	for (size_t i = 0; r == 0 && i < commits->n; i++)
		r = git_each_new_blob(g, commits->v[i], &seen, count, out,
				      err);
	return r;
}

static int outgoing(struct dver_repo *repo, const char *git_remote,
		    const struct dver_ref_update *updates, size_t n,
		    struct strvec *commits, size_t *pointers,
		    struct dver_err *err)
{
	AUTO_FREE const char **local = mem_array(n + 1, sizeof(*local));
	AUTO_FREE const char **there = mem_array(n + 1, sizeof(*there));
	AUTO_STRVEC struct strvec edge = STRVEC_INIT;
	int r;

	if (!local || !there)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		local[i] = updates[i].local;
		there[i] = updates[i].remote;
	}
	r = git_outgoing(repo->git, git_remote, local, there, n, commits,
			 &edge, err);
	return r < 0 ? r : new_pointers(repo->git, commits, &edge, pointers,
					err);
}

int dver_hook_push(struct dver_repo *repo, const char *git_remote,
		   const struct dver_ref_update *updates, size_t n,
		   const struct dver_exchange_opts *opts,
		   struct dver_exchange_stats *stats, struct dver_err *err)
{
	struct dver_exchange_opts o = { .remote = NULL };
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	const char *mode = config_str(repo, "hooks.prePush");
	size_t pointers = 0;
	int r;

	*stats = (struct dver_exchange_stats){ 0 };
	if (!repo->git || (mode && streq(mode, "off")))
		return 0;
	r = outgoing(repo, git_remote, updates, n, &commits, &pointers, err);
	if (r < 0 || pointers == 0)
		return r;
	if (opts)
		o = *opts;
	o.commits = (const char *const *)commits.v;
	o.ncommits = commits.n;
	if (mode && streq(mode, "block"))
		return dver_check(repo, NULL, &o, stats, err);
	return dver_push(repo, NULL, 0, &o, stats, err);
}
