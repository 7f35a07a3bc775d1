/*
 * drop_store - two sets of ids: what is dropped, and what somebody needs.
 * The sweep frees the first without the second; all else counts as alive.
 */
#include "workspace/drop.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/sweep.h"
#include "workspace/roots.h"
#include "workspace/users.h"

struct freeing {
	const struct drop_store *d;
	struct mark dead, needed;
	const struct dropping *at;
};

/* Files, not trees: what was dropped can still be listed. */
static int is_dropped(void *data, const char *path,
		      const struct tree_entry *e, struct dver_err *err)
{
	const struct freeing *f = data;
	const struct strvec *parts = f->at->parts;
	int some = parts ? 0 : 1;

	(void)err;
	for (size_t i = 0; parts && i < parts->n && some != 1; i++) {
		if (path_inside(path, parts->v[i]))
			some = 1;
		else if (path_inside(parts->v[i], path))
			some = 2;
	}
	if (e->kind == TREE_DIR)
		return some ? 2 : 0;
	if (f->d->spared && keymap_get(f->d->spared, e->id.id))
		return 0;
	return some == 1;
}

static int mark_dead(struct freeing *f, struct dver_err *err)
{
	int r = 0;

	f->dead.wants = is_dropped;
	f->dead.data = f;
	for (size_t i = 0; r == 0 && i < f->d->n; i++) {
		f->at = &f->d->v[i];
		f->dead.by_path = f->at->parts != NULL;
		r = mark_root(&f->dead, f->at->kind, &f->at->id, f->at->size,
			      err);
	}
	return r;
}

static int mark_needed(void *data, const struct live_root *root,
		       struct dver_err *err)
{
	struct freeing *f = data;

	return mark_root(&f->needed, root->kind, &root->id, root->size, err);
}

static int mark_workspace(void *data, const struct user *u,
			  struct dver_err *err)
{
	struct freeing *f = data;
	struct roots roots;
	int r;

	if (u->own)
		return f->d->keep(f->d->data, &f->needed, err);
	roots_init(&roots, u->repo, true, mark_needed, f);
	roots.git_only = u->git_only;
	r = roots_live(&roots, err);
	roots_release(&roots);
	dver_repo_free(u->repo);
	return r;
}

static bool is_live(void *data, const struct oid *id)
{
	const struct freeing *f = data;

	return !mark_has(&f->dead, id) || mark_has(&f->needed, id);
}

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

static int run(struct freeing *f, uint64_t *freed, struct dver_err *err)
{
	const struct drop_store *d = f->d;
	struct sweep sw = { .s = d->store, .live = is_live, .data = f,
			    .dry_run = d->dry_run,
			    .cancel = &d->repo->cancel };
	struct sweep_stats st;
	int r = store_refresh(d->store, err);

	if (r == 0)
		r = store_load_indexes(d->store, err);
	if (r == 0)
		r = mark_dead(f, err);
	if (r == 0)
		r = users_each(d->repo, "freed", mark_workspace, f, err);
	if (r == 0)
		r = mark_other_recipes(&f->needed, &f->dead, err);
	if (r == 0)
		r = store_sweep(&sw, &st, err);
	*freed = r == 0 ? st.freed : 0;
	return r;
}

int drop_from_store(const struct drop_store *d, uint64_t *freed,
		    struct dver_err *err)
{
	AUTO_LOCK struct lock *lock = NULL;
	struct freeing f = { .d = d };
	int r = local_lock(&lock, d->repo->cache,
			   d->dry_run ? LOCK_SHARED : LOCK_EXCLUSIVE, on_wait,
			   d->repo, &d->repo->cancel, err);

	repo_phase(d->repo, "freeing");
	mark_init(&f.dead, d->store, d->io, &d->repo->cancel);
	mark_init(&f.needed, d->store, d->io, &d->repo->cancel);
	if (r == 0)
		r = run(&f, freed, err);
	mark_release(&f.dead);
	mark_release(&f.needed);
	return r;
}
