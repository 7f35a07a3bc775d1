/*
 * hook - what git's hooks do: the data follows the pointers, and goes before
 * them.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/exchange.h"
#include "dver/hooks.h"
#include "repo/config.h"
#include "repo/git.h"

int dver_hook_checkout(struct dver_repo *repo, dver_change_fn fn, void *data,
		       struct dver_err *err)
{
	if (!repo->git || streq(config_str(repo, "hooks.postCheckout"), "off"))
		return 0;
	return dver_checkout(repo, NULL, 0, NULL, fn, data, err);
}

bool dver_is_rebasing(struct dver_repo *repo)
{
	return repo->git && git_is_rebasing(repo->git);
}

struct changed {
	int (*fn)(void *data, const char *path);
	void *data;
	struct strvec paths;
};

static int note_changed(void *data, const struct dver_status *st)
{
	struct changed *c = data;

	if (st->state != DVER_CHANGED && st->state != DVER_CONFLICT)
		return 0;
	if (!strvec_push(&c->paths, st->path))
		return DVER_ENOMEM;
	return c->fn ? c->fn(c->data, st->path) : 0;
}

int dver_hook_pre_commit(struct dver_repo *repo,
			 int (*fn)(void *data, const char *path), void *data,
			 struct dver_err *err)
{
	static const struct dver_add_opts update = { .update = true };
	struct changed c = { .fn = fn, .data = data };
	const char *mode = config_str(repo, "hooks.preCommit");
	int r = config_check(repo, err);

	if (r < 0 || streq(mode, "off"))
		return r;
	if (streq(mode, "add"))
		return dver_add(repo, NULL, 0, &update, NULL, NULL, err);
	r = dver_status(repo, NULL, 0, NULL, note_changed, &c, err);
	if (r == 0 && c.paths.n && streq(mode, "block"))
		r = err_set(err, DVER_ECONFLICT, "'%s'%s was changed and not "
			    "added: dver add -u takes it, git commit "
			    "--no-verify leaves it out", c.paths.v[0],
			    c.paths.n > 1 ? " and other data" : "");
	strvec_release(&c.paths);
	return r;
}

static bool is_none(const char *id)
{
	return id[strspn(id, "0")] == '\0';
}

static int push(struct dver_repo *repo, const struct dver_exchange_opts *o,
		bool only_check, struct dver_err *err)
{
	struct dver_exchange_stats st;
	int r = only_check ? dver_check(repo, NULL, o, &st, err)
			   : dver_push(repo, NULL, 0, o, &st, err);

	if (r < 0 && err)
		return err_wrap(err, "data of the commits that git pushes is "
				"not in the remote (dver push sends it, git "
				"push --no-verify goes without)");
	if (r == 0 && st.files && !only_check)
		repo_note(repo, DVER_NOTE_INFO, "sent %llu files",
			  (unsigned long long)st.files);
	return r;
}

int dver_hook_pre_push(struct dver_repo *repo, const char *remote,
		       const struct dver_ref_update *refs, size_t n,
		       struct dver_err *err)
{
	AUTO_FREE const char **in = mem_array(n + 1, sizeof(*in));
	AUTO_FREE const char **out = mem_array(n + 1, sizeof(*out));
	struct dver_exchange_opts o = { .git_remote = NULL };
	const char *mode = config_str(repo, "hooks.prePush");
	int r = config_check(repo, err);

	if (!in || !out)
		return err_nomem(err);
	if (r < 0 || streq(mode, "off"))
		return r;
	for (size_t i = 0; i < n; i++) {
		if (is_none(refs[i].local_id))
			continue;	/* a deletion */
		in[o.ninclude++] = refs[i].local_id;
		if (is_none(refs[i].remote_id))
			o.git_remote = remote;
		else
			out[o.nexclude++] = refs[i].remote_id;
	}
	o.include = in;
	o.exclude = out;
	return o.ninclude ? push(repo, &o, streq(mode, "block"), err) : 0;
}
