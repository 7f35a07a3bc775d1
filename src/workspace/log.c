/*
 * log - which commits changed which outputs: pointers before and after.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/history.h"
#include "repo/git_log.h"
#include "store/walk.h"
#include "workspace/session.h"

struct log {
	struct dver_repo *repo;
	struct strvec targets;		/* clean paths; none: everything */
	const struct dver_log_opts *opts;
	struct store *store;		/* NULL until trees are asked for */
	struct store_io *io;
	struct reading_remote rr;
	struct dver_log_change *v;	/* of one commit */
	size_t n, cap;
	struct strvec paths;		/* borrowed by v */
	uint64_t told;
	int (*fn)(void *data, const struct dver_log_entry *e);
	void *data;
};

/* One side of a change. */
struct version {
	bool there, broken, directory;
	struct oid id;
	uint64_t bytes, files;
};

static struct version version_of(const char *path, const void *text,
				 size_t len, char **out)
{
	struct version v = { .there = text != NULL };
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_FREE char *dir = path_dir(path);

	if (!text)
		return v;
	v.broken = pointer_parse(&p, path, text, len, NULL) < 0;
	if (v.broken)
		return v;
	v.directory = p.kind == ROOT_TREE;
	v.id = p.id;
	v.bytes = p.size;
	v.files = v.directory ? p.nfiles : 1;
	if (!*out && dir)
		*out = path_join(dir, p.out);
	return v;
}

static int open_store(struct log *l, struct dver_err *err)
{
	int r = 0;

	if (l->store)
		return 0;
	r = store_io_new(&l->io, err);
	if (r == 0)
		r = repo_store(l->repo, &l->store, err);
	if (r == 0)
		reading_begin(&l->rr, l->repo, l->store);
	return r;
}

/* Only the part at `sub`. */
static int narrow(struct log *l, struct version *v, const char *sub,
		  struct dver_err *err)
{
	struct walk_found f;
	int r;

	if (!v->there || v->broken)
		return 0;
	r = v->directory ? open_store(l, err) : 0;
	if (r == 0 && v->directory)
		r = walk_find(l->store, l->io, &v->id, sub, &f, err);
	if (r < 0)
		return r;
	v->there = r > 0;
	if (r > 0) {
		v->directory = f.kind == TREE_DIR;
		v->id = f.id;
		v->bytes = f.bytes;
		v->files = f.files;
	}
	return 0;
}

static int push(struct log *l, const char *path, const struct version *a,
		const struct version *b, struct dver_err *err)
{
	struct dver_log_change c = {
		.status = a->broken || b->broken ? '?' : !a->there ? 'A'
			  : !b->there ? 'D' : 'M',
		.directory = b->there ? b->directory : a->directory,
	};

	if (a->there && !a->broken) {
		c.old_size = a->bytes;
		c.old_files = a->files;
	}
	if (b->there && !b->broken) {
		c.new_size = b->bytes;
		c.new_files = b->files;
	}
	if ((!a->there && !b->there) ||
	    (a->there && b->there && !a->broken && !b->broken &&
	     oid_eq(&a->id, &b->id) && a->directory == b->directory))
		return 0;
	if (!strvec_push(&l->paths, path) ||
	    !mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
		return err_nomem(err);
	c.path = l->paths.v[l->paths.n - 1];
	l->v[l->n++] = c;
	return 0;
}

/* The whole output, or what of it lies at or below a target. */
static int push_wanted(struct log *l, const char *path,
		       const struct version *a, const struct version *b,
		       struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; i < l->targets.n; i++)
		if (path_inside(path, l->targets.v[i]))
			return push(l, path, a, b, err);
	for (size_t i = 0; r == 0 && i < l->targets.n; i++) {
		const char *t = l->targets.v[i];
		struct version x = *a, y = *b;

		if (!path_inside(t, path))
			continue;
		r = narrow(l, &x, t + strlen(path) + 1, err);
		if (r == 0)
			r = narrow(l, &y, t + strlen(path) + 1, err);
		if (r == 0)
			r = push(l, t, &x, &y, err);
	}
	return r;
}

static int on_change(void *data, const struct git_blob_change *c,
		     struct dver_err *err)
{
	struct log *l = data;
	AUTO_FREE char *path = NULL;
	struct version b = version_of(c->path, c->is, c->is_len, &path);
	struct version a = version_of(c->path, c->was, c->was_len, &path);
	int r = cancel_check(&l->repo->cancel, err);

	if (!path)
		path = str_ndup(c->path, strlen(c->path) -
				strlen(POINTER_SUFFIX));
	if (r < 0 || !path)
		return r < 0 ? r : err_nomem(err);
	return l->targets.n ? push_wanted(l, path, &a, &b, err)
			    : push(l, path, &a, &b, err);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct dver_log_change *)a)->path,
		      ((const struct dver_log_change *)b)->path);
}

static int on_end(void *data, const struct git_commit_view *c,
		  struct dver_err *err)
{
	struct log *l = data;
	int r = 0;

	(void)err;
	if (l->n) {
		qsort(l->v, l->n, sizeof(*l->v), by_path);
		r = l->fn(l->data, &(struct dver_log_entry){
			.commit = c->id, .author = c->author, .mail = c->mail,
			.time = c->time, .subject = c->subject,
			.changes = l->v, .n = l->n });
		l->told++;
	}
	l->n = 0;
	strvec_clear(&l->paths);
	return r ? r : l->opts->max && l->told == l->opts->max;
}

static int take_targets(struct log *l, const char *const *targets, size_t n,
			struct dver_err *err)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;
		int r = repo_target(l->repo, &path, targets[i], err);

		if (r < 0)
			return r;
		if (!path.len) {
			strvec_clear(&l->targets);
			return 0;
		}
		if (!strvec_push(&l->targets, path.data))
			return err_nomem(err);
	}
	return 0;
}

int dver_log(struct dver_repo *repo, const char *const *targets, size_t n,
	     const struct dver_log_opts *opts,
	     int (*fn)(void *data, const struct dver_log_entry *e), void *data,
	     struct dver_err *err)
{
	static const struct dver_log_opts none = { .rev = NULL };
	struct log l = { .repo = repo, .opts = opts ? opts : &none, .fn = fn,
			 .data = data };
	struct git_log g = { .g = repo->git, .range = l.opts->rev,
			     .change = on_change,
			     .end = on_end, .data = &l };
	int r = take_targets(&l, targets, n, err);

	if (r == 0 && !repo->git)
		r = err_set(err, DVER_EINVAL, "this workspace is not in git: "
			    "it has no history");
	if (r == 0)
		r = git_log_run(&g, err);
	if (r == 0 && g.shallow)
		repo_note(repo, DVER_NOTE_INFO, "the clone is shallow: what "
			  "was changed before it is not known (git fetch "
			  "--unshallow)");
	if (l.store)
		reading_end(&l.rr, l.store);
	store_io_free(l.io);
	strvec_release(&l.targets);
	strvec_release(&l.paths);
	free(l.v);
	return r;
}
