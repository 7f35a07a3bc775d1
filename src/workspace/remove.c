/*
 * remove - an output, or a part of one, is tracked no longer: dver rm.
 *
 * The data goes first, by the engine of checkout, which refuses to delete
 * bytes that are stored nowhere; then the pointer, the record, .gitignore and
 * git's index.  A run that was killed between is finished by the next.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "workspace/bring.h"
#include "workspace/counts.h"
#include "workspace/graft.h"
#include "workspace/judge.h"
#include "workspace/keep.h"
#include "workspace/sizes.h"
#include "workspace/tracking.h"
#include "workspace/undo_log.h"

/* One output. */
struct removing {
	struct output *output;
	const struct target *subs;	/* parts; NULL: all of it */
	size_t nsubs;
	struct strvec parts;		/* the same as paths */
	struct scanned old, left;	/* the pointer's; kind 0: nothing */
	struct buf text;		/* of the pointer that is left */
};

struct removal {
	struct session *ss;
	struct scanner *s;
	const struct dver_remove_opts *opts;
	struct removing *v;
	size_t n;
	struct bring_item *items;	/* owned */
	struct judge judge;
	struct tracking tracking;
};

static void removal_release(struct removal *rm)
{
	for (size_t i = 0; i < rm->n; i++) {
		strvec_release(&rm->v[i].parts);
		buf_release(&rm->v[i].text);
	}
	free(rm->v);
	free(rm->items);
	judge_close(&rm->judge);
	tracking_release(&rm->tracking);
}

/* The tree without the parts; kind 0 when the output goes whole. */
static int compute_left(struct removal *rm, struct removing *x,
			struct dver_err *err)
{
	const struct scanned nothing = { .kind = 0 };
	struct oid base = x->old.id;
	int r = 0;

	for (size_t i = 0; r == 0 && x->subs && i < x->nsubs; i++) {
		r = graft_part(rm->s, &base, x->subs[i].sub, &nothing,
			       &x->left, err);
		if (r == DVER_ENOTFOUND)
			r = err_set(err, r, "there is no '%s' in '%s'",
				    x->subs[i].sub, x->output->path);
		base = x->left.id;
		if (r == 0 && !strvec_push(&x->parts, x->subs[i].sub))
			r = err_nomem(err);
	}
	if (r == 0 && x->subs)
		r = tracking_text(&x->text, x->output->path, &x->left, err);
	return r;
}

/* A part that stays where it is would be new at the next look, if seen. */
static int check_cached(struct removal *rm, const struct removing *x,
			struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->nsubs; i++) {
		const char *sub = x->subs[i].sub;
		AUTO_FREE char *path = path_join(x->output->path, sub);
		struct os_stat st = { .mode = 0 };
		struct verdict v;

		if (!path)
			return err_nomem(err);
		(void)os_statat(rm->s->root_fd, path, &st, true);
		r = judge_path(&rm->judge, path, S_ISDIR(st.mode), &v, err);
		if (r == 0 && !v.ignored)
			r = err_set(err, DVER_EINVAL, "'%s' is a part of '%s', "
				    "which is tracked whole: --cached takes "
				    "outputs, and parts that .dverignore "
				    "ignores", path, x->output->path);
	}
	return r;
}

static int check_state(struct removal *rm, const struct removing *x,
		       struct dver_err *err)
{
	const struct output *o = x->output;
	const struct recorded *e = record_find(&rm->ss->record, o->path);

	int r = output_check_own(o, err);

	if (r < 0 || !x->subs)
		return r;
	if (rm->opts->cached)
		r = check_cached(rm, x, err);
	if (r < 0)
		return r;
	if (e && e->kind &&
	    (!pointer_is_recorded(&o->pointer, e) || e->unfinished))
		return err_set(err, DVER_ECONFLICT, "the pointer of '%s' moved "
			       "since its data was checked out: dver checkout "
			       "first", o->path);
	return 0;
}

static int gather(struct removal *rm, struct dver_err *err)
{
	struct session *ss = rm->ss;
	int r = 0;

	rm->v = mem_array(ss->n + 1, sizeof(*rm->v));
	rm->items = mem_array(ss->n + 1, sizeof(*rm->items));
	if (!rm->v || !rm->items)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < ss->n;) {
		struct removing *x = &rm->v[rm->n];
		const struct target *t = &ss->targets[i];

		x->output = t->output;
		buf_init(&x->text, POINTER_MAX);
		x->old = scanned_of_pointer(&t->output->pointer);
		x->nsubs = session_group(ss, i);
		x->subs = *t->sub ? t : NULL;
		i += x->nsubs;
		rm->n++;
		r = check_state(rm, x, err);
		if (r == 0)
			r = compute_left(rm, x, err);
		rm->items[rm->n - 1] = (struct bring_item){
			.path = x->output->path, .want = x->left,
			.parts = x->subs ? &x->parts : NULL };
	}
	return r;
}

