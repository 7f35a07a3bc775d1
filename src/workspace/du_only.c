/*
 * du_only - what would be gone if a branch or tag were deleted.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/history.h"
#include "repo/git.h"
#include "store/mark.h"
#include "workspace/session.h"

#define GIT_OID 20

struct only {
	struct dver_repo *repo;
	struct store *store;
	struct store_io *io;		/* owned */
	struct mark others, mine;
	struct mark *to;
};

static int on_pointed(void *data, const struct pointed *p,
		      struct dver_err *err)
{
	const struct only *o = data;

	return mark_root(o->to, p->p->kind, &p->p->id, p->p->size, err);
}

static int on_blob(void *data, const char *path, const void *bytes, size_t len,
		   struct dver_err *err)
{
	struct dver_err why;
	int r = pointers_each(path, path, bytes, len, on_pointed, data, &why);

	/* What cannot be read keeps nothing alive. */
	return r == 0 || r == DVER_EFORMAT ? 0 : err_set(err, r, "%s", why.msg);
}

static int mark_commits(struct only *o, struct mark *to,
			const struct strvec *commits, struct dver_err *err)
{
	AUTO_KEYMAP struct keymap seen;
	int r = 0;

	keymap_init(&seen, GIT_OID, 0);
	o->to = to;
	for (size_t i = 0; r == 0 && i < commits->n; i++) {
		r = cancel_check(&o->repo->cancel, err);
		if (r == 0)
			r = git_each_new_blob(o->repo->git, commits->v[i],
					      &seen, on_blob, o, err);
	}
	return r;
}

/* Only what nobody else has counts. */
static int is_mine(void *data, const char *path, const struct tree_entry *e,
		   struct dver_err *err)
{
	const struct only *o = data;

	(void)path;
	(void)err;
	return !mark_has(&o->others, &e->id);
}

static int run(struct only *o, const char *ref, struct dver_err *err)
{
	AUTO_STRVEC struct strvec mine = STRVEC_INIT;
	AUTO_STRVEC struct strvec tips = STRVEC_INIT;
	AUTO_STRVEC struct strvec others = STRVEC_INIT;
	int r = git_only(o->repo->git, ref, &mine, &tips, err);

	if (r < 0 || mine.n == 0)
		return r;
	r = git_ancestors(o->repo->git, &tips, &others, err);
	if (r == 0)
		r = mark_commits(o, &o->others, &others, err);
	o->mine.wants = is_mine;
	o->mine.data = o;
	return r < 0 ? r : mark_commits(o, &o->mine, &mine, err);
}

int dver_du_only(struct dver_repo *repo, const char *ref, uint64_t *files,
		 uint64_t *bytes, struct dver_err *err)
{
	struct only o = { .repo = repo };
	AUTO_LOCK struct lock *lock = NULL;
	struct reading_remote rr = { .repo = NULL };
	int r = 0;

	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: it has no branches");
	r = session_lock_reader(repo, &lock, err);
	if (r == 0)
		r = repo_store(repo, &o.store, err);
	if (r == 0)
		r = store_io_new(&o.io, err);
	if (r < 0)
		return r;
	mark_init(&o.others, o.store, o.io, &repo->cancel);
	mark_init(&o.mine, o.store, o.io, &repo->cancel);
	reading_begin(&rr, repo, o.store);
	r = run(&o, ref, err);
	reading_end(&rr, o.store);
	*files = o.mine.files;
	*bytes = o.mine.bytes;
	mark_release(&o.others);
	mark_release(&o.mine);
	store_io_free(o.io);
	return r;
}
