/*
 * gc - free what nothing points at.
 *
 * Marked is first what every workspace of the store has in use, then, of
 * earlier commits, what no remote holds.  That takes its time, so others may
 * work; then the store is locked, what changed meanwhile is marked too, and
 * everything else is swept.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/cache.h"
#include "dver/remote.h"
#include "repo/config.h"
#include "store/mark.h"
#include "store/sweep.h"
#include "workspace/exchange.h"
#include "workspace/gc_runs.h"
#include "workspace/roots.h"
#include "workspace/users.h"

struct gc {
	struct dver_repo *repo;
	const struct dver_gc_opts *opts;
	struct dver_gc_stats *stats;
	struct store *store;
	struct store_io *io;		/* owned */
	struct mark live, history;
	struct workspace {
		struct dver_repo *repo;
		struct roots roots;
		bool own;		/* repo is the caller's */
	} *v;				/* owned */
	size_t n, cap;
	struct strvec gc_names;		/* of the store when it was marked */
	bool marked;
};

static void workspaces_release(struct gc *g)
{
	for (size_t i = 0; i < g->n; i++) {
		roots_release(&g->v[i].roots);
		if (!g->v[i].own)
			dver_repo_free(g->v[i].repo);
	}
	g->n = 0;
}

static void gc_release(struct gc *g)
{
	workspaces_release(g);
	free(g->v);
	mark_release(&g->live);
	mark_release(&g->history);
	store_io_free(g->io);
	strvec_release(&g->gc_names);
}

static int mark_live(void *data, const struct live_root *root,
		     struct dver_err *err)
{
	struct gc *g = data;

	return mark_root(&g->live, root->kind, &root->id, root->size, err);
}

static int add_workspace(void *data, const struct user *u,
			 struct dver_err *err)
{
	struct gc *g = data;
	struct workspace *w;

	if (!mem_grow(&g->v, &g->cap, g->n + 1, sizeof(*g->v))) {
		if (!u->own)
			dver_repo_free(u->repo);
		return err_nomem(err);
	}
	w = &g->v[g->n++];
	*w = (struct workspace){ .repo = u->repo, .own = u->own };
	roots_init(&w->roots, w->repo, !g->opts->no_undo, mark_live, g);
	w->roots.git_only = u->git_only;
	g->stats->workspaces += !u->git_only;
	return 0;
}

static int find_workspaces(struct gc *g, struct dver_err *err)
{
	workspaces_release(g);
	g->stats->workspaces = 0;
	return users_each(g->repo, "deleted", add_workspace, g, err);
}

static int mark_all_live(struct gc *g, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < g->n; i++) {
		r = roots_live(&g->v[i].roots, err);
		if (r < 0 && !g->v[i].own)
			r = err_wrap(err, "workspace '%s'",
				     g->v[i].repo->root);
	}
	return r;
}

/* What only earlier commits of one workspace have. */
struct past {
	struct gc *g;
	struct transfer_root *v;
	size_t n, cap;
	struct strvec paths, commits;	/* borrowed by v */
	struct keymap lacking;		/* id -> remotes that have it not */
	uint64_t remotes;		/* that answered */
	const struct transfer_root *at;	/* whose files are being marked */
};

static void past_release(struct past *p)
{
	free(p->v);
	strvec_release(&p->paths);
	strvec_release(&p->commits);
	keymap_release(&p->lacking);
}

static int note_past(void *data, const struct live_root *root,
		     struct dver_err *err)
{
	struct past *p = data;
	struct transfer_root *x;

	if (mark_has(&p->g->live, &root->id))
		return 0;
	if (!strvec_push(&p->paths, root->path) ||
	    !strvec_push(&p->commits, root->commit ? root->commit : "") ||
	    !mem_grow(&p->v, &p->cap, p->n + 1, sizeof(*p->v)))
		return err_nomem(err);
	x = &p->v[p->n++];
	*x = (struct transfer_root){ .kind = root->kind, .id = root->id,
				     .size = root->size };
	x->label = p->paths.v[p->paths.n - 1];
	x->tag = p->commits.v[p->commits.n - 1];
	return 0;
}

static int note_lacking(void *data, const struct transfer_root *root,
			const char *path, const struct oid *id, uint64_t size)
{
	struct past *p = data;
	uint64_t *count = keymap_put(&p->lacking, id->id, NULL);

	(void)root;
	(void)path;
	(void)size;
	if (!count)
		return DVER_ENOMEM;
	/* A remote tells it once for each path. */
	if ((*count & 0xffffffff) == p->remotes + 1)
		return 0;
	*count = (*count & ~(uint64_t)0xffffffff) + (1ull << 32) +
		 p->remotes + 1;
	return 0;
}