static int keep_undo(struct removal *rm, struct bring *b, struct dver_err *err)
{
	AUTO_UNDO struct undo u = UNDO_INIT;
	int r = b ? bring_keep_trees(b, err) : 0;

	for (size_t i = 0; r == 0 && i < rm->n; i++) {
		struct removing *x = &rm->v[i];
		const char *path = x->output->path;

		r = undo_add_output(&u, rm->ss, path, err);
		if (r == 0)
			r = undo_add_pointer(&u, rm->ss->repo,
					     x->output->pointer_path,
					     x->subs ? x->text.data : NULL,
					     err);
		if (r == 0 && b)
			r = undo_add_disk(&u, path, &b->v[i].before, err);
	}
	return r < 0 ? r : undo_write(&u, rm->ss->repo, "rm", err);
}

/* Trees that are left are durable before a pointer names them. */
static int keep_left(struct removal *rm, struct dver_err *err)
{
	AUTO_KEEP struct keep keep = { .s = rm->s };
	int r = 0;

	for (size_t i = 0; r == 0 && i < rm->n; i++)
		if (rm->v[i].subs)
			r = keep_tree(&keep, &rm->v[i].left.id, err);
	return r < 0 ? r : keep_commit(&keep, err);
}

static int begin(struct bring *b, struct dver_err *err)
{
	struct removal *rm = b->data;
	int r = keep_left(rm, err);

	return r < 0 ? r : keep_undo(rm, b, err);
}

static int stop_tracking(struct removal *rm, struct dver_err *err)
{
	int r = keep_left(rm, err);

	return r < 0 ? r : keep_undo(rm, NULL, err);
}

static int done(struct bring *b, size_t i, struct dver_err *err)
{
	(void)b;
	(void)i;
	(void)err;
	return 0;
}

static int remove_data(struct removal *rm, struct dver_err *err)
{
	struct bring b = { .ss = rm->ss, .s = rm->s, .force = rm->opts->force,
			   .strict = true, .v = rm->items, .n = rm->n,
			   .begin = begin, .done = done, .data = rm };
	int r = bring_run(&b, err);

	if (r == 0)
		bring_note_left(&b);
	bring_release(&b);
	return r;
}

static int update_one(struct removal *rm, struct removing *x,
		      struct dver_err *err)
{
	const char *path = x->output->path;
	struct recorded *e = record_find(&rm->ss->record, path);
	int r = tracking_put(&rm->tracking, x->output->pointer_path,
			     x->subs ? x->text.data : NULL, err);

	if (r < 0)
		return r;
	if (!x->subs)
		record_remove(&rm->ss->record, path);
	else if (e && e->kind)
		recorded_set(e, &x->left);
	return 0;
}

static int untrack(struct removal *rm, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rm->n; i++)
		r = update_one(rm, &rm->v[i], err);
	if (r == 0)
		r = session_save(rm->ss, err);
	for (size_t i = 0; r == 0 && i < rm->n; i++)
		if (!rm->v[i].subs)
			r = tracking_ignore(&rm->tracking,
					    rm->v[i].output->path, false, err);
	return r < 0 ? r : tracking_stage(&rm->tracking, err);
}

static int report(struct removal *rm, dver_change_fn fn, void *data)
{
	int r = 0;

	for (size_t i = 0; fn && r == 0 && i < rm->n; i++) {
		const struct removing *x = &rm->v[i];

		r = fn(data, &(struct dver_change){
			.path = x->output->path,
			.pointer = x->output->pointer_path,
			.directory = x->old.kind == TREE_DIR, .moved = true,
			.deleted = x->old.files - x->left.files,
			.files = x->left.files, .bytes = x->left.bytes,
		});
	}
	return r;
}

static int run(struct removal *rm, struct dver_err *err)
{
	int r = gather(rm, err);

	if (r == 0)
		r = rm->opts->cached ? stop_tracking(rm, err)
				     : remove_data(rm, err);
	return r < 0 ? r : untrack(rm, err);
}

int dver_remove(struct dver_repo *repo, const char *const *targets, size_t n,
		const struct dver_remove_opts *opts, dver_change_fn fn,
		void *data, struct dver_err *err)
{
	static const struct dver_remove_opts none = { .cached = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct removal rm = { .ss = &ss, .opts = opts ? opts : &none,
			      .judge = JUDGE_INIT,
			      .tracking = { .repo = repo } };
	struct reading_remote rr;
	int r;

	if (n == 0)
		return err_set(err, DVER_EINVAL, "name what to remove");
	r = session_open(&ss, repo, SESSION_WRITE, targets, n, err);
	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0)
		r = scanner_open(&s, repo, rm.opts->force, err);
	if (r == 0)
		r = sizes_fill(&ss.outputs, s->store, s->main_io, err);
	if (r < 0)
		return r;
	rm.s = s;
	s->keep_trees = true;
	reading_begin(&rr, repo, s->store);
	r = judge_open(&rm.judge, &ss, err);
	if (r == 0)
		r = run(&rm, err);
	reading_end(&rr, s->store);
	if (r == 0)
		r = report(&rm, fn, data);
	removal_release(&rm);
	return r;
}
