/*
 * add_scan - what is added, as it is on the disk now; what was never fetched
 * of it is in it all the same.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/walk.h"
#include "workspace/add_internal.h"
#include "workspace/graft.h"

static bool is_known(const struct recorded *e)
{
	return e && e->kind;
}

static bool has_moved(const struct adding *x)
{
	return x->output && pointer_moved(&x->output->pointer, x->was);
}

/* Whoever adds over a pointer that moved undoes what moved it. */
static int check_behind(const struct add *a, const struct adding *x,
			struct dver_err *err)
{
	if (a->opts->force || !has_moved(x))
		return 0;
	if (!x->subs && scanned_is_pointer(&x->now, &x->output->pointer))
		return 0;
	if (!is_known(x->was) && x->subs)
		return 0;	/* the rest is taken from the pointer */
	if (!is_known(x->was))
		return err_set(err, DVER_ECONFLICT, "'%s' differs from its "
			       "pointer and was never checked out here: dver "
			       "diff shows how, --force records it", x->path);
	if (x->was->unfinished)
		return err_set(err, DVER_ECONFLICT, "a command that changes "
			       "'%s' did not end: dver checkout makes it "
			       "whole, --force records what is there", x->path);
	return err_set(err, DVER_ECONFLICT, "the pointer of '%s' moved since "
		       "its data was checked out: dver checkout brings the "
		       "new data, --force records the old", x->path);
}

static int keep_scan(struct adding *x, struct scan *sc, struct dver_err *err)
{
	struct scan **grown = realloc(x->scans,
				      (x->nscans + 1) * sizeof(*grown));

	if (!grown) {
		scan_free(sc);
		return err_nomem(err);
	}
	x->scans = grown;
	grown[x->nscans++] = sc;
	return 0;
}

/* `sub` is "" for the output itself. */
static int scan_dir_at(struct add *a, struct adding *x, const char *sub,
		       struct scanned *out, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(x->path, sub);
	struct scan_base base = session_base(a->ss, x->path);
	struct verdict v = { .ignored = false };
	struct scan *sc = NULL;
	int r = path ? 0 : err_nomem(err);

	base.sub = sub;
	/* Of an ignored folder only what is tracked; forced, all of it. */
	if (r == 0 && *sub && !a->opts->force)
		r = judge_path(&a->judge, path, true, &v, err);
	base.ignored = v.ignored;
	if (r == 0)
		r = scan_directory(&sc, a->s, path, &base, out, err);
	return r < 0 ? r : keep_scan(x, sc, err);
}

/* One part of an output, whatever it is on the disk now. */
static int scan_part(struct add *a, struct adding *x, const char *sub,
		     struct scanned *out, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(x->path, sub);
	struct filescan *f = NULL;
	const char *names[1] = { path };
	struct os_stat st;
	int r;

	*out = (struct scanned){ .kind = 0 };
	if (!path)
		return err_nomem(err);
	if (os_statat(a->s->root_fd, path, &st, true) < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0 : err_sys(err, "cannot stat '%s'", path);
	if (S_ISDIR(st.mode))
		return scan_dir_at(a, x, sub, out, err);
	r = scan_files(&f, a->s, names, 1, out, err);
	scan_files_free(f);
	return r;
}

static int not_here(const struct adding *x, const char *sub,
		    struct dver_err *err)
{
	return err_set(err, DVER_EMISSING, "'%s/%s' is not here: dver pull "
		       "%s/%s brings it, dver rm removes it", x->path, sub,
		       x->path, sub);
}

/*
 * What was never fetched of a part, by the tree `base` of the output, is in
 * it all the same.  *whole: nothing is lacking.
 */
static int with_absent(struct add *a, const struct adding *x,
		       const struct oid *base, const char *sub,
		       struct scanned *part, bool *whole, struct dver_err *err)
{
	const struct recorded nothing = { .partial = true };
	const struct recorded *e = is_known(x->was) ? x->was : &nothing;
	struct walk_found f;
	int here = recorded_here(e, sub);
	int r;

	*whole = true;
	if (here == 1 || (part->kind && part->kind != TREE_DIR))
		return 0;
	r = walk_find(a->s->store, a->s->main_io, base, sub, &f, err);
	if (r <= 0 || (f.kind != TREE_DIR && part->kind))
		return MIN(r, 0);
	if (!part->kind && here == 0)
		return not_here(x, sub, err);
	*whole = false;
	return graft_absent(a->s, e, sub, &f.id, part, part, err);
}

/* The pointer's tree with the named parts as they are on the disk. */
static int scan_parts(struct add *a, struct adding *x, struct dver_err *err)
{
	struct oid base = x->output->pointer.id;
	uint64_t fresh = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->nsubs; i++) {
		const char *sub = x->subs[i].sub;
		struct scanned part;
		bool whole;

		r = scan_part(a, x, sub, &part, err);
		if (r == 0)
			r = with_absent(a, x, &base, sub, &part, &whole, err);
		if (r == 0 && whole && !strvec_push(&x->here, sub))
			r = err_nomem(err);
		if (r == 0)
			r = graft_part(a->s, &base, sub, &part, &x->now, err);
		if (r == DVER_ENOTFOUND && !part.kind && whole)
			r = err_set(err, r, "'%s/%s' is neither on the disk "
				    "nor tracked", x->path, sub);
		base = x->now.id;
		fresh += part.new_bytes;
	}
	x->now.new_bytes = fresh;
	return r;
}

