/*
 * add - the disk becomes the pointer.
 *
 * Everything is scanned and stored first; only when the store has published
 * it are pointers written, then the record, then .gitignore and git's index
 * (tracking.h).
 * A failure before that leaves pointers, record and workspace as they were.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"
#include "workspace/add_internal.h"
#include "workspace/counts.h"
#include "workspace/undo_log.h"

void adding_release(struct adding *x)
{
	for (size_t j = 0; j < x->nscans; j++)
		scan_free(x->scans[j]);
	free(x->scans);
	free(x->path);
	free(x->pointer_path);
	strvec_release(&x->here);
}

static void add_release(struct add *a)
{
	for (size_t i = 0; i < a->n + a->nleft; i++)
		adding_release(&a->v[i]);
	free(a->v);
	scan_files_free(a->files);
	tracking_release(&a->tracking);
}

static int push(struct add *a, const char *path, const struct output *o,
		const struct target *subs, size_t nsubs, struct dver_err *err)
{
	struct adding x = { .path = strdup(path), .output = o, .subs = subs,
			    .nsubs = nsubs,
			    .was = record_find(&a->ss->record, path) };

	x.pointer_path = o ? strdup(o->pointer_path)
			   : str_printf("%s%s", path, POINTER_SUFFIX);
	if (!x.path || !x.pointer_path ||
	    !mem_grow(&a->v, &a->cap, a->n + 1, sizeof(x))) {
		adding_release(&x);
		return err_nomem(err);
	}
	a->v[a->n++] = x;
	return 0;
}

/* A path that no pointer knows: may it become an output? */
static int check_new(struct add *a, const char *path, struct dver_err *err)
{
	struct dver_repo *repo = a->ss->repo;
	int kind = scan_kind(a->s, path, err);
	int r;

	if (kind < 0)
		return kind;
	if (kind == 0)
		return err_set(err, DVER_ENOTFOUND, "'%s' does not exist",
			       path);
	if (strlen(path_base(path)) + strlen(POINTER_SUFFIX) > TREE_NAME_MAX)
		return err_set(err, DVER_EINVAL, "the name '%s' is too long: "
			       "its pointer would have over 255 bytes", path);
	r = repo->git ? git_tracks(repo->git, path, err) : 0;
	if (r > 0)
		r = err_set(err, DVER_EEXISTS, "git tracks '%s': take it out "
			    "with 'git rm -r --cached %s' first", path, path);
	return r;
}

static int resolve_new(struct add *a, const char *path, struct dver_err *err)
{
	struct output *first;
	size_t n = outputs_below(&a->ss->outputs, path, &first);
	int r = 0;

	if (!*path && n == 0)
		return err_set(err, DVER_EINVAL, "the workspace itself cannot "
			       "be an output: name files or folders in it");
	if (n == 0) {
		r = check_new(a, path, err);
		return r < 0 ? r : push(a, path, NULL, NULL, 0, err);
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		if (scan_kind(a->s, first[i].path, NULL) != 0)
			r = session_target(a->ss, &first[i], "", err);
	return r;
}

static int resolve_one(struct add *a, const char *typed, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct output *o;
	const char *sub;
	int r = repo_target(a->ss->repo, &path, typed, err);

	if (r < 0)
		return r;
	o = outputs_holding(&a->ss->outputs, path.data);
	if (!o)
		return resolve_new(a, path.data, err);
	if (o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	sub = path.data + strlen(o->path);
	sub += *sub == '/';
	/* A file that became a folder is added as a whole. */
	if (*sub && o->pointer.kind != ROOT_TREE)
		sub = "";
	return session_target(a->ss, o, sub, err);
}

/* No targets: everything that is here (dver add -u). */
static int resolve_all(struct add *a, struct dver_err *err)
{
	struct outputs *o = &a->ss->outputs;
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n; i++) {
		if (o->v[i].problem)
			return err_set(err, DVER_EFORMAT, "%s",
				       o->v[i].problem);
		if (scan_kind(a->s, o->v[i].path, NULL) > 0)
			r = session_target(a->ss, &o->v[i], "", err);
	}
	return r;
}

static int resolve(struct add *a, const char *const *typed, size_t n,
		   struct dver_err *err)
{
	struct session *ss = a->ss;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = resolve_one(a, typed[i], err);
	if (r == 0 && n == 0)
		r = resolve_all(a, err);
	session_sort(ss);
	for (size_t i = 0; r == 0 && i < ss->n;) {
		const struct target *t = &ss->targets[i];
		size_t group = session_group(ss, i);
		bool whole = *t->sub == '\0';

		r = push(a, t->output->path, t->output, whole ? NULL : t,
			 whole ? 0 : group, err);
		i += group;
	}
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct adding *)a)->path,
		      ((const struct adding *)b)->path);
}

/* New outputs must not lie in one another. */
static int check_overlaps(struct add *a, struct dver_err *err)
{
	size_t kept = 0;

	if (a->n)
		qsort(a->v, a->n, sizeof(*a->v), by_path);
	for (size_t i = 0; i < a->n; i++) {
		struct adding *last = kept ? &a->v[kept - 1] : NULL;

		if (last && streq(last->path, a->v[i].path)) {
			adding_release(&a->v[i]);
			continue;
		}
		if (last && path_inside(a->v[i].path, last->path)) {
			int r = err_set(err, DVER_EINVAL, "'%s' lies in '%s': "
					"add one of them", a->v[i].path,
					last->path);

			memmove(a->v + kept, a->v + i,
				(a->n - i) * sizeof(*a->v));
			a->n = kept + a->n - i;
			return r;
		}
		a->v[kept++] = a->v[i];
	}
	a->n = kept;
	return 0;
}

