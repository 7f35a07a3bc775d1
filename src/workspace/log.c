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

/* An output, before and after. */
struct pair {
	char *path;	/* owned */
	struct version v[2];
};

struct sides {
	struct pair *v;	/* owned; sorted by path after the first side */
	size_t n, cap, first;
	int side;
};

static void sides_release(struct sides *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].path);
	free(s->v);
}

static int by_pair(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->path,
		      ((const struct pair *)b)->path);
}

static struct pair *add_pair(struct sides *s, const char *path, size_t len)
{
	struct pair p = { .path = str_ndup(path, len) };

	if (!p.path || !mem_grow(&s->v, &s->cap, s->n + 1, sizeof(p))) {
		free(p.path);
		return NULL;
	}
	s->v[s->n] = p;
	return &s->v[s->n++];
}

static int on_pointed(void *data, const struct pointed *p,
		      struct dver_err *err)
{
	struct sides *s = data;
	struct pair key = { .path = str_ndup(p->path, strlen(p->path)) };
	struct pair *at = NULL;

	if (key.path && s->first)
		at = bsearch(&key, s->v, s->first, sizeof(key), by_pair);
	free(key.path);
	if (!at)
		at = add_pair(s, p->path, strlen(p->path));
	if (!at)
		return err_nomem(err);
	at->v[s->side] = (struct version){
		.there = true, .directory = p->p->kind == ROOT_TREE,
		.id = p->p->id, .bytes = p->p->size,
		.files = p->p->kind == ROOT_TREE ? p->p->nfiles : 1 };
	return 0;
}

/* The outputs of one side; one that cannot be read is itself the change. */
static int add_side(struct sides *s, int side, const char *path,
		    const void *text, size_t len, struct dver_err *err)
{
	struct pair *broken;
	struct dver_err why;
	int r;

	if (!text)
		return 0;
	s->side = side;
	s->first = side ? s->n : 0;
	if (s->first)
		qsort(s->v, s->n, sizeof(*s->v), by_pair);
	r = pointers_each(path, path, text, len, on_pointed, s, &why);
	if (r == 0 || r == DVER_ENOMEM)
		return r == 0 ? 0 : err_nomem(err);
	/* Of a pointer we know whose it is. */
	len = strlen(path);
	len -= lockfile_is_name(path) ? 0 : strlen(POINTER_SUFFIX);
	broken = s->n && !lockfile_is_name(path) ? s->v
						 : add_pair(s, path, len);
	if (!broken)
		return err_nomem(err);
	broken->v[side] = (struct version){ .there = true, .broken = true };
	return 0;
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
	struct sides s = { .v = NULL };
	int r = cancel_check(&l->repo->cancel, err);

	if (r == 0)
		r = add_side(&s, 0, c->path, c->was, c->was_len, err);
	if (r == 0)
		r = add_side(&s, 1, c->path, c->is, c->is_len, err);
	for (size_t i = 0; r == 0 && i < s.n; i++) {
		const struct pair *p = &s.v[i];

		r = l->targets.n
		    ? push_wanted(l, p->path, &p->v[0], &p->v[1], err)
		    : push(l, p->path, &p->v[0], &p->v[1], err);
	}
	sides_release(&s);
	return r;
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
