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
	winnames_release(&x->winnames);
}

static void add_release(struct add *a)
{
	for (size_t i = 0; i < a->n + a->nleft; i++)
		adding_release(&a->v[i]);
	free(a->v);
	scan_files_free(a->files);
	judge_close(&a->judge);
	tracking_release(&a->tracking);
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
			.windows_names = x->winnames.n,
			.windows_first =
				(const char *const *)x->winnames.first.v,
			.windows_shown = x->winnames.first.n,
		});
	}
	return r;
}

static int run(struct add *a, const char *const *targets, size_t n,
	       struct dver_err *err)
{
	struct writer_stats st;
	int r = add_resolve(a, targets, n, err);

	if (r == 0)
		r = add_scan(a, err);
	if (r == 0)
		r = add_winnames(a, err);
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
			 .judge = JUDGE_INIT, .tracking = { .repo = repo } };
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
	r = judge_open(&a.judge, &ss, err);
	if (r == 0)
		r = run(&a, targets, n, err);
	if (r == 0)
		r = report(&a, fn, data, err);
	reading_end(&rr, s->store);
	add_release(&a);
	return r;
}
