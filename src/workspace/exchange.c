/*
 * exchange - which data is meant, then transfer/ moves it.
 */
#include "workspace/exchange_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "dver/exchange.h"
#include "repo/git.h"
#include "repo/remotes.h"
#include "transfer/remote.h"

/* Roots, and all the pointers that they borrow from. */
struct roots {
	struct transfer_root *v;
	size_t n, cap;
	struct keymap seen;		/* ids without parts */
	struct strvec labels;
	struct strvec commits;
	struct strvec *parts;		/* owned; one a target group */
	size_t nparts;
};

static void roots_release(struct roots *r)
{
	for (size_t i = 0; i < r->nparts; i++)
		strvec_release(&r->parts[i]);
	free(r->parts);
	free(r->v);
	keymap_release(&r->seen);
	strvec_release(&r->labels);
	strvec_release(&r->commits);
}

static int add_root(struct roots *r, const struct output *o,
		    const char *commit, const struct strvec *parts,
		    struct dver_err *err)
{
	struct transfer_root x = {
		.kind = o->pointer.kind, .id = o->pointer.id,
		.size = o->pointer.size, .parts = parts, .tag = commit,
	};
	bool added = true;

	if (o->no_push)
		return 0;
	if (o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	if (!parts && !keymap_put(&r->seen, x.id.id, &added))
		return err_nomem(err);
	if (!added)
		return 0;
	if (!strvec_push(&r->labels, o->path) ||
	    !mem_grow(&r->v, &r->cap, r->n + 1, sizeof(x)))
		return err_nomem(err);
	x.label = r->labels.v[r->labels.n - 1];
	r->v[r->n++] = x;
	return 0;
}

static int add_commit(struct roots *r, struct dver_repo *repo,
		      const char *commit, struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	int ret = outputs_at(&o, repo, commit, err);

	for (size_t i = 0; ret == 0 && i < o.n; i++)
		ret = add_root(r, &o.v[i], commit, NULL, err);
	return ret;
}

static int add_commits(struct roots *r, struct dver_repo *repo,
		       struct dver_err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < r->commits.n; i++)
		ret = add_commit(r, repo, r->commits.v[i], err);
	return ret;
}

/* What the session's targets are; parts only where they are wanted. */
static int add_targets(struct roots *r, struct session *ss, bool parts,
		       struct dver_err *err)
{
	int ret = 0;

	r->parts = mem_array(ss->n + 1, sizeof(*r->parts));
	if (!r->parts)
		return err_nomem(err);
	for (size_t i = 0; ret == 0 && i < ss->n;) {
		const struct target *t = &ss->targets[i];
		size_t group = session_group(ss, i);
		struct strvec *p = &r->parts[r->nparts++];

		for (size_t j = 0; parts && *t->sub && j < group; j++)
			if (!strvec_push(p, ss->targets[i + j].sub))
				return err_nomem(err);
		ret = add_root(r, t->output, NULL, p->n ? p : NULL, err);
		i += group;
	}
	return ret;
}

static unsigned refs_of(const struct dver_exchange_opts *o)
{
	return (o->all_branches ? GIT_BRANCHES : 0u) |
	       (o->all_tags ? GIT_TAGS : 0u) |
	       (o->all_commits ? GIT_BRANCHES | GIT_TAGS | GIT_HISTORY : 0u);
}

static int gather(struct roots *r, struct session *ss, bool pushing,
		  size_t ntyped, const struct dver_exchange_opts *o,
		  struct dver_err *err)
{
	struct dver_repo *repo = ss->repo;
	unsigned refs = refs_of(o);
	int ret;

	*r = (struct roots){ .v = NULL };
	keymap_init(&r->seen, HASH_SIZE, 0);
	if (refs && !repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: it has no branches, tags or commits");
	ret = add_targets(r, ss, !pushing, err);
	if (ret < 0)
		return ret;
	if (refs)
		ret = git_refs(repo->git, refs, &r->commits, err);
	else if (pushing && ntyped == 0 && repo->git)
		ret = git_unpushed(repo->git, &r->commits, err);
	return ret < 0 ? ret : add_commits(r, repo, err);
}

static int add_named(struct roots *r, struct dver_repo *repo,
		     const struct dver_exchange_opts *o, struct dver_err *err)
{
	for (size_t i = 0; i < o->ncommits; i++)
		if (!strvec_push(&r->commits, o->commits[i]))
			return err_nomem(err);
	return add_commits(r, repo, err);
}

static void take_stats(struct dver_exchange_stats *out,
		       const struct transfer_stats *st)
{
	*out = (struct dver_exchange_stats){
		.files = st->files, .bytes = st->bytes,
		.objects = st->objects, .wire = st->wire,
		.requests = st->requests, .missing = st->missing,
	};
}

typedef int (*transfer_fn)(struct store *, struct store *,
			   const struct transfer_root *, size_t,
			   const struct transfer_opts *,
			   struct transfer_stats *, struct dver_err *);

/* What lacked of the data is no reason to leave the runs. */
static int move_runs(struct exchange *x, bool push, int lacked,
		     struct dver_exchange_stats *stats, struct dver_err *err)
{
	struct dver_err why;
	int r;

