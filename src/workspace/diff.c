/*
 * diff - what differs between two sets of outputs: HEAD's pointers and the
 * disk, or two revisions.  A file that went and one with the same bytes that
 * came are one that was renamed.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"
#include "store/walk.h"
#include "workspace/diff.h"
#include "workspace/graft.h"
#include "workspace/session.h"

struct item {
	char status;
	char *path;		/* owned */
	char *from;		/* owned; renames */
	struct oid id;		/* now, or before if it went */
	struct oid old;		/* before */
	bool dir;
	uint64_t old_size, new_size;
};

struct differ {
	struct session *ss;
	struct scanner *s;
	const char *output;
	struct item *v;		/* of one output; owned */
	size_t n, cap;
	const struct diff_calls *calls;
};

static void clear(struct differ *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].path);
		free(d->v[i].from);
	}
	d->n = 0;
}

static int push(struct differ *d, char status, const char *sub,
		const struct tree_entry *a, const struct tree_entry *b,
		struct dver_err *err)
{
	struct item x = { .status = status, .id = b ? b->id : a->id,
			  .old = a ? a->id : b->id,
			  .dir = (b ? b : a)->kind == TREE_DIR,
			  .old_size = a ? a->bytes : 0,
			  .new_size = b ? b->bytes : 0,
			  .path = path_join(d->output, sub) };

	if (!x.path || !mem_grow(&d->v, &d->cap, d->n + 1, sizeof(x))) {
		free(x.path);
		return err_nomem(err);
	}
	d->v[d->n++] = x;
	return 0;
}

static int on_difference(void *data, const char *path,
			 const struct tree_entry *a,
			 const struct tree_entry *b, struct dver_err *err)
{
	struct differ *d = data;
	bool adir = a && a->kind == TREE_DIR;
	bool bdir = b && b->kind == TREE_DIR;
	int r = cancel_check(&d->ss->repo->cancel, err);

	if (r < 0)
		return r;
	if (a && b && !adir && !bdir) {
		r = push(d, a->kind == b->kind ? 'M' : 'T', path, a, b, err);
		return r < 0 ? r : WALK_SKIP;
	}
	if (a && !adir)
		r = push(d, 'D', path, a, NULL, err);
	if (r == 0 && b && !bdir)
		r = push(d, 'A', path, NULL, b, err);
	/* Empty folders have no files that would speak for them. */
	if (r == 0 && bdir && !a && b->files == 0)
		r = push(d, 'A', path, NULL, b, err);
	if (r == 0 && adir && !b && a->files == 0)
		r = push(d, 'D', path, a, NULL, err);
	return r < 0 ? r : WALK_ON;
}

/* Join each file that came with one of the same bytes that went. */
static int find_renames(struct differ *d, struct dver_err *err)
{
	AUTO_KEYMAP struct keymap gone;

	keymap_init(&gone, HASH_SIZE, sizeof(size_t));
	for (size_t i = 0; i < d->n; i++) {
		size_t *slot;

		if (d->v[i].status != 'D' || d->v[i].dir ||
		    d->v[i].old_size == 0)
			continue;
		slot = keymap_put(&gone, d->v[i].id.id, NULL);
		if (!slot)
			return err_nomem(err);
		*slot = i + 1;
	}
	for (size_t i = 0; gone.n && i < d->n; i++) {
		size_t *slot;

		if (d->v[i].status != 'A' || d->v[i].dir)
			continue;
		slot = keymap_get(&gone, d->v[i].id.id);
		if (!slot || *slot == 0)
			continue;
		d->v[i].status = 'R';
		d->v[i].from = TAKE(d->v[*slot - 1].path);
		d->v[i].old_size = d->v[*slot - 1].old_size;
		*slot = 0;
	}
	return 0;
}

static int report(struct differ *d, struct dver_err *err)
{
	int r = find_renames(d, err);

	for (size_t i = 0; r == 0 && i < d->n; i++) {
		const struct item *x = &d->v[i];

		if (!x->path)
			continue;	/* the old name of a rename */
		r = d->calls->entry(d->calls->data, &(struct dver_diff_entry){
			.status = x->status, .output = d->output,
			.path = x->path, .from = x->from, .directory = x->dir,
			.old_size = x->old_size, .new_size = x->new_size,
		}, &x->old, &x->id);
	}
	clear(d);
	return r;
}

static struct tree_entry entry_of(const struct scanned *x)
{
	return (struct tree_entry){ .kind = x->kind, .id = x->id,
				    .bytes = x->bytes, .files = x->files };
}

