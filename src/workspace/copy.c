/*
 * copy - two remotes that are open at once, and what must not be copied.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/remote.h"
#include "repo/config.h"
#include "repo/remotes.h"
#include "transfer/copy.h"
#include "transfer/remote.h"
#include "workspace/copy_runs.h"
#include "workspace/session.h"

struct side {
	struct remote at;		/* owned; outlives the store */
	struct store *store;		/* owned */
};

static void side_close(struct side *s)
{
	store_close(s->store);
	remote_release(&s->at);
}

static bool same_setting(const struct side *a, const struct side *b,
			 const char *key)
{
	const char *x = transport_setting_str(&a->at.cfg, key);
	const char *y = transport_setting_str(&b->at.cfg, key);

	return streq(x ? x : "", y ? y : "");
}

static int check_sides(const struct side *from, const struct side *to,
		       struct dver_err *err)
{
	if (to->at.cfg.flags & TRANSPORT_READONLY)
		return err_set(err, DVER_EAUTH, "remote '%s' is read-only: "
			       "nothing can be copied there", to->at.name);
	if (!streq(from->at.cfg.url, to->at.cfg.url) ||
	    !same_setting(from, to, "endpointurl") ||
	    !same_setting(from, to, "account_name"))
		return 0;
	return err_set(err, DVER_EINVAL, "remotes '%s' and '%s' are the same "
		       "place: '%s'", from->at.name, to->at.name,
		       to->at.cfg.url);
}

static int open_side(struct side *s, struct dver_repo *repo,
		     struct dver_err *err)
{
	int r = remote_open(&s->store, &s->at.cfg, repo->cache, err);

	return r < 0 ? err_wrap(err, "remote '%s'", s->at.name) : 0;
}

/* Nobody copied there yet: everything would be. */
static int open_nowhere(struct side *s, struct dver_err *err)
{
	const char *layout = transport_setting_str(&s->at.cfg, "layout");
	struct store_opts so = { .create = true,
				 .plain = layout && streq(layout, "plain") };
	struct transport *t = NULL;
	int r = transport_mem_open(&t, err);

	return r < 0 ? r : store_open(&s->store, &t, &so, err);
}

static int open_sides(struct side *from, struct side *to,
		      struct dver_repo *repo, bool dry_run,
		      struct dver_err *err)
{
	int r = check_sides(from, to, err);

	from->at.cfg.flags |= TRANSPORT_READONLY;
	to->at.cfg.flags |= dry_run ? 0u : TRANSPORT_CREATE;
	if (r == 0)
		r = open_side(from, repo, err);
	if (r < 0)
		return r;
	/* Before the other is made. */
	r = store_check(from->store, err);
	if (r < 0)
		return err_wrap(err, "remote '%s'", from->at.name);
	r = open_side(to, repo, err);
	return r == DVER_ENOTFOUND && dry_run ? open_nowhere(to, err) : r;
}

static int copy(struct dver_repo *repo, struct side *from, struct side *to,
		bool dry_run, struct transfer_stats *st, struct dver_err *err)
{
	AUTO_FREE char *folder = NULL;
	struct transfer_opts opts = {
		.jobs = repo->jobs,
		.requests = MAX(from->at.cfg.jobs, to->at.cfg.jobs),
		.dry_run = dry_run,
		.slice = config_size(repo, "transfer.slice"),
		.cancel = &repo->cancel, .files = &repo->files,
		.files_total = &repo->files_total, .bytes = &repo->bytes,
		.bytes_total = &repo->bytes_total,
	};
	int r = remote_folder(&folder, &to->at.cfg, repo->cache, err);

	if (r < 0)
		return r;
	opts.folder = folder;
	return transfer_copy(from->store, to->store, repo->cache, &opts, st,
			     err);
}

static uint64_t wire_of(const struct side *s)
{
	const struct transport *t = store_transport(s->store);

	return t->bytes_in + t->bytes_out;
}

/* `data`: what came of the data, which is told unless the runs fail. */
static int copy_run_cache(struct dver_repo *repo, struct side *from,
			  struct side *to, bool dry_run, int data,
			  struct transfer_stats *st, uint64_t *runs,
			  struct dver_err *err)
{
	uint64_t wire = wire_of(from) + wire_of(to);
	uint64_t requests = store_transport(from->store)->requests +
			    store_transport(to->store)->requests;
	struct dver_err why;
	int r = copy_runs(repo, from->store, &from->at, to->store, &to->at,
			  dry_run, runs, &why);

	st->wire += wire_of(from) + wire_of(to) - wire;
	st->requests += store_transport(from->store)->requests +
			store_transport(to->store)->requests - requests;
	return r < 0 ? err_set(err, r, "%s", why.msg) : data;
}

int dver_remote_copy(struct dver_repo *repo, const char *from, const char *to,
		     unsigned flags, struct dver_copy_stats *stats,
		     struct dver_err *err)
{
	struct side a = { .at = REMOTE_INIT }, b = { .at = REMOTE_INIT };
	bool dry_run = (flags & DVER_COPY_DRY_RUN) != 0;
	struct transfer_stats st = { 0 };
	struct store *local;
	uint64_t runs = 0;
	int r = config_remote(repo, from, &a.at, err);

	if (r == 0)
		r = config_remote(repo, to, &b.at, err);
	/* Its folder is made if it is not there. */
	if (r == 0)
		r = repo_store(repo, &local, err);
	if (r == 0)
		r = open_sides(&a, &b, repo, dry_run, err);
	repo_phase(repo, "copying");
	if (r == 0)
		r = copy(repo, &a, &b, dry_run, &st, err);
	/* What is damaged in one is no reason to lose the runs, too. */
	if (r == 0 || r == DVER_EMISSING)
		r = copy_run_cache(repo, &a, &b, dry_run, r, &st, &runs, err);
	*stats = (struct dver_copy_stats){
		.objects = st.objects, .bytes = st.bytes, .wire = st.wire,
		.requests = st.requests, .missing = st.missing, .runs = runs };
	side_close(&a);
	side_close(&b);
	return r;
}
