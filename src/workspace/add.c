/*
 * add - the disk becomes the pointer.
 *
 * Everything is scanned and stored first; only when the store has published
 * it are pointers written, then the record, then .gitignore and git's index
 * (tracking.h).
 * A failure before that leaves pointers, record and workspace as they were.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "repo/git.h"
#include "workspace/counts.h"
#include "workspace/graft.h"
#include "workspace/tracking.h"
#include "workspace/undo_log.h"

/* One output that is being added. */
struct adding {
	char *path;		/* owned */
	char *pointer_path;	/* owned */
	const struct output *output;	/* its pointer; NULL: new */
	const struct recorded *was;	/* NULL: never seen here */
	const struct target *subs;	/* parts only; NULL: the whole */
	size_t nsubs;
	int kind;		/* what is on the disk; 0: nothing */
	struct scanned now;	/* what it becomes */
	struct scan **scans;	/* owned; their indexes are saved at the end */
	size_t nscans;
};

struct add {
	struct session *ss;
	struct scanner *s;
	const struct dver_add_opts *opts;
	struct adding *v;
	size_t n, cap;
	struct filescan *files;
	struct tracking tracking;
};

static void add_release(struct add *a)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < a->v[i].nscans; j++)
			scan_free(a->v[i].scans[j]);
		free(a->v[i].scans);
		free(a->v[i].path);
		free(a->v[i].pointer_path);
	}
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
		free(x.path);
		free(x.pointer_path);
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
			free(a->v[i].path);
			free(a->v[i].pointer_path);
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

/* The pointer moved since this was checked out: adding would undo that. */
static int check_behind(const struct add *a, const struct adding *x,
			struct dver_err *err)
{
	if (!x->output || a->opts->force)
		return 0;
	if (x->was && pointer_is_recorded(&x->output->pointer, x->was))
		return 0;
	if (scanned_is_pointer(&x->now, &x->output->pointer))
		return 0;
	if (x->was && x->was->chosen)
		return 0;
	if (!x->was && x->subs)
		return 0;	/* the rest is taken from the pointer */
	if (!x->was)
		return err_set(err, DVER_ECONFLICT, "'%s' differs from its "
			       "pointer and was never checked out here: dver "
			       "diff shows how, --force records it", x->path);
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

static int scan_dir_at(struct add *a, struct adding *x, const char *path,
		       struct scanned *out, struct dver_err *err)
{
	struct scan *sc = NULL;
	int r = scan_directory(&sc, a->s, path, out, err);

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
		return scan_dir_at(a, x, path, out, err);
	r = scan_files(&f, a->s, names, 1, out, err);
	scan_files_free(f);
	return r;
}

/* The pointer's tree with the named parts as they are on the disk. */
static int scan_parts(struct add *a, struct adding *x, struct dver_err *err)
{
	struct oid base = x->output->pointer.id;
	uint64_t fresh = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->nsubs; i++) {
		struct scanned part;

		r = scan_part(a, x, x->subs[i].sub, &part, err);
		if (r == 0)
			r = graft_part(a->s, &base, x->subs[i].sub, &part,
				       &x->now, err);
		if (r == DVER_ENOTFOUND)
			r = err_set(err, r, "'%s/%s' is neither on the disk "
				    "nor tracked", x->path, x->subs[i].sub);
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
	r = scan_dir_at(a, x, x->path, &disk, err);
	if (r == 0 && x->was && recorded_lacks(x->was))
		return graft_absent(a->s, x->was, &disk, &x->now, err);
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

static int scan_all(struct add *a, struct dver_err *err)
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
	for (size_t i = 0; r == 0 && i < a->n; i++) {
		r = check_behind(a, &a->v[i], err);
		if (r == 0)
			r = check_deletes(a, &a->v[i], err);
	}
	return r;
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
		    e->files == x->now.files && !e->chosen)
			continue;
		e = record_put(&ss->record, x->path);
		if (!e)
			return err_nomem(err);
		if (!e->kind && x->subs)
			e->partial = true;
		recorded_set(e, &x->now);
		e->chosen = false;
		for (size_t j = 0; r == 0 && recorded_lacks(e) &&
				   j < x->nsubs; j++)
			r = recorded_add_here(e, x->subs[j].sub, err);
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
		r = scan_all(a, err);
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
