/*
 * du - sizes, as pointers and trees have them.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/history.h"
#include "store/walk.h"
#include "workspace/session.h"
#include "workspace/sizes.h"

#define OUTSIDE 0u		/* owner: something that was not asked for */
#define SHARED UINT32_MAX	/* owner: several of what was asked for */

struct du {
	struct dver_repo *repo;
	const struct dver_du_opts *opts;
	struct store *store;
	struct store_io *io;		/* owned */
	struct lock *lock;		/* owned */
	struct outputs outputs;
	struct reading_remote rr;
	const char *base;		/* of the walk */
	uint64_t *unique;		/* owned; one an output, from 1 */
	uint64_t all_unique;		/* of all that was asked for */
	struct keymap owners;		/* id of a file -> uint32_t */
	uint32_t owner;			/* of the walk */
	int (*fn)(void *data, const struct dver_du_entry *e);
	void *data;
};

static int du_open(struct du *d, const char *rev, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	int r;

	keymap_init(&d->owners, HASH_SIZE, sizeof(uint32_t));
	if (rev) {
		r = outputs_at(&d->outputs, d->repo, rev, err);
	} else {
		r = session_open(&ss, d->repo, SESSION_READ, NULL, 0, err);
		d->outputs = ss.outputs;
		ss.outputs = (struct outputs)OUTPUTS_INIT;
	}
	if (r == 0)
		r = session_lock_reader(d->repo, &d->lock, err);
	if (r == 0)
		r = repo_store(d->repo, &d->store, err);
	if (r == 0)
		r = store_io_new(&d->io, err);
	if (r == 0)
		r = sizes_fill(&d->outputs, d->store, d->io, err);
	d->unique = mem_array(d->outputs.n + 2, sizeof(*d->unique));
	if (r == 0 && !d->unique)
		r = err_nomem(err);
	if (r == 0)
		reading_begin(&d->rr, d->repo, d->store);
	return r;
}

static void du_close(struct du *d)
{
	if (d->rr.repo)
		reading_end(&d->rr, d->store);
	store_io_free(d->io);
	lock_release(d->lock);
	outputs_release(&d->outputs);
	keymap_release(&d->owners);
	free(d->unique);
}

/* A file that what is walked has. */
static int own(struct du *d, const struct oid *id, uint64_t bytes,
	       struct dver_err *err)
{
	bool added;
	uint32_t *owner = keymap_put(&d->owners, id->id, &added);

	if (!owner)
		return err_nomem(err);
	if (added) {
		*owner = d->owner;
		d->unique[d->owner] += bytes;
		d->all_unique += d->owner == OUTSIDE ? 0 : bytes;
	} else if (*owner != d->owner && *owner != OUTSIDE &&
		   *owner != SHARED) {
		d->unique[*owner] -= bytes;
		*owner = SHARED;
	}
	return 0;
}

struct owning { struct du *d; const char *except; };

static int own_entry(void *data, const char *path, const struct tree_entry *e,
		     struct dver_err *err)
{
	const struct owning *o = data;
	int r = cancel_check(&o->d->repo->cancel, err);

	if (r == 0 && o->except && path_inside(path, o->except))
		return WALK_SKIP;
	if (r < 0 || e->kind == TREE_DIR)
		return r < 0 ? r : WALK_ON;
	return own(o->d, &e->id, e->bytes, err);
}

static int own_output(struct du *d, const struct output *o, const char *except,
		      struct dver_err *err)
{
	struct owning w = { d, except };

	if (o->problem)
		return 0;
	if (o->pointer.kind != ROOT_TREE)
		return own(d, &o->pointer.id, o->pointer.size, err);
	return walk_tree(d->store, d->io, &o->pointer.id, own_entry, &w, err);
}

/* Everything outside of [first, first + n), and but for `sub` of the first. */
static int own_rest(struct du *d, const struct output *first, size_t n,
		    const char *sub, struct dver_err *err)
{
	int r = 0;

	d->owner = OUTSIDE;
	for (size_t i = 0; r == 0 && i < d->outputs.n; i++) {
		const struct output *o = &d->outputs.v[i];

		if (o < first || o >= first + n)
			r = own_output(d, o, NULL, err);
		else if (*sub)
			r = own_output(d, o, sub, err);
	}
	return r;
}

static int tell(struct du *d, const char *path, bool output, bool directory,
		uint64_t bytes, uint64_t files, uint64_t unique)
{
	return d->fn(d->data, &(struct dver_du_entry){
		.path = path, .directory = directory, .output = output,
		.bytes = bytes, .files = files, .unique = unique });
}