	r = push ? exchange_send_runs(x, stats, &why)
		 : exchange_take_runs(x, stats, &why);
	return r < 0 ? err_set(err, r, "%s", why.msg) : lacked;
}

static int move(struct dver_repo *repo, struct roots *roots,
		const struct dver_exchange_opts *opts, bool create,
		transfer_fn fn, struct dver_exchange_stats *stats,
		struct dver_err *err)
{
	struct transfer_stats st = { 0 };
	struct exchange x;
	struct reading_remote rr = { .repo = NULL };
	int r = exchange_open(&x, repo, opts, create && !opts->dry_run, err);

	if (r == DVER_ENOTFOUND && create && opts->dry_run) {
		/* Nobody pushed there yet: everything would be sent. */
		struct transport *t = NULL;
		struct store_opts so = { .create = true };

		r = x.folder ? transport_mem_open(&t, err) : r;
		if (r == 0)
			r = store_open(&x.remote, &t, &so, err);
	}
	/* Trees that only the remote has are read from there. */
	if (r == 0 && fn == transfer_check)
		reading_begin(&rr, repo, x.local);
	if (r == 0)
		r = fn(x.local, x.remote, roots->v, roots->n, &x.to, &st, err);
	if (rr.repo)
		reading_end(&rr, x.local);
	take_stats(stats, &st);
	if (opts->run_cache && fn != transfer_check &&
	    (r == 0 || r == DVER_EMISSING))
		r = move_runs(&x, fn == transfer_push, r, stats, err);
	exchange_close(&x);
	return r;
}

static const struct dver_exchange_opts none = { .remote = NULL };

int dver_push(struct dver_repo *repo, const char *const *targets, size_t n,
	      const struct dver_exchange_opts *opts,
	      struct dver_exchange_stats *stats, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	struct roots roots = { .v = NULL };
	int r;

	*stats = (struct dver_exchange_stats){ 0 };
	keymap_init(&roots.seen, HASH_SIZE, 0);
	if (opts && opts->commits) {
		r = add_named(&roots, repo, opts, err);
		repo_phase(repo, "sending");
		if (r == 0)
			r = move(repo, &roots, opts, true, transfer_push,
				 stats, err);
		roots_release(&roots);
		return r;
	}
	r = session_open(&ss, repo, SESSION_READ, targets, n, err);
	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0)
		r = gather(&roots, &ss, true, n, opts ? opts : &none, err);
	repo_phase(repo, "sending");
	if (r == 0)
		r = move(repo, &roots, opts ? opts : &none, true,
			 transfer_push, stats, err);
	roots_release(&roots);
	return r;
}

int dver_fetch(struct dver_repo *repo, const char *const *targets, size_t n,
	       const struct dver_exchange_opts *opts,
	       struct dver_exchange_stats *stats, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_LOCK struct lock *lock = NULL;
	struct roots roots = { .v = NULL };
	struct store *store;
	int r;

	*stats = (struct dver_exchange_stats){ 0 };
	r = session_open(&ss, repo, SESSION_READ, targets, n, err);
	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0)
		r = gather(&roots, &ss, false, n, opts ? opts : &none, err);
	if (r == 0)
		r = repo_store(repo, &store, err);
	if (r == 0)
		r = local_lock(&lock, repo->cache, LOCK_SHARED, NULL, NULL,
			       &repo->cancel, err);
	repo_phase(repo, "receiving");
	if (r == 0)
		r = move(repo, &roots, opts ? opts : &none, false,
			 transfer_fetch, stats, err);
	roots_release(&roots);
	lock_release(TAKE(lock));
	session_tidy(repo);
	return r;
}

int dver_pull(struct dver_repo *repo, const char *const *targets, size_t n,
	      const struct dver_exchange_opts *opts,
	      const struct dver_checkout_opts *checkout, dver_change_fn fn,
	      void *data, struct dver_exchange_stats *stats,
	      struct dver_err *err)
{
	const char *const all[] = { repo->root };
	int fetched = dver_fetch(repo, targets, n, opts, stats, err);
	int r;