static bool moves(const struct adding *x)
{
	return !x->output || !scanned_is_pointer(&x->now, &x->output->pointer);
}

/* What undo puts back: pointers that move, entries of the record. */
static int keep_undo(struct add *a, struct dver_err *err)
{
	AUTO_UNDO struct undo u = UNDO_INIT;
	AUTO_BUF struct buf text = BUF_INIT(POINTER_MAX);
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n; i++) {
		const struct adding *x = &a->v[i];

		if (!moves(x))
			continue;
		r = tracking_text(&text, x->path, &x->now, err);
		if (r == 0)
			r = undo_add_pointer(&u, a->ss->repo, x->pointer_path,
					     text.data, err);
		if (r == 0)
			r = undo_add_output(&u, a->ss, x->path, err);
	}
	return r < 0 || !u.npointers
		       ? r : undo_write(&u, a->ss->repo, "add", err);
}

static int write_pointers(struct add *a, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(POINTER_MAX);
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n; i++) {
		const struct adding *x = &a->v[i];

		if (!moves(x))
			continue;
		r = tracking_text(&text, x->path, &x->now, err);
		if (r == 0)
			r = tracking_put(&a->tracking, x->pointer_path,
					 text.data, err);
	}
	return r;
}

/* Pointers that moved, then what is known of all. */
static int publish(struct add *a, struct dver_err *err)
{
	struct session *ss = a->ss;
	bool changed = false;
	int r = keep_undo(a, err);

	if (r == 0)
		r = write_pointers(a, err);
	for (size_t i = 0; r == 0 && i < a->n; i++) {
		struct adding *x = &a->v[i];
		struct recorded *e = record_find(&ss->record, x->path);

		if (e && scanned_is_recorded(&x->now, e) &&
		    e->files == x->now.files && !e->chosen &&
		    (x->subs || !e->unfinished))
			continue;
		e = record_put(&ss->record, x->path);
		if (!e)
			return err_nomem(err);
		if (!e->kind && x->subs)
			e->partial = true;
		recorded_set(e, &x->now);
		e->chosen = false;
		e->unfinished &= x->subs != NULL;
		for (size_t j = 0; r == 0 && recorded_lacks(e) &&
				   j < x->here.n; j++)
			r = recorded_add_here(e, x->here.v[j], err);
		changed = true;
	}
	if (r == 0 && changed)
		r = session_save(ss, err);
	return r;
}

static int tell_git(struct add *a, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n; i++)
		r = tracking_ignore(&a->tracking, a->v[i].path, true, err);
	return r < 0 ? r : tracking_stage(&a->tracking, err);
}

static int report(struct add *a, dver_change_fn fn, void *data,
		  struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; fn && r == 0 && i < a->n; i++) {
		const struct adding *x = &a->v[i];
		struct scanned old = scanned_of_pointer(
			x->output ? &x->output->pointer : NULL);
		struct counts c;

		/* Counting is a courtesy: the old tree may not be here. */
		if (counts_between(a->s->store, a->s->main_io, &old, &x->now,
				   &c, err) < 0)
			c = (struct counts){ 0, 1, 0 };
		r = fn(data, &(struct dver_change){
			.path = x->path, .pointer = x->pointer_path,
			.directory = x->now.kind == TREE_DIR,
			.moved = moves(x), .added = c.added,
			.modified = c.modified, .deleted = c.deleted,
			.files = x->now.files, .bytes = x->now.bytes,
			.new_bytes = x->now.new_bytes,
		});
	}
	return r;
}

static int run(struct add *a, const char *const *targets, size_t n,
	       struct dver_err *err)
{
	struct writer_stats st;
	int r = resolve(a, targets, n, err);

	if (r == 0)
		r = check_overlaps(a, err);
	if (r == 0)
		r = add_scan(a, err);
	if (r == 0)
		r = cancel_check(&a->ss->repo->cancel, err);
	if (r == 0)
		r = scanner_commit(a->s, &st, err);
	if (r == 0)
		r = publish(a, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < a->v[i].nscans; j++)
			scan_save(a->v[i].scans[j]);
	scan_files_save(a->files);
	return tell_git(a, err);
}

int dver_add(struct dver_repo *repo, const char *const *targets, size_t n,
	     const struct dver_add_opts *opts, dver_change_fn fn, void *data,
	     struct dver_err *err)
{
	static const struct dver_add_opts none = { .update = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct add a = { .ss = &ss, .opts = opts ? opts : &none,
			 .tracking = { .repo = repo } };
	struct reading_remote rr;
	int r;

	if (n == 0 && !a.opts->update)
		return err_set(err, DVER_EINVAL, "name what to add, or use "
			       "--update for all outputs that changed");
	r = session_open(&ss, repo, SESSION_WRITE, targets, n, err);
	if (r == 0)
		r = scanner_open(&s, repo, true, err);
	if (r < 0)
		return r;
	a.s = s;
	reading_begin(&rr, repo, s->store);
	r = run(&a, targets, n, err);
	if (r == 0)
		r = report(&a, fn, data, err);
	reading_end(&rr, s->store);
	add_release(&a);
	return r;
}
