/*
 * resolve - what git left in conflict.
 */
#include "workspace/resolve_internal.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/path.h"

bool resolve_wants(const struct resolving *z, const char *path)
{
	for (size_t i = 0; i < z->targets.n; i++)
		if (path_inside(path, z->targets.v[i]) ||
		    (str_starts(path, z->targets.v[i]) &&
		     streq(path + strlen(z->targets.v[i]), POINTER_SUFFIX)))
			return true;
	return z->targets.n == 0;
}

/* The path in the output of `pointer` that the target is, or NULL. */
static const char *sub_of(const char *target, const char *pointer)
{
	size_t len = strlen(pointer) - strlen(POINTER_SUFFIX);

	return strncmp(target, pointer, len) == 0 && target[len] == '/'
	       ? target + len + 1 : NULL;
}

static bool is_partly_wanted(const struct resolving *z, const char *pointer)
{
	for (size_t i = 0; i < z->targets.n; i++)
		if (sub_of(z->targets.v[i], pointer))
			return true;
	return false;
}

int resolve_finish(struct resolving *z, const char *path,
		   const struct buf *text, bool gone, struct dver_err *err)
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
	       : z->resolved(z->data, &(struct dver_resolved){
			.path = path, .done = true });
}

int resolve_leave(struct resolving *z, const char *path, uint64_t left)
{
	z->left = true;
	return z->resolved ? z->resolved(z->data, &(struct dver_resolved){
		.path = path, .left = left }) : 0;
}

/* The conflicts of one pointer. */
struct deciding {
	struct resolving *z;
	const char *pointer;
	struct decided *e;
	bool whole;		/* all of it is meant */
	uint64_t left;
};

/* Is the file meant?  Targets that hold it are noted. */
static int is_meant(struct deciding *d, const char *path, struct dver_err *err)
{
	struct resolving *z = d->z;
	int meant = d->whole;

	for (size_t i = 0; i < z->targets.n; i++) {
		const char *sub = sub_of(z->targets.v[i], d->pointer);

		if (!sub || !*path || !path_inside(path, sub))
			continue;
		meant = 1;
		if (!strvec_has(&z->met, z->targets.v[i]) &&
		    !strvec_push(&z->met, z->targets.v[i]))
			return err_nomem(err);
	}
	return meant;
}

static int decide(void *data, const char *output,
		  const struct merge_conflict *c, enum merge_side *side,
		  struct dver_err *err)
{
	struct deciding *d = data;
	struct resolving *z = d->z;
	int meant = is_meant(d, c->path, err);

	*side = decided_side(d->e, c->path);
	if (*side == MERGE_NEITHER && d->whole)
		*side = (enum merge_side)z->opts->side;
	d->left += *side == MERGE_NEITHER;
	if (meant <= 0 || (*side != MERGE_NEITHER && !z->opts->list))
		return MIN(meant, 0);
	return merging_tell(z->conflict, z->data, output, c, *side, err);
}

/* Paths in the output get the side that was asked for. */
static int take_side(struct deciding *d, struct dver_err *err)
{
	struct resolving *z = d->z;
	enum merge_side side = (enum merge_side)z->opts->side;
	int r = 0;

	for (size_t i = 0; side != MERGE_NEITHER && r == 0 &&
			   i < z->targets.n; i++) {
		const char *sub = sub_of(z->targets.v[i], d->pointer);

		if (sub)
			r = decisions_put(&z->decisions, d->e, sub, side, err);
	}
	return r;
}

/* Each path in the output that was named has to be one of a conflict. */
static int check_met(const struct deciding *d, struct dver_err *err)
{
	const struct resolving *z = d->z;

	for (size_t i = 0; i < z->targets.n; i++)
		if (sub_of(z->targets.v[i], d->pointer) &&
		    !strvec_has(&z->met, z->targets.v[i]))
			return err_set(err, DVER_ENOTFOUND, "nothing is in "
				       "conflict at '%s': dver resolve --list "
				       "shows what is", z->targets.v[i]);
	return 0;
}

/* What the conflict is of. */
static int versions_of(const struct git_conflict *c, struct oid *id,
		       struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_BIG;

	buf_addf(&text, "%zu %zu %zu\n", c->base_len, c->ours_len,
		 c->theirs_len);
	buf_add(&text, c->base, c->base_len);
	buf_add(&text, c->ours, c->ours_len);
	buf_add(&text, c->theirs, c->theirs_len);
	return buf_ok(&text) ? hash_bytes(id->id, text.data, text.len, err)
			     : err_nomem(err);
}