struct asking {
	struct past *p;
	struct dver_repo *repo;
	struct dver_err *err;
};

static int ask_remote(void *data, const struct dver_remote *remote)
{
	struct asking *a = data;
	struct gc *g = a->p->g;
	struct dver_err why;
	int r = exchange_prove(a->repo, remote->name, g->store, a->p->v,
			       a->p->n, note_lacking, a->p, &why);

	if (r == DVER_ECANCEL || r == DVER_ENOMEM)
		return err_set(a->err, r, "%s", why.msg);
	/* Where nobody pushed to yet there is nothing. */
	if (r == DVER_ENOTFOUND)
		return 0;
	if (r < 0) {
		repo_note(g->repo, DVER_NOTE_WARNING, "%s; what it holds is "
			  "not known, so nothing counts as held by it",
			  why.msg);
		return 0;
	}
	a->p->remotes++;
	return 0;
}

/* Has every remote that answered said that it lacks it? */
static bool is_nowhere(const struct past *p, const struct oid *id)
{
	const uint64_t *count = keymap_get(&p->lacking, id->id);

	return p->remotes == 0 || (count && *count >> 32 == p->remotes);
}

static int wants_past(void *data, const char *path,
		      const struct tree_entry *e, struct dver_err *err)
{
	struct past *p = data;
	struct gc *g = p->g;
	AUTO_FREE char *full = NULL;
	int r;

	if (mark_has(&g->live, &e->id))
		return 0;
	if (e->kind == TREE_DIR || g->opts->all_commits)
		return 1;
	if (mark_has(&g->history, &e->id) || !is_nowhere(p, &e->id))
		return 0;
	r = store_has(g->store, &e->id, err);
	if (r <= 0)
		return r;
	g->stats->kept_files++;
	g->stats->kept_bytes += e->bytes;
	if (!g->opts->kept)
		return 1;
	full = str_printf("%s%s%s", p->at->label, *path ? "/" : "", path);
	if (!full)
		return err_nomem(err);
	r = g->opts->kept(g->opts->data, &(struct dver_gc_kept){
		.path = full, .commit = p->at->tag, .size = e->bytes });
	return r < 0 ? r : 1;
}

static int mark_past(struct past *p, struct dver_err *err)
{
	struct mark *m = &p->g->history;
	int r = 0;

	/* Another repository's remotes may hold other files of a tree. */
	keymap_clear(&m->entered);
	m->wants = wants_past;
	m->data = p;
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		p->at = &p->v[i];
		r = mark_root(m, p->at->kind, &p->at->id, p->at->size, err);
	}
	return r;
}

static int keep_past(struct gc *g, struct workspace *w, struct dver_err *err)
{
	struct past p = { .g = g };
	struct asking a = { &p, w->repo, err };
	int r;

	keymap_init(&p.lacking, HASH_SIZE, sizeof(uint64_t));
	w->roots.fn = note_past;
	w->roots.data = &p;
	r = roots_history(&w->roots, err);
	w->roots.fn = mark_live;
	w->roots.data = g;
	if (r == 0 && p.n && !g->opts->all_commits)
		r = dver_remote_each(w->repo, ask_remote, &a, err);
	if (r == 0)
		r = mark_past(&p, err);
	past_release(&p);
	return r;
}

static bool is_live(void *data, const struct oid *id)
{
	const struct gc *g = data;

	return mark_has(&g->live, id) || mark_has(&g->history, id);
}

static int remember_gc(struct gc *g, struct dver_err *err)
{
	const struct strvec *names = store_gc_names(g->store);

	strvec_clear(&g->gc_names);
	for (size_t i = 0; i < names->n; i++)
		if (!strvec_push(&g->gc_names, names->v[i]))
			return err_nomem(err);
	return 0;
}

/* Did another collection run since everything was marked? */
static bool was_collected(const struct gc *g)
{
	const struct strvec *names = store_gc_names(g->store);
	bool same = names->n == g->gc_names.n;

	for (size_t i = 0; same && i < names->n; i++)
		same = streq(names->v[i], g->gc_names.v[i]);
	return !same;
}

