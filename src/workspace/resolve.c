/*
 * resolve - what git left in conflict, and the merge driver, which is asked
 * before it does.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/merge.h"
#include "repo/git.h"
#include "workspace/merge_pointer.h"
#include "workspace/tracking.h"

typedef int (*conflict_fn)(void *data, const struct dver_merge_conflict *c);
typedef int (*resolved_fn)(void *data, const struct dver_resolved *r);

/* What a merge of pointers works with. */
struct merging {
	struct dver_repo *repo;
	struct scanner *s;	/* owned */
	struct keep keep;
	struct lock *lock;	/* of the store, against gc; owned */
	struct reading_remote rr;
};

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

static int merging_open(struct merging *x, struct dver_repo *repo,
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

static void merging_close(struct merging *x)
{
	if (x->s)
		reading_end(&x->rr, x->s->store);
	keep_release(&x->keep);
	scanner_free(x->s);
	lock_release(x->lock);
}

int dver_merge_files(struct dver_repo *repo, const char *base,
		     const char *ours, const char *theirs, const char *path,
		     conflict_fn fn, void *data, struct dver_err *err)
{
	const char *const names[3] = { base, ours, theirs };
	struct merge_pointer mp = { .path = path, .fn = fn, .data = data };
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
		r = repo_replace(repo, ours, out.data, out.len, err);
	merging_close(&x);
	for (int i = 0; i < 3; i++)
		free(text[i]);
	return r;
}

struct resolving {
	struct session *ss;
	struct merging *x;
	const struct dver_resolve_opts *opts;
	struct strvec targets;		/* clean paths; none: all */
	struct tracking tracking;
	bool left;			/* a conflict remains */
	conflict_fn conflict;
	resolved_fn resolved;
	void *data;
};

static bool is_wanted(const struct resolving *z, const char *path)
{
	for (size_t i = 0; i < z->targets.n; i++)
		if (path_inside(path, z->targets.v[i]) ||
		    (str_starts(path, z->targets.v[i]) &&
		     streq(path + strlen(z->targets.v[i]), POINTER_SUFFIX)))
			return true;
	return z->targets.n == 0;
}

static int finish(struct resolving *z, const char *path, const struct buf *text,
		  bool gone, struct dver_err *err)
{
	int r = 0;

	if (!z->opts->list) {
		/* Trees are durable before the pointer that names them is. */
		r = keep_commit(&z->x->keep, err);
		if (r == 0)
			r = tracking_put(&z->tracking, path,
					 gone ? NULL : text->data, err);
	}
	return r < 0 || !z->resolved ? r
	       : z->resolved(z->data, &(struct dver_resolved){ path, true });
}

static int leave(struct resolving *z, const char *path)
{
	z->left = true;
	return z->resolved ? z->resolved(z->data, &(struct dver_resolved){
		path, false }) : 0;
}

static int on_pointer(void *data, const struct git_conflict *c,
		      struct dver_err *err)
{
	struct resolving *z = data;
	struct merge_pointer mp = {
		.s = z->x->s, .keep = &z->x->keep, .path = c->path,
		.favour = (enum merge_favour)z->opts->side,
		.fn = z->conflict, .data = z->data };
	AUTO_BUF struct buf out = BUF_INIT(POINTER_MAX);
	bool gone;
	int r;

	if (!is_wanted(z, c->path) || path_check_workspace(c->path, NULL) < 0)
		return 0;
	r = merge_pointer(&mp, (struct merge_text){ c->base, c->base_len },
			  (struct merge_text){ c->ours, c->ours_len },
			  (struct merge_text){ c->theirs, c->theirs_len },
			  &out, &gone, err);
	if (r < 0)
		return r;
	return r ? leave(z, c->path) : finish(z, c->path, &out, gone, err);
}

/* Is the line in the text? */
static bool has_line(const char *text, size_t len, const char *line, size_t n)
{
	const char *end = text + len;

	while (text && text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t k = (size_t)((nl ? nl : end) - text);

		if (k == n && memcmp(text, line, n) == 0)
			return true;
		text = nl ? nl + 1 : end;
	}
	return false;
}

/* The lines of `a` that `b` has not go to `out`; false: there are some. */
static bool lacking(const char *a, size_t alen, const char *b, size_t blen,
		    struct buf *out)
{
	const char *end = a + alen;
	bool none = true;

	while (a && a < end) {
		const char *nl = memchr(a, '\n', (size_t)(end - a));
		size_t k = (size_t)((nl ? nl : end) - a);

		if (!has_line(b, blen, a, k)) {
			none = false;
			if (out) {
				buf_add(out, a, k);
				buf_addc(out, '\n');
			}
		}
		a = nl ? nl + 1 : end;
	}
	return none;
}

/* Both sides only added lines: both keep them. */
static int on_ignore(void *data, const struct git_conflict *c,
		     struct dver_err *err)
{
	struct resolving *z = data;
	AUTO_BUF struct buf out = BUF_BIG;
	int r;

	if ((z->targets.n && !is_wanted(z, c->path)) ||
	    !streq(path_base(c->path), ".gitignore") ||
	    path_check_workspace(c->path, NULL) < 0)
		return 0;
	if (!c->ours || !c->theirs ||
	    !lacking(c->base, c->base_len, c->ours, c->ours_len, NULL) ||
	    !lacking(c->base, c->base_len, c->theirs, c->theirs_len, NULL))
		return leave(z, c->path);
	buf_add(&out, c->ours, c->ours_len);
	if (c->ours_len && c->ours[c->ours_len - 1] != '\n')
		buf_addc(&out, '\n');
	(void)lacking(c->theirs, c->theirs_len, c->ours, c->ours_len, &out);
	r = buf_check(&out, err);
	return r < 0 ? r : finish(z, c->path, &out, false, err);
}

static int run(struct resolving *z, struct dver_err *err)
{
	struct git *g = z->ss->repo->git;
	int r = git_each_conflict(g, POINTER_SUFFIX, on_pointer, z, err);

	if (r == 0)
		r = git_each_conflict(g, ".gitignore", on_ignore, z, err);
	/* Also where core.autostage is off: a conflict ends by staging. */
	if (r == 0)
		r = git_stage(g, &z->tracking.stage, err);
	return r < 0 ? r : z->left;
}

static int take_targets(struct resolving *z, const char *const *targets,
			size_t n, struct dver_err *err)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;
		int r = repo_path(z->ss->repo, &path, targets[i], err);

		if (r < 0)
			return r;
		if (!path.len)
			return strvec_clear(&z->targets), 0;
		if (!strvec_push(&z->targets, path.data))
			return err_nomem(err);
	}
	return 0;
}

int dver_resolve(struct dver_repo *repo, const char *const *targets, size_t n,
		 const struct dver_resolve_opts *opts, conflict_fn conflict,
		 resolved_fn resolved, void *data, struct dver_err *err)
{
	static const struct dver_resolve_opts none = { .list = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	struct merging x = { .repo = NULL };
	struct resolving z = { .ss = &ss, .x = &x,
			       .opts = opts ? opts : &none,
			       .tracking = { .repo = repo },
			       .conflict = conflict, .resolved = resolved,
			       .data = data };
	int r;

	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: there is nothing to merge");
	r = session_open(&ss, repo, SESSION_WRITE, NULL, 0, err);
	if (r == 0)
		r = take_targets(&z, targets, n, err);
	if (r == 0)
		r = merging_open(&x, repo, err);
	if (r == 0)
		r = run(&z, err);
	merging_close(&x);
	strvec_release(&z.targets);
	tracking_release(&z.tracking);
	return r;
}
