/*
 * drop_old - free the store of what only commits of long ago have, where the
 * remote holds it.
 */
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/drop.h"
#include "workspace/exchange.h"
#include "workspace/roots.h"

#define DAY 86400

struct old {
	struct dver_repo *repo;
	const struct dver_drop_opts *opts;
	struct dver_drop_stats *stats;
	struct session *ss;
	struct scanner *s;
	size_t ntyped;
	int64_t before;			/* seconds since 1970 */
	struct dropping *v;		/* owned */
	size_t n, cap;
	struct strvec paths;		/* borrowed by v */
	struct keymap seen, lacking;
};

static void old_release(struct old *o)
{
	free(o->v);
	strvec_release(&o->paths);
	keymap_release(&o->seen);
	keymap_release(&o->lacking);
}

static bool is_target(const struct old *o, const char *path)
{
	bool any = o->ntyped == 0;

	for (size_t i = 0; i < o->ss->n; i++)
		any |= streq(o->ss->targets[i].output->path, path);
	return any;
}

static int note_old(void *data, const struct live_root *root,
		    struct dver_err *err)
{
	struct old *o = data;
	bool added = false;

	if (!root->commit || !is_target(o, root->path))
		return 0;
	if (!keymap_put(&o->seen, root->id.id, &added))
		return err_nomem(err);
	if (!added)
		return 0;
	if (!strvec_push(&o->paths, root->path) ||
	    !mem_grow(&o->v, &o->cap, o->n + 1, sizeof(*o->v)))
		return err_nomem(err);
	o->v[o->n++] = (struct dropping){
		.path = o->paths.v[o->paths.n - 1], .kind = root->kind,
		.id = root->id, .size = root->size };
	return 0;
}

static int find_old(struct old *o, struct dver_err *err)
{
	struct roots roots;
	int r;

	roots_init(&roots, o->repo, false, note_old, o);
	roots.before = o->before;
	r = roots_live(&roots, err);
	if (r == 0)
		r = roots_history(&roots, err);
	roots_release(&roots);
	return r;
}

static int note_lacking(void *data, const struct transfer_root *root,
			const char *path, const struct oid *id, uint64_t size)
{
	struct old *o = data;

	(void)root;
	(void)path;
	(void)size;
	return keymap_put(&o->lacking, id->id, NULL) ? 0 : DVER_ENOMEM;
}

static int prove(struct old *o, struct dver_err *err)
{
	AUTO_FREE struct transfer_root *v = mem_array(o->n + 1, sizeof(*v));

	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < o->n; i++)
		v[i] = (struct transfer_root){
			.kind = o->v[i].kind, .id = o->v[i].id,
			.size = o->v[i].size, .label = o->v[i].path };
	repo_phase(o->repo, "proving");
	return exchange_prove(o->repo, o->opts->remote, o->s->store, v, o->n,
			      note_lacking, o, err);
}

struct keeping {
	struct mark *mark;
};

static int mark_recent(void *data, const struct live_root *root,
		       struct dver_err *err)
{
	struct keeping *k = data;

	return mark_root(k->mark, root->kind, &root->id, root->size, err);
}

/* What lies here, and what commits since then have. */
static int keep_recent(void *data, struct mark *m, struct dver_err *err)
{
	const struct old *o = data;
	struct keeping k = { m };
	struct roots roots;
	int r;

	roots_init(&roots, o->repo, true, mark_recent, &k);
	roots.since = o->before;
	r = roots_live(&roots, err);
	if (r == 0)
		r = roots_history(&roots, err);
	roots_release(&roots);
	return r;
}

static int run(struct old *o, struct dver_err *err)
{
	struct drop_store ds = { .repo = o->repo, .store = o->s->store,
				 .io = o->s->main_io, .spared = &o->lacking,
				 .keep = keep_recent, .data = o,
				 .dry_run = o->opts->dry_run };
	int r = find_old(o, err);

	if (r < 0 || o->n == 0)
		return r;
	r = prove(o, err);
	ds.v = o->v;
	ds.n = o->n;
	/* From now on nobody else may add or read. */
	lock_release(TAKE(o->ss->cache_lock));
	return r < 0 ? r : drop_from_store(&ds, &o->stats->freed, err);
}

int drop_old(struct dver_repo *repo, const char *const *targets, size_t n,
	     const struct dver_drop_opts *opts, struct dver_drop_stats *stats,
	     struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct old o = { .repo = repo, .opts = opts, .stats = stats,
			 .ss = &ss, .ntyped = n,
			 .before = (int64_t)time(NULL) - opts->days * DAY };
	int r;

	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: there are no old commits");
	keymap_init(&o.seen, HASH_SIZE, 0);
	keymap_init(&o.lacking, HASH_SIZE, 0);
	r = session_open(&ss, repo, SESSION_WRITE, targets, n, err);
	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	o.s = s;
	if (r == 0)
		r = run(&o, err);
	stats->missing = o.lacking.n;
	old_release(&o);
	return r;
}