static unsigned depth_of(const char *path)
{
	unsigned n = 1;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

static int on_entry(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	struct du *d = data;
	AUTO_FREE char *full = NULL;
	int r = cancel_check(&d->repo->cancel, err);

	if (r < 0 || e->kind != TREE_DIR)
		return r < 0 ? r : WALK_SKIP;
	full = path_join(d->base, path);
	if (!full)
		return err_nomem(err);
	r = tell(d, full, false, true, e->bytes, e->files, 0);
	return r ? r : depth_of(path) < d->opts->depth ? WALK_ON : WALK_SKIP;
}

static int below(struct du *d, const char *path, const struct oid *tree,
		 struct dver_err *err)
{
	d->base = path;
	if (d->opts->depth == 0)
		return 0;
	return walk_tree(d->store, d->io, tree, on_entry, d, err);
}

static int one_output(struct du *d, const struct output *o, uint32_t owner,
		      struct dver_err *err)
{
	bool dir = o->pointer.kind == ROOT_TREE;
	int r;

	if (o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	r = tell(d, o->path, true, dir, o->pointer.size,
		 dir ? o->pointer.nfiles : 1, d->unique[owner]);
	return r || !dir ? r : below(d, o->path, &o->pointer.id, err);
}

static int list(struct du *d, struct output *first, size_t n,
		struct dver_err *err)
{
	int r = d->opts->unique ? own_rest(d, first, n, "", err) : 0;
	uint64_t bytes = 0, files = 0;

	for (size_t i = 0; r == 0 && d->opts->unique && i < n; i++) {
		d->owner = (uint32_t)i + 1;
		r = own_output(d, &first[i], NULL, err);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		bytes += first[i].pointer.size;
		files += first[i].pointer.kind == ROOT_TREE
			 ? first[i].pointer.nfiles : 1;
		r = one_output(d, &first[i], (uint32_t)i + 1, err);
	}
	return r || n < 2 ? r : tell(d, "", false, true, bytes, files,
				     d->all_unique);
}

/* A path inside an output. */
static int inside(struct du *d, struct output *o, const char *path,
		  const char *sub, struct dver_err *err)
{
	struct owning w = { d, NULL };
	struct walk_found f;
	int r = o->problem ? err_set(err, DVER_EFORMAT, "%s", o->problem) : 0;

	if (r == 0)
		r = o->pointer.kind == ROOT_TREE
		    ? walk_find(d->store, d->io, &o->pointer.id, sub, &f, err)
		    : 0;
	if (r == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no '%s' in '%s'",
			       sub, o->path);
	if (r > 0)
		r = d->opts->unique ? own_rest(d, o, 1, sub, err) : 0;
	d->owner = 1;
	if (r == 0 && d->opts->unique)
		r = f.kind == TREE_DIR
		    ? walk_tree(d->store, d->io, &f.id, own_entry, &w, err)
		    : own(d, &f.id, f.bytes, err);
	if (r == 0)
		r = tell(d, path, false, f.kind == TREE_DIR, f.bytes, f.files,
			 d->unique[1]);
	return r || f.kind != TREE_DIR ? r : below(d, path, &f.id, err);
}

static int run(struct du *d, const char *path, struct dver_err *err)
{
	struct output *o = outputs_holding(&d->outputs, path);
	size_t len = o ? strlen(o->path) : 0;
	struct output *first;
	size_t n;

	if (o && path[len] == '/')
		return inside(d, o, path, path + len + 1, err);
	if (o)
		return list(d, o, 1, err);
	n = outputs_below(&d->outputs, path, &first);
	if (n == 0 && *path)
		return err_set(err, DVER_ENOTFOUND, "'%s' is not tracked",
			       path);
	return list(d, first, n, err);
}

int dver_du(struct dver_repo *repo, const char *path,
	    const struct dver_du_opts *opts,
	    int (*fn)(void *data, const struct dver_du_entry *e), void *data,
	    struct dver_err *err)
{
	static const struct dver_du_opts none = { .rev = NULL };
	AUTO_BUF struct buf clean = BUF_PATH;
	struct du d = { .repo = repo, .opts = opts ? opts : &none, .fn = fn,
			.data = data };
	int r = path ? repo_target(repo, &clean, path, err) : 0;

	if (r == 0)
		r = du_open(&d, d.opts->rev, err);
	if (r == 0)
		r = run(&d, clean.len ? clean.data : "", err);
	du_close(&d);
	return r;
}
