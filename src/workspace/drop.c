/*
 * drop - the remote is proved to hold it, then it goes from the workspace,
 * then from the local store.
 */
#include "workspace/drop.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/bring.h"
#include "workspace/counts.h"
#include "workspace/exchange.h"
#include "workspace/graft.h"
#include "workspace/sizes.h"
#include "workspace/undo_log.h"

struct drop {
	struct session *ss;
	struct scanner *s;
	const struct dver_drop_opts *opts;
	struct dver_drop_stats *stats;
	struct dropping *v;		/* owned; what goes */
	struct strvec *parts;		/* owned; one each */
	struct bring_item *items;	/* owned; one each */
	size_t n;
	struct strvec first;		/* files that the remote lacks */
	struct record before;		/* what the record said of them */
	dver_change_fn fn;
	void *data;
};

static void drop_release(struct drop *d)
{
	for (size_t i = 0; d->parts && i < d->n; i++)
		strvec_release(&d->parts[i]);
	free(d->parts);
	free(d->v);
	free(d->items);
	strvec_release(&d->first);
	record_release(&d->before);
}

/* What is left of the output here when its parts are gone. */
static int compute_left(struct drop *d, const struct target *t, size_t n,
			struct scanned *left, struct dver_err *err)
{
	const struct scanned nothing = { .kind = 0 };
	struct oid base = t->output->pointer.id;
	int r = 0;

	*left = nothing;
	for (size_t i = 0; r == 0 && *t->sub && i < n; i++) {
		r = graft_part(d->s, &base, t[i].sub, &nothing, left, err);
		if (r == DVER_ENOTFOUND)
			r = err_set(err, r, "there is no '%s' in '%s'",
				    t[i].sub, t->output->path);
		base = left->id;
	}
	return r;
}

static int choose(struct drop *d, const struct target *t, size_t n,
		  struct dver_err *err)
{
	const struct output *o = t->output;
	const struct recorded *e = record_find(&d->ss->record, o->path);
	struct dropping *x = &d->v[d->n];
	struct strvec *parts = &d->parts[d->n];

	if (o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	if (e && e->kind &&
	    (!pointer_is_recorded(&o->pointer, e) || e->unfinished))
		return err_set(err, DVER_ECONFLICT, "'%s' is not as its "
			       "pointer says: dver checkout or dver add "
			       "first", o->path);
	*x = (struct dropping){ .path = o->path, .kind = o->pointer.kind,
				.id = o->pointer.id,
				.size = o->pointer.size };
	for (size_t i = 0; *t->sub && i < n; i++)
		if (!strvec_push(parts, t[i].sub))
			return err_nomem(err);
	x->parts = parts->n ? parts : NULL;
	d->items[d->n] = (struct bring_item){ .path = o->path,
					      .parts = x->parts };
	return compute_left(d, t, n, &d->items[d->n++].want, err);
}

static int choose_all(struct drop *d, struct dver_err *err)
{
	struct session *ss = d->ss;
	int r = 0;

	d->v = mem_array(ss->n + 1, sizeof(*d->v));
	d->parts = mem_array(ss->n + 1, sizeof(*d->parts));
	d->items = mem_array(ss->n + 1, sizeof(*d->items));
	if (!d->v || !d->parts || !d->items)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < ss->n;) {
		size_t group = session_group(ss, i);

		r = choose(d, &ss->targets[i], group, err);
		i += group;
	}
	return r;
}

static int on_lacking(void *data, const struct transfer_root *root,
		      const char *path, const struct oid *id, uint64_t size)
{
	struct drop *d = data;
	AUTO_FREE char *full = path_join(root->label, path);
	char hex[OID_HEX + 1];

	if (!full || (d->first.n == 0 && !strvec_push(&d->first, full)))
		return DVER_ENOMEM;
	d->stats->missing++;
	return d->opts->missing
	       ? d->opts->missing(d->opts->data, &(struct dver_missing){
			.output = root->label, .path = full,
			.id = oid_hex(hex, id), .size = size,
			.commit = root->tag }) : 0;
}

/* Nothing goes that the remote has not. */
static int prove(struct drop *d, struct dver_err *err)
{
	AUTO_FREE struct transfer_root *v = mem_array(d->n + 1, sizeof(*v));
	int r;

	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < d->n; i++)
		v[i] = (struct transfer_root){
			.kind = d->v[i].kind, .id = d->v[i].id,
			.size = d->v[i].size, .label = d->v[i].path,
			.parts = d->v[i].parts };
	repo_phase(d->ss->repo, "proving");
	r = exchange_prove(d->ss->repo, d->opts->remote, d->s->store, v, d->n,
			   on_lacking, d, err);
	if (r == 0 && d->stats->missing)
		r = err_set(err, DVER_EMISSING, "the remote has not '%s'%s: "
			    "dver push first; nothing was dropped",
			    d->first.v[0],
			    d->stats->missing > 1 ? " and other files" : "");
	return r;
}

