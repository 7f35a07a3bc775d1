#include "workspace/gc_runs.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/runfile.h"
#include "store/walk.h"
#include "transfer/bundle.h"

struct looking {
	const struct gc_runs *g;
	struct keymap known;		/* values that remotes have */
	struct keymap whole;		/* outputs that stay */
	struct strvec useless;		/* paths */
};

/* 1, 0, < 0. */
static int stays(const struct gc_runs *g, const struct oid *id,
		 struct dver_err *err)
{
	return g->live(g->data, id) ? store_has(g->store, id, err) : 0;
}

static int on_below(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	int r = stays(data, &e->id, err);

	(void)path;
	return r != 0 ? MIN(r, 0) : err_set(err, DVER_EMISSING, "a file goes");
}

/* The output and all below it: 1, 0, < 0. */
static int is_whole(struct looking *l, const struct pointer *p,
		    struct dver_err *err)
{
	const struct gc_runs *g = l->g;
	int r;

	if (keymap_get(&l->whole, p->id.id))
		return 1;
	r = stays(g, &p->id, err);
	if (r <= 0)
		return r;
	if (p->kind == ROOT_TREE) {
		struct dver_err why;

		r = walk_tree(g->store, g->io, &p->id, on_below,
			      (void *)(uintptr_t)g, &why);
		if (r == DVER_EMISSING || r == DVER_ECORRUPT)
			return 0;
		if (r < 0)
			return err_set(err, r, "%s", why.msg);
	}
	return keymap_put(&l->whole, p->id.id, NULL) ? 1 : err_nomem(err);
}

/* What git keeps is there as long as the rest is: 1, 0, < 0. */
static int is_usable(struct looking *l, const struct locked_stage *run,
		     struct dver_err *err)
{
	bool any = false;
	int r = 1;

	for (size_t i = 0; r > 0 && i < run->nouts; i++) {
		const struct locked *o = &run->outs[i];

		any = any || !o->no_cache;
		r = o->no_cache ? store_has(l->g->store, &o->p.id, err)
				: is_whole(l, &o->p, err);
	}
	for (size_t i = 0; r > 0 && i < run->nouts; i++) {
		const struct pointer *p = &run->outs[i].p;

		if (!run->outs[i].no_cache)
			continue;
		r = any ? l->g->keep(l->g->data, p, err)
			: is_whole(l, p, err);
		r = any && r == 0 ? 1 : r;
	}
	return r;
}

static int on_run(void *data, const struct run_id *id, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	struct looking *l = data;
	size_t len;
	int r;

	if (keymap_get(&l->known, id->value.id))
		return 0;
	r = runfile_read(&run, &text, &len, l->g->repo->cache, id, err);
	if (r > 0)
		r = is_usable(l, &run, err);
	if (r != 0)
		return MIN(r, 0);
	path = runfile_path(l->g->repo->cache, id);
	return path && strvec_take(&l->useless, &path) ? 0 : err_nomem(err);
}

static int on_known(void *data, const struct oid *value, struct dver_err *err)
{
	struct looking *l = data;

	return keymap_put(&l->known, value->id, NULL) ? 0 : err_nomem(err);
}

static int remove_all(const struct strvec *paths, struct dver_err *err)
{
	for (size_t i = 0; i < paths->n; i++) {
		AUTO_FREE char *dir = path_dir(paths->v[i]);

		if (!dir)
			return err_nomem(err);
		if (os_unlink(paths->v[i]) < 0)
			return err_sys(err, "cannot remove '%s'", paths->v[i]);
		/* Where it was the last one of its key. */
		(void)os_unlinkat(AT_FDCWD, dir, AT_REMOVEDIR);
	}
	return 0;
}

int gc_runs(const struct gc_runs *g, uint64_t *removed, struct dver_err *err)
{
	struct looking l = { .g = g };
	int r;

	keymap_init(&l.known, HASH_SIZE, 0);
	keymap_init(&l.whole, HASH_SIZE, 0);
	r = g->dry_run ? 0 : runfile_tidy(g->repo->cache, err);
	if (r == 0)
		r = bundles_known(g->repo->cache, on_known, &l, err);
	if (r == 0)
		r = runfile_each(g->repo->cache, on_run, &l, err);
	*removed = l.useless.n;
	if (r == 0 && !g->dry_run)
		r = remove_all(&l.useless, err);
	keymap_release(&l.known);
	keymap_release(&l.whole);
	strvec_release(&l.useless);
	return r;
}