static int compare(struct differ *d, const char *path,
		   const struct scanned *a, const struct scanned *b,
		   struct dver_err *err)
{
	struct tree_entry ea = entry_of(a);
	struct tree_entry eb = entry_of(b);
	int r;

	d->output = path;
	if (a->kind != TREE_DIR && b->kind != TREE_DIR)
		r = push(d, !a->kind ? 'A' : !b->kind ? 'D' :
			 a->kind == b->kind ? 'M' : 'T', "",
			 a->kind ? &ea : NULL, b->kind ? &eb : NULL, err);
	else
		r = walk_diff(d->s->store, d->s->main_io,
			      a->kind == TREE_DIR ? &a->id : NULL,
			      b->kind == TREE_DIR ? &b->id : NULL,
			      on_difference, d, err);
	if (r == 0 && a->kind && a->kind != TREE_DIR && b->kind == TREE_DIR)
		r = push(d, 'D', "", &ea, NULL, err);
	if (r == 0 && b->kind && b->kind != TREE_DIR && a->kind == TREE_DIR)
		r = push(d, 'A', "", NULL, &eb, err);
	return r < 0 ? r : report(d, err);
}

static int on_disk(struct differ *d, const char *path, struct scanned *out,
		   struct dver_err *err)
{
	const struct recorded *e = record_find(&d->ss->record, path);
	struct scan_base base = session_base(d->ss, path);
	struct filescan *f = NULL;
	struct scan *sc = NULL;
	struct scanned disk = { .kind = 0 };
	int kind = scan_kind(d->s, path, err);
	int r = MIN(kind, 0);

	if (kind == TREE_DIR)
		r = scan_directory(&sc, d->s, path, &base, &disk, err);
	else if (kind == TREE_FILE)
		r = scan_files(&f, d->s, &path, 1, &disk, err);
	*out = disk;
	if (r == 0 && disk.kind == TREE_DIR && e && e->kind == ROOT_TREE &&
	    recorded_lacks(e))
		r = graft_absent(d->s, e, "", &e->id, &disk, out, err);
	if (r == 0) {
		scan_save(sc);
		scan_files_save(f);
	}
	scan_free(sc);
	scan_files_free(f);
	return r;
}

/* Is the path asked for?  No targets ask for all. */
static bool wanted(const struct strvec *targets, const char *path)
{
	for (size_t i = 0; i < targets->n; i++)
		if (path_inside(path, targets->v[i]) ||
		    path_inside(targets->v[i], path))
			return true;
	return targets->n == 0;
}

static int side(struct differ *d, const struct output *o, bool disk,
		const char *path, struct scanned *out, struct dver_err *err)
{
	const struct recorded *e = record_find(&d->ss->record, path);
	int r = 0;

	*out = (struct scanned){ .kind = 0 };
	if (disk)
		r = on_disk(d, path, out, err);
	/* Data that never was here is not deleted. */
	if (r < 0 || out->kind ||
	    (disk && e && e->kind && !recorded_nothing(e)))
		return r;
	if (o && o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	if (o)
		*out = scanned_of_pointer(&o->pointer);
	return 0;
}

static bool differ(const struct scanned *a, const struct scanned *b)
{
	return a->kind != b->kind || (a->kind && !oid_eq(&a->id, &b->id));
}

/* Tell an output after its entries, or what is wrong with it: `code`. */
static int end_output(struct differ *d, const struct output *oa,
		      const struct output *ob, const char *path,
		      const struct scanned *a, const struct scanned *b,
		      int code, const struct dver_err *why)
{
	struct diff_output o = {
		.path = path,
		/* Nobody knows what one holds that cannot be read. */
		.was = a->kind || (code < 0 && oa),
		.is = b->kind || (code < 0 && ob),
		.directory = (b->kind ? b : a)->kind == TREE_DIR,
		.old_files = a->files, .new_files = b->files,
		.old_bytes = a->bytes, .new_bytes = b->bytes,
		.problem = code < 0 ? why->msg : NULL, .code = code };

	clear(d);
	reading_failed(d->ss->repo, d->s->store, code);
	return d->calls->output(d->calls->data, &o);
}

static int compare_output(struct differ *d, const struct output *oa,
			  const struct output *ob, bool disk,
			  const char *path, struct dver_err *err)
{
	struct scanned x = { .kind = 0 }, y = { .kind = 0 };
	struct dver_err why = { .code = 0 };
	int r = side(d, oa, false, path, &x, &why);

	if (r == 0)
		r = side(d, ob, disk && ob, path, &y, &why);
	if (r == 0 && !differ(&x, &y))
		return 0;
	if (r == 0)
		r = compare(d, path, &x, &y, &why);
	if (d->calls->output && r <= 0 && r != DVER_ENOMEM &&
	    r != DVER_ECANCEL)
		r = end_output(d, oa, ob, path, &x, &y, r, &why);
	if (r < 0 && err && why.code)
		*err = why;
	return r;
}

/* Outputs of both sides in the order of their paths. */
static int compare_all(struct differ *d, const struct outputs *a,
		       const struct outputs *b, bool disk,
		       const struct strvec *targets, struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n || j < b->n)) {
		int c = i == a->n ? 1 : j == b->n ? -1
			: strcmp(a->v[i].path, b->v[j].path);
		const struct output *oa = c <= 0 ? &a->v[i] : NULL;
		const struct output *ob = c >= 0 ? &b->v[j] : NULL;
		const char *path = c <= 0 ? a->v[i].path : b->v[j].path;

		i += c <= 0;
		j += c >= 0;
		if (wanted(targets, path))
			r = compare_output(d, oa, ob, disk, path, err);
	}
	return r;
}