int resolve_decided(struct decided **out, struct resolving *z,
		    const struct git_conflict *c, struct dver_err *err)
{
	struct oid versions;
	int r = versions_of(c, &versions, err);

	if (r < 0)
		return r;
	*out = decisions_of(&z->decisions, c->path, &versions);
	return *out ? 0 : err_nomem(err);
}

static int on_pointer(void *data, const struct git_conflict *c,
		      struct dver_err *err)
{
	struct resolving *z = data;
	struct deciding d = { .z = z, .pointer = c->path,
			      .whole = resolve_wants(z, c->path) };
	struct merge_pointer mp = {
		.s = z->x->s, .keep = &z->x->keep, .path = c->path,
		.fn = decide, .data = &d };
	AUTO_BUF struct buf out = BUF_INIT(POINTER_MAX);
	bool gone;
	int r;

	if (path_check_workspace(c->path, NULL) < 0)
		return 0;
	r = resolve_decided(&d.e, z, c, err);
	if (r < 0)
		return r;
	if (!d.whole && !is_partly_wanted(z, c->path))
		return 0;
	r = take_side(&d, err);
	if (r < 0)
		return r;
	r = merge_pointer(&mp, (struct merge_text){ c->base, c->base_len },
			  (struct merge_text){ c->ours, c->ours_len },
			  (struct merge_text){ c->theirs, c->theirs_len },
			  &out, &gone, err);
	if (r >= 0 && check_met(&d, err) < 0)
		r = DVER_ENOTFOUND;
	if (r != 0)
		return r < 0 ? r : resolve_leave(z, c->path, d.left);
	if (!z->opts->list)
		decisions_clear(&z->decisions, d.e);
	return resolve_finish(z, c->path, &out, gone, err);
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

	if ((z->targets.n && !resolve_wants(z, c->path)) ||
	    !streq(path_base(c->path), ".gitignore") ||
	    path_check_workspace(c->path, NULL) < 0)
		return 0;
	if (!c->ours || !c->theirs ||
	    !lacking(c->base, c->base_len, c->ours, c->ours_len, NULL) ||
	    !lacking(c->base, c->base_len, c->theirs, c->theirs_len, NULL))
		return resolve_leave(z, c->path, 1);
	buf_add(&out, c->ours, c->ours_len);
	if (c->ours_len && c->ours[c->ours_len - 1] != '\n')
		buf_addc(&out, '\n');
	(void)lacking(c->theirs, c->theirs_len, c->ours, c->ours_len, &out);
	r = buf_check(&out, err);
	return r < 0 ? r : resolve_finish(z, c->path, &out, false, err);
}

static int run(struct resolving *z, struct dver_err *err)
{
	struct git *g = z->ss->repo->git;
	int r = git_each_conflict(g, POINTER_SUFFIX, on_pointer, z, err);

	if (r == 0)
		r = git_each_conflict(g, LOCKFILE_NAME, resolve_lock, z, err);
	if (r == 0)
		r = git_each_conflict(g, ".gitignore", on_ignore, z, err);
	/* Also where core.autostage is off: a conflict ends by staging. */
	if (r == 0)
		r = git_stage(g, &z->tracking.stage, err);
	if (r == 0 && !z->opts->list)
		r = decisions_save(&z->decisions, z->ss->repo, err);
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
		if (!path.len) {
			strvec_clear(&z->words);
			strvec_clear(&z->targets);
			return 0;
		}
		if (!strvec_push(&z->targets, path.data) ||
		    !strvec_push(&z->words, targets[i]))
			return err_nomem(err);
	}
	/* We may stand elsewhere: then no word is relative to a folder. */
	if (repo_path(z->ss->repo, &z->here, ".", NULL) < 0)
		buf_clear(&z->here);
	return 0;
}

int dver_resolve(struct dver_repo *repo, const char *const *targets, size_t n,
		 const struct dver_resolve_opts *opts, merge_hear_fn conflict,
		 resolved_fn resolved, void *data, struct dver_err *err)
{
	static const struct dver_resolve_opts none = { .list = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	struct merging x = { .repo = NULL };
	struct resolving z = { .ss = &ss, .x = &x,
			       .opts = opts ? opts : &none,
			       .tracking = { .repo = repo },
			       .here = BUF_PATH,
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
		r = decisions_load(&z.decisions, repo, err);
	if (r == 0)
		r = merging_open(&x, repo, err);
	if (r == 0)
		r = run(&z, err);
	merging_close(&x);
	strvec_release(&z.targets);
	strvec_release(&z.words);
	buf_release(&z.here);
	strvec_release(&z.met);
	decisions_release(&z.decisions);
	tracking_release(&z.tracking);
	return r;
}