/* The walk of bring would take a stored edit for safe: it would be freed. */
static int check_unchanged(struct drop *d, const struct bring *b, size_t i,
			   struct dver_err *err)
{
	const struct recorded *e = record_find(&d->ss->record, d->v[i].path);
	struct scanned disk = b->v[i].before;
	struct scanned want = scanned_of_recorded(e);
	struct counts c;
	int r = 0;

	if (!disk.kind)
		return 0;
	if (!e || !e->kind)
		return err_set(err, DVER_ECONFLICT, "'%s' was never added or "
			       "checked out here: dver checkout first",
			       d->v[i].path);
	if (e->kind == ROOT_TREE && recorded_lacks(e))
		r = graft_absent(d->s, e, "", &e->id, &b->v[i].before,
				 &disk, err);
	if (r == 0)
		r = counts_between(d->s->store, d->s->main_io, &want, &disk,
				   &c, err);
	if (r == 0 && (c.modified || c.deleted))
		r = err_set(err, DVER_ECONFLICT, "'%s' was changed: dver add "
			    "and dver push first; nothing was dropped",
			    d->v[i].path);
	return r;
}

static int note_gone(struct drop *d, size_t i, struct dver_err *err)
{
	const struct dropping *x = &d->v[i];
	struct recorded *e = record_put(&d->ss->record, x->path);
	struct output *o = outputs_find(&d->ss->outputs, x->path);
	struct scanned whole = scanned_of_pointer(o ? &o->pointer : NULL);
	int r = 0;

	if (!e || !o)
		return err_nomem(err);
	if (!x->parts) {
		recorded_whole(e);
		e->partial = true;
	}
	recorded_set(e, &whole);
	for (size_t j = 0; r == 0 && x->parts && j < x->parts->n; j++) {
		r = recorded_add_lack(e, x->parts->v[j], err);
		e->dropped = true;
	}
	return r;
}

/*
 * The record comes first: whoever is killed while files go leaves some that
 * are still here, not a tree that lost some.
 */
static int note_all_gone(struct drop *d, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < d->n; i++) {
		const char *path = d->v[i].path;
		const struct recorded *e = record_find(&d->ss->record, path);

		if (e)
			r = record_copy(&d->before, e, path, err);
		if (r == 0)
			r = note_gone(d, i, err);
	}
	return r < 0 ? r : session_save(d->ss, err);
}

/* Files of items that were not reached are all here. */
static int note_back(struct drop *d, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < d->before.n; i++)
		r = record_copy(&d->ss->record, &d->before.v[i],
				d->before.v[i].path, err);
	return r;
}

static int begin(struct bring *b, struct dver_err *err)
{
	struct drop *d = b->data;
	AUTO_UNDO struct undo u = UNDO_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < d->n; i++)
		r = check_unchanged(d, b, i, err);
	if (r == 0)
		r = bring_keep_trees(b, err);
	for (size_t i = 0; r == 0 && i < d->n; i++) {
		r = undo_add_output(&u, d->ss, d->v[i].path, err);
		if (r == 0)
			r = undo_add_disk(&u, d->v[i].path, &b->v[i].before,
					  err);
	}
	if (r == 0)
		r = undo_write(&u, d->ss->repo, "drop", err);
	return r < 0 ? r : note_all_gone(d, err);
}

static int done(struct bring *b, size_t i, struct dver_err *err)
{
	struct drop *d = b->data;
	const struct bring_item *item = &b->v[i];
	struct counts c = { 0, 0, 0 };
	uint64_t bytes = item->before.bytes - MIN(item->now.bytes,
						  item->before.bytes);

	(void)err;
	(void)counts_between(d->s->store, d->s->main_io, &item->before,
			     &item->now, &c, NULL);
	d->stats->files += c.deleted;
	d->stats->bytes += bytes;
	record_remove(&d->before, item->path);
	if (!d->fn)
		return 0;
	(void)d->fn(d->data, &(struct dver_change){
		.path = item->path,
		.pointer = outputs_find(&d->ss->outputs,
					item->path)->pointer_path,
		.directory = d->v[i].kind == ROOT_TREE,
		.deleted = c.deleted, .files = item->now.files,
		.bytes = item->now.bytes });
	return 0;
}