static int load_a(struct outputs *out, struct dver_repo *repo, const char *a,
		  const struct outputs *disk, struct dver_err *err)
{
	int r;

	if (a)
		return outputs_at(out, repo, a, err);
	/* Without commits, the pointers on the disk are what there is. */
	r = repo->git ? git_is_rev(repo->git, "HEAD", err) : 0;
	if (r > 0)
		return outputs_at(out, repo, "HEAD", err);
	*out = *disk;
	return r < 0 ? r : 1;
}

static bool has(const struct outputs *o, const char *path)
{
	struct output *first;

	return outputs_holding(o, path) || outputs_below(o, path, &first);
}

static int check_targets(const struct strvec *targets,
			 const struct outputs *a, const struct outputs *b,
			 struct dver_err *err)
{
	for (size_t i = 0; i < targets->n; i++)
		if (*targets->v[i] && !has(a, targets->v[i]) &&
		    !has(b, targets->v[i]))
			return err_set(err, DVER_ENOTFOUND, "'%s' is no "
				       "revision and is not tracked",
				       targets->v[i]);
	return 0;
}

static int run(struct differ *d, const char *a, const char *b,
	       const struct strvec *targets, struct dver_err *err)
{
	struct outputs oa = OUTPUTS_INIT;
	AUTO_OUTPUTS struct outputs ob = OUTPUTS_INIT;
	int borrowed = d->calls->all_new ? 0
		       : load_a(&oa, d->ss->repo, a, &d->ss->outputs, err);
	int r = MIN(borrowed, 0);

	if (r == 0 && b)
		r = outputs_at(&ob, d->ss->repo, b, err);
	if (r == 0)
		r = check_targets(targets, &oa, b ? &ob : &d->ss->outputs,
				  err);
	if (r == 0)
		r = compare_all(d, &oa, b ? &ob : &d->ss->outputs, !b, targets,
				err);
	if (borrowed == 0)
		outputs_release(&oa);
	return r;
}

int diff_revisions(struct dver_repo *repo, const char *a, const char *b,
		   const char *const *targets, size_t n,
		   const struct diff_calls *calls, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	AUTO_STRVEC struct strvec paths = STRVEC_INIT;
	struct differ d = { .ss = &ss, .calls = calls };
	struct reading_remote rr;
	int r = session_open(&ss, repo, SESSION_READ, targets, n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;

		r = repo_target(repo, &path, targets[i], err);
		if (r == 0 && !strvec_push(&paths, path.data))
			r = err_nomem(err);
	}
	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	if (r < 0)
		return r;
	d.s = s;
	reading_begin(&rr, repo, s->store);
	r = run(&d, a, b, &paths, err);
	reading_end(&rr, s->store);
	clear(&d);
	free(d.v);
	return r;
}

struct telling {
	int (*fn)(void *data, const struct dver_diff_entry *e);
	void *data;
};

static int tell(void *data, const struct dver_diff_entry *e,
		const struct oid *old, const struct oid *now)
{
	const struct telling *t = data;

	(void)old;
	(void)now;
	return t->fn(t->data, e);
}

int dver_diff(struct dver_repo *repo, const char *a, const char *b,
	      const char *const *targets, size_t n,
	      int (*fn)(void *data, const struct dver_diff_entry *e),
	      void *data, struct dver_err *err)
{
	struct telling t = { fn, data };
	const struct diff_calls calls = { .entry = tell, .data = &t };

	return diff_revisions(repo, a, b, targets, n, &calls, err);
}