static int scan_one(struct add *a, struct adding *x, struct dver_err *err)
{
	struct scanned disk;
	int r;

	if (x->subs)
		return scan_parts(a, x, err);
	if (x->kind == TREE_FILE)
		return 0;	/* with all other files */
	if (x->kind == 0)
		return err_set(err, DVER_ENOTFOUND, "the data of '%s' is not "
			       "here: dver checkout brings it", x->path);
	r = scan_dir_at(a, x, "", &disk, err);
	if (r == 0 && x->was && recorded_lacks(x->was))
		return graft_absent(a->s, x->was, "", &x->was->id, &disk,
				    &x->now, err);
	x->now = disk;
	return r;
}

static int scan_all_files(struct add *a, struct dver_err *err)
{
	AUTO_FREE const char **paths = mem_array(a->n + 1, sizeof(*paths));
	AUTO_FREE struct scanned *found = mem_array(a->n + 1, sizeof(*found));
	size_t n = 0;
	int r;

	if (!paths || !found)
		return err_nomem(err);
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].kind == TREE_FILE && !a->v[i].subs)
			paths[n++] = a->v[i].path;
	if (n == 0)
		return 0;
	r = scan_files(&a->files, a->s, paths, n, found, err);
	n = 0;
	for (size_t i = 0; r == 0 && i < a->n; i++)
		if (a->v[i].kind == TREE_FILE && !a->v[i].subs)
			a->v[i].now = found[n++];
	return r;
}

static int check_deletes(const struct add *a, const struct adding *x,
			 struct dver_err *err)
{
	uint64_t before = x->was ? x->was->files : 0;

	if (a->opts->allow_deletes || before < 4 || x->now.files * 2 > before)
		return 0;
	return err_set(err, DVER_ECONFLICT, "'%s' had %llu files and has %llu "
		       "now: if they are meant to be gone, use "
		       "--allow-deletes", x->path, (unsigned long long)before,
		       (unsigned long long)x->now.files);
}

static bool is_only_behind(const struct adding *x)
{
	return has_moved(x) && is_known(x->was) && !x->was->unfinished &&
	       scanned_is_recorded(&x->now, x->was);
}

/* Data that waits for its checkout was not changed: it goes to the end. */
static int leave_out_behind(struct add *a, struct dver_err *err)
{
	AUTO_FREE struct adding *left = mem_array(a->n + 1, sizeof(*left));
	size_t kept = 0;

	if (!left)
		return err_nomem(err);
	for (size_t i = 0; i < a->n; i++) {
		if (is_only_behind(&a->v[i]))
			left[a->nleft++] = a->v[i];
		else
			a->v[kept++] = a->v[i];
	}
	a->n = kept;
	for (size_t i = 0; i < a->nleft; i++) {
		a->v[kept + i] = left[i];
		repo_note(a->ss->repo, DVER_NOTE_INFO, "'%s' is behind its "
			  "pointer and was not added: dver checkout",
			  left[i].path);
	}
	return 0;
}

int add_scan(struct add *a, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n; i++) {
		struct adding *x = &a->v[i];

		x->kind = x->subs ? 0 : scan_kind(a->s, x->path, err);
		if (x->kind < 0)
			return x->kind;
		a->s->keep_trees |= x->subs ||
				    (x->was && recorded_lacks(x->was));
	}
	repo_phase(a->ss->repo, "adding");
	for (size_t i = 0; r == 0 && i < a->n; i++)
		r = scan_one(a, &a->v[i], err);
	if (r == 0)
		r = scan_all_files(a, err);
	if (r == 0 && a->opts->update && !a->opts->force)
		r = leave_out_behind(a, err);
	for (size_t i = 0; r == 0 && i < a->n; i++) {
		r = check_behind(a, &a->v[i], err);
		if (r == 0)
			r = check_deletes(a, &a->v[i], err);
	}
	return r;
}