static int remove_files(struct drop *d, struct dver_err *err)
{
	struct bring b = { .ss = d->ss, .s = d->s, .strict = true,
			   .recorded = true, .v = d->items, .n = d->n,
			   .begin = begin, .done = done, .data = d };
	struct dver_err why;
	int r = bring_run(&b, err);
	int saved = note_back(d, &why);

	if (saved == 0)
		saved = session_save(d->ss, &why);
	if (r == 0)
		bring_note_left(&b);
	bring_release(&b);
	return r < 0 || saved == 0 ? r : err_set(err, saved, "%s", why.msg);
}

static bool goes_whole(const struct drop *d, const char *path)
{
	for (size_t i = 0; i < d->n; i++)
		if (streq(d->v[i].path, path))
			return true;
	return false;
}

struct keeping {
	const struct drop *d;
	const struct strvec *parts;	/* that go */
};

static int is_kept(void *data, const char *path, const struct tree_entry *e,
		   struct dver_err *err)
{
	const struct keeping *k = data;

	(void)e;
	(void)err;
	for (size_t i = 0; i < k->parts->n; i++)
		if (path_inside(path, k->parts->v[i]))
			return 0;
	return 1;
}

/* Everything of this workspace that was not dropped. */
static int keep_rest(void *data, struct mark *m, struct dver_err *err)
{
	const struct drop *d = data;
	const struct record *record = &d->ss->record;
	int r = 0;

	for (size_t i = 0; r == 0 && i < record->n; i++) {
		const struct recorded *e = &record->v[i];

		if (e->kind && !goes_whole(d, e->path))
			r = mark_root(m, e->kind, &e->id, e->bytes, err);
	}
	for (size_t i = 0; r == 0 && i < d->n; i++) {
		struct keeping k = { d, d->v[i].parts };

		if (!k.parts)
			continue;
		m->wants = is_kept;
		m->data = &k;
		m->by_path = true;
		r = mark_root(m, d->v[i].kind, &d->v[i].id, d->v[i].size, err);
		m->wants = NULL;
		m->by_path = false;
	}
	return r;
}

static int free_store(struct drop *d, struct dver_err *err)
{
	struct drop_store ds = { .repo = d->ss->repo, .store = d->s->store,
				 .io = d->s->main_io, .v = d->v, .n = d->n,
				 .keep = keep_rest, .data = d,
				 .dry_run = d->opts->dry_run };

	/* What is added from now on counts again, so nobody else may. */
	lock_release(TAKE(d->ss->cache_lock));
	return drop_from_store(&ds, &d->stats->freed, err);
}

static int count_only(struct drop *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct recorded *e = record_find(&d->ss->record,
						       d->v[i].path);

		if (!e || !e->kind || recorded_nothing(e))
			continue;
		d->stats->files += e->files - d->items[i].want.files;
		d->stats->bytes += e->bytes - d->items[i].want.bytes;
	}
	return 0;
}

static int run(struct drop *d, struct dver_err *err)
{
	int r = choose_all(d, err);

	if (r == 0)
		r = prove(d, err);
	if (r == 0)
		r = d->opts->dry_run ? count_only(d) : remove_files(d, err);
	return r < 0 ? r : free_store(d, err);
}

static int drop_targets(struct dver_repo *repo, const char *const *targets,
			size_t n, struct drop *d, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct reading_remote rr;
	int r = session_open(&ss, repo, SESSION_WRITE, targets, n, err);

	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	if (r == 0)
		r = sizes_fill(&ss.outputs, s->store, s->main_io, err);
	if (r < 0)
		return r;
	d->ss = &ss;
	d->s = s;
	s->keep_trees = true;
	reading_begin(&rr, repo, s->store);
	r = run(d, err);
	reading_end(&rr, s->store);
	drop_release(d);
	return r;
}

int dver_drop(struct dver_repo *repo, const char *const *targets, size_t n,
	      const struct dver_drop_opts *opts, dver_change_fn fn, void *data,
	      struct dver_drop_stats *stats, struct dver_err *err)
{
	static const struct dver_drop_opts none = { .remote = NULL };
	struct drop d = { .opts = opts ? opts : &none, .stats = stats,
			  .fn = fn, .data = data };

	*stats = (struct dver_drop_stats){ 0 };
	if (d.opts->keep)
		return drop_old(repo, targets, n, d.opts, stats, err);
	return drop_targets(repo, targets, n, &d, err);
}
