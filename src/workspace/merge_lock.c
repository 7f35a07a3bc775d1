#include "workspace/merge_lock.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/merge_differences.h"

int merge_lock_tell(merge_hear_fn fn, void *data, const char *lock_path,
		    const struct lock_clash *c, enum dver_side decided,
		    struct dver_err *err)
{
	size_t dir = strlen(lock_path) - strlen(LOCKFILE_NAME);
	AUTO_FREE char *address = !c->stage ? strdup(lock_path)
				  : dir == 0 ? strdup(c->stage)
				  : str_printf("%.*s" PIPELINE_NAME ":%s",
					       (int)dir, lock_path, c->stage);

	AUTO_DIFFERENCES struct differences d = DIFFERENCES_INIT;

	if (!address)
		return err_nomem(err);
	if (!fn)
		return 0;
	if (c->ours && c->theirs &&
	    !differences_find(&d, c->ours, c->theirs))
		return err_nomem(err);
	return fn(data, &(struct dver_merge_conflict){
		.output = lock_path, .path = address, .why = c->why,
		.decided = decided, .stage = c->stage, .differences = d.v,
		.ndifferences = d.n });
}

/* Who hears of a clash while git merges. */
struct hearing {
	const char *path;
	merge_hear_fn fn;
	void *data;
};

static int hear(void *data, const struct lock_clash *c, enum dver_side *side,
		struct dver_err *err)
{
	const struct hearing *h = data;

	*side = DVER_NEITHER;
	return merge_lock_tell(h->fn, h->data, h->path, c, DVER_NEITHER, err);
}

int merge_lock_files(struct dver_repo *repo, const char *const names[3],
		     const char *path, merge_hear_fn fn, void *data,
		     struct dver_err *err)
{
	struct hearing h = { path, fn, data };
	struct lockfile_merge m = { .path = path, .clash = hear, .data = &h };
	AUTO_BUF struct buf out = BUF_INIT(LOCKFILE_MAX);
	struct lock_text t[3] = { { NULL, 0 } };
	char *text[3] = { NULL, NULL, NULL };
	enum lock_merged how = LOCK_CLASH;
	int r = 0;

	for (int i = 0; r == 0 && i < 3; i++) {
		r = os_slurp(&text[i], &t[i].len, names[i], LOCKFILE_MAX, err);
		t[i].text = text[i];
	}
	/* Both added it: git hands an empty base. */
	if (r == 0)
		r = lockfile_merge(&m, t[0], t[1], t[2], &out, &how, err);
	if (r == 0 && how != LOCK_CLASH)
		r = repo_replace(repo, names[1], out.data, out.len, err);
	for (int i = 0; i < 3; i++)
		free(text[i]);
	return r < 0 ? r : how == LOCK_MERGED ? 0 : how == LOCK_MARKED ? 2 : 1;
}