/* From nothing. */
static int mark_everything(struct gc *g, struct dver_err *err)
{
	int r = 0;

	mark_release(&g->live);
	mark_release(&g->history);
	mark_init(&g->live, g->store, g->io, &g->repo->cancel);
	mark_init(&g->history, g->store, g->io, &g->repo->cancel);
	g->stats->kept_files = g->stats->kept_bytes = 0;
	r = find_workspaces(g, err);
	if (r == 0)
		r = store_refresh(g->store, err);
	if (r == 0)
		r = store_load_indexes(g->store, err);
	if (r == 0)
		r = remember_gc(g, err);
	if (r == 0)
		r = mark_all_live(g, err);
	for (size_t i = 0; r == 0 && !g->opts->not_pushed && i < g->n; i++)
		r = keep_past(g, &g->v[i], err);
	return r;
}

/* What changed since, while nobody can change anything. */
static int mark_again(struct gc *g, struct dver_err *err)
{
	int r = store_refresh(g->store, err);

	if (r == 0)
		r = store_load_indexes(g->store, err);
	if (r == 0 && was_collected(g))
		return mark_everything(g, err);
	if (r == 0)
		r = find_workspaces(g, err);
	return r < 0 ? r : mark_all_live(g, err);
}

static int keep_copy(void *data, const struct pointer *p, struct dver_err *err)
{
	struct gc *g = data;

	return mark_root(&g->live, p->kind, &p->id, p->size, err);
}

static int sweep_runs(struct gc *g, bool dry_run, struct dver_err *err)
{
	struct gc_runs runs = { .repo = g->repo, .store = g->store,
				.io = g->io, .live = is_live,
				.keep = keep_copy, .data = g,
				.dry_run = dry_run };

	return gc_runs(&runs, &g->stats->runs, err);
}

static int sweep(struct gc *g, bool dry_run, struct dver_err *err)
{
	struct sweep sw = { .s = g->store, .live = is_live, .data = g,
			    .dry_run = dry_run, .cancel = &g->repo->cancel };
	struct sweep_stats st;
	int r;

	repo_phase(g->repo, dry_run ? "counting" : "freeing");
	/* First: of a killed gc no entry stays that names what is gone. */
	r = sweep_runs(g, dry_run, err);
	if (r < 0)
		return r;
	r = store_sweep(&sw, &st, err);
	g->stats->objects = st.objects;
	g->stats->bytes = st.freed;
	g->stats->packs_deleted = st.packs_deleted;
	g->stats->packs_rewritten = st.packs_rewritten;
	g->stats->waiting = st.kept;
	return r;
}

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

static int lock(struct gc *g, enum lock_mode mode, struct lock **out,
		struct dver_err *err)
{
	return local_lock(out, g->repo->cache, mode, on_wait, g->repo,
			  &g->repo->cancel, err);
}

/* Others may work meanwhile.  1: go on. */
static int prepare(struct gc *g, struct dver_err *err)
{
	AUTO_LOCK struct lock *shared = NULL;
	int r = lock(g, LOCK_SHARED, &shared, err);

	repo_phase(g->repo, "marking");
	if (r == 0)
		r = mark_everything(g, err);
	if (r == 0 && (g->opts->dry_run || g->opts->confirm))
		r = sweep(g, true, err);
	if (r < 0 || g->opts->dry_run)
		return r;
	return g->opts->confirm ? g->opts->confirm(g->opts->data, g->stats)
				: 1;
}

static int run(struct gc *g, struct dver_err *err)
{
	AUTO_LOCK struct lock *exclusive = NULL;
	int r = prepare(g, err);

	if (r <= 0)
		return r;
	r = lock(g, LOCK_EXCLUSIVE, &exclusive, err);
	if (r == 0)
		r = mark_again(g, err);
	return r < 0 ? r : sweep(g, false, err);
}

int dver_gc(struct dver_repo *repo, const struct dver_gc_opts *opts,
	    struct dver_gc_stats *stats, struct dver_err *err)
{
	static const struct dver_gc_opts none = { .dry_run = false };
	struct gc g = { .repo = repo, .opts = opts ? opts : &none,
			.stats = stats };
	int r = config_check(repo, err);

	*stats = (struct dver_gc_stats){ 0 };
	if (r == 0)
		r = repo_store(repo, &g.store, err);
	if (r == 0)
		r = store_io_new(&g.io, err);
	if (r == 0)
		r = run(&g, err);
	gc_release(&g);
	return r;
}

int dver_gc_forget(struct dver_repo *repo, const char *workspace,
		   struct dver_err *err)
{
	int r = local_forget(repo->cache, workspace, err);

	if (r == 0)
		r = err_set(err, DVER_ENOTFOUND, "no workspace at '%s' uses "
			    "the store '%s'", workspace, repo->cache);
	return MIN(r, 0);
}