	if ((fetched < 0 && fetched != DVER_EMISSING) ||
	    (opts && opts->dry_run))
		return fetched;
	/* Named, so that what was only partly here becomes whole. */
	r = dver_checkout(repo, n ? targets : all, n ? n : 1, checkout, fn,
			  data, fetched < 0 ? NULL : err);
	return fetched < 0 && (r == 0 || r == DVER_EMISSING) ? fetched : r;
}

int dver_check(struct dver_repo *repo, const char *range,
	       const struct dver_exchange_opts *opts,
	       struct dver_exchange_stats *stats, struct dver_err *err)
{
	struct roots roots = { .v = NULL };
	unsigned refs = refs_of(opts ? opts : &none);
	int r = 0;

	*stats = (struct dver_exchange_stats){ 0 };
	keymap_init(&roots.seen, HASH_SIZE, 0);
	if (!repo->git)
		r = err_set(err, DVER_EINVAL, "this workspace is not in git: "
			    "there are no commits to check");
	else if (opts && opts->commits)
		r = add_named(&roots, repo, opts, err);
	else if (refs)
		r = git_refs(repo->git, refs, &roots.commits, err);
	else
		r = git_range(repo->git, range ? range : "HEAD",
			      &roots.commits, err);
	if (r == 0 && !(opts && opts->commits))
		r = add_commits(&roots, repo, err);
	repo_phase(repo, "checking");
	if (r == 0)
		r = move(repo, &roots, opts ? opts : &none, false,
			 transfer_check, stats, err);
	if (r == 0 && stats->missing)
		r = err_set(err, DVER_EMISSING, "%llu files of %zu commits are "
			    "not in the remote", (unsigned long long)
			    stats->missing, roots.commits.n);
	roots_release(&roots);
	return r;
}

int exchange_fetch(struct dver_repo *repo, const struct transfer_root *roots,
		   size_t n, struct dver_err *err)
{
	struct transfer_stats st;
	struct exchange x;
	int r = exchange_open(&x, repo, &none, false, err);

	repo_phase(repo, "receiving");
	if (r == 0)
		r = transfer_fetch(x.local, x.remote, roots, n, &x.to, &st,
				   err);
	exchange_close(&x);
	return r;
}

int exchange_prove(struct dver_repo *repo, const char *name,
		   struct store *local, const struct transfer_root *roots,
		   size_t n, int (*missing)(void *data,
					    const struct transfer_root *root,
					    const char *path,
					    const struct oid *id,
					    uint64_t size),
		   void *data, struct dver_err *err)
{
	AUTO_STORE struct store *remote = NULL;
	AUTO_REMOTE struct remote at = REMOTE_INIT;
	struct transfer_opts to = { .jobs = repo->jobs, .prove = true,
				    .cancel = &repo->cancel, .data = data,
				    .missing = missing };
	struct transfer_stats st;
	int r = config_remote(repo, name, &at, err);

	if (r < 0)
		return r;
	r = remote_open(&remote, &at.cfg, store_local_root(local), err);
	if (r == 0)
		r = transfer_check(local, remote, roots, n, &to, &st, err);
	/* The store borrows from what is released here. */
	store_close(TAKE(remote));
	return r < 0 ? err_wrap(err, "remote '%s'", at.name) : r;
}

struct remote_view {
	struct exchange x;
	struct dver_exchange_opts opts;
};

void remote_view_free(struct remote_view *v)
{
	if (!v)
		return;
	exchange_close(&v->x);
	free(v);
}

int remote_view_open(struct remote_view **out, struct dver_repo *repo,
		     struct scanner *s, const char *name, struct dver_err *err)
{
	struct remote_view *v = calloc(1, sizeof(*v));
	int r;

	(void)s;
	if (!v)
		return err_nomem(err);
	v->opts.remote = name;
	r = exchange_open(&v->x, repo, &v->opts, false, err);
	if (r == DVER_ENOTFOUND && v->x.folder)
		r = 0;	/* nobody pushed there yet */
	v->x.to.files = v->x.to.files_total = NULL;
	v->x.to.bytes = v->x.to.bytes_total = NULL;
	if (r < 0) {
		remote_view_free(v);
		return r;
	}
	*out = v;
	return 0;
}

int remote_view_lacks(struct remote_view *v, enum root_kind kind,
		      const struct oid *id, uint64_t size, uint64_t *files,
		      uint64_t *bytes, struct dver_err *err)
{
	struct transfer_root root = { .kind = kind, .id = *id, .size = size,
				      .label = "" };
	struct transfer_stats st;
	int r;

	*files = *bytes = 0;
	if (!v->x.remote) {
		*files = 1;
		*bytes = size;
		return 0;
	}
	r = transfer_check(v->x.local, v->x.remote, &root, 1, &v->x.to, &st,
			   err);
	*files = st.files ? st.files : st.missing;
	*bytes = st.bytes;
	return r;
}
