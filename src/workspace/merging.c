/*
 * merging - git's merge driver, and what it shares with resolve.
 */
#include "workspace/merging.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/merge_lock.h"

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

int merging_open(struct merging *x, struct dver_repo *repo,
		 struct dver_err *err)
{
	struct store *store;
	int r = repo_store(repo, &store, err);

	*x = (struct merging){ .repo = repo };
	if (r == 0)
		r = local_lock(&x->lock, repo->cache, LOCK_SHARED, on_wait,
			       repo, &repo->cancel, err);
	if (r == 0)
		r = scanner_open(&x->s, repo, false, err);
	if (r < 0)
		return r;
	x->s->keep_trees = true;
	x->keep.s = x->s;
	reading_begin(&x->rr, repo, x->s->store);
	return 0;
}

void merging_close(struct merging *x)
{
	if (x->s)
		reading_end(&x->rr, x->s->store);
	keep_release(&x->keep);
	scanner_free(x->s);
	lock_release(x->lock);
}

int merging_tell(merge_hear_fn fn, void *data, const char *output,
		 const struct merge_conflict *c, enum merge_side decided,
		 struct dver_err *err)
{
	AUTO_FREE char *full = path_join(output, c->path);

	if (!full)
		return err_nomem(err);
	return fn ? fn(data, &(struct dver_merge_conflict){
		.output = output, .path = full, .why = c->why,
		.decided = (enum dver_side)decided }) : 0;
}

/* Who hears of a conflict while git merges. */
struct hearing {
	merge_hear_fn fn;
	void *data;
};

static int hear(void *data, const char *output, const struct merge_conflict *c,
		enum merge_side *side, struct dver_err *err)
{
	struct hearing *h = data;

	return merging_tell(h->fn, h->data, output, c, *side, err);
}

static int merge_pointer_files(struct dver_repo *repo,
			       const char *const names[3], const char *path,
			       merge_hear_fn fn, void *data,
			       struct dver_err *err)
{
	struct hearing h = { fn, data };
	struct merge_pointer mp = { .path = path, .fn = hear, .data = &h };
	AUTO_BUF struct buf out = BUF_INIT(POINTER_MAX);
	struct merge_text t[3] = { { NULL, 0 } };
	char *text[3] = { NULL, NULL, NULL };
	struct merging x = { .repo = NULL };
	bool gone;
	int r = 0;

	for (int i = 0; r == 0 && i < 3; i++) {
		r = os_slurp(&text[i], &t[i].len, names[i], POINTER_MAX, err);
		/* Both added it: git hands an empty file. */
		t[i].text = t[i].len ? text[i] : NULL;
	}
	if (r == 0)
		r = merging_open(&x, repo, err);
	mp.s = x.s;
	mp.keep = &x.keep;
	if (r == 0)
		r = merge_pointer(&mp, t[0], t[1], t[2], &out, &gone, err);
	if (r == 0)
		r = keep_commit(&x.keep, err);
	if (r == 0)
		r = repo_replace(repo, names[1], out.data, out.len, err);
	merging_close(&x);
	for (int i = 0; i < 3; i++)
		free(text[i]);
	return r;
}

int dver_merge_files(struct dver_repo *repo, const char *base,
		     const char *ours, const char *theirs, const char *path,
		     merge_hear_fn fn, void *data, struct dver_err *err)
{
	const char *const names[3] = { base, ours, theirs };

	return lockfile_is_name(path)
	       ? merge_lock_files(repo, names, path, fn, data, err)
	       : merge_pointer_files(repo, names, path, fn, data, err);
}
