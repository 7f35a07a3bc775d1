/*
 * checkout - the pointer becomes the disk.
 *
 * Which version of which output is wanted is decided here, and what is known
 * of it afterwards; bring.c does it.  The record is written at the end: until
 * then a pointer that moved still shows as behind, and the same command
 * finishes the job.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "store/walk.h"
#include "workspace/bring.h"
#include "workspace/counts.h"
#include "workspace/gone.h"
#include "workspace/sizes.h"
#include "workspace/undo_log.h"

struct run {
	struct session *ss;
	struct scanner *s;
	const struct dver_checkout_opts *opts;
	struct outputs at;		/* of opts->rev */
	struct bring_item *v;		/* owned */
	struct strvec *parts;		/* owned; one an item */
	struct strvec *without;		/* the same: what was dropped of it */
	const char **pointers;		/* owned; of each item, borrowed */
	struct strvec gone, gone_pointers;
	size_t n;
	bool all;			/* nothing was named, */
	bool everything;		/* or the workspace as a whole */
	uint64_t undo;			/* the entry that was made; 0: none */
	dver_change_fn fn;
	void *data;
};

static void run_release(struct run *r)
{
	for (size_t i = 0; r->parts && i < r->n; i++)
		strvec_release(&r->parts[i]);
	for (size_t i = 0; r->without && i < r->n; i++)
		strvec_release(&r->without[i]);
	free(r->v);
	free(r->parts);
	free(r->without);
	free(r->pointers);
	strvec_release(&r->gone);
	strvec_release(&r->gone_pointers);
	outputs_release(&r->at);
}

/* Which parts of an output; *some is false for all of it. */
static int choose_parts(struct run *r, const struct target *t, size_t n,
			const struct recorded *e, bool moved, bool *some,
			struct strvec *out, struct dver_err *err)
{
	bool partial = e && e->partial && !r->opts->rev;
	bool ok = true;

	/* A tree has one version here: what is here moves along. */
	*some = *t->sub ? !moved || partial : r->all && partial;
	if (!*some)
		return 0;
	for (size_t i = 0; i < n && *t->sub; i++)
		ok = ok && strvec_push(out, t[i].sub);
	for (size_t i = 0; partial && (moved || !*t->sub) && i < e->here.n;
	     i++)
		ok = ok && strvec_push(out, e->here.v[i]);
	strvec_sort(out);
	strvec_uniq(out);
	return ok ? 0 : err_nomem(err);
}

/* Nobody else has what is pushed nowhere, unless its stage ran here. */
static int is_elsewhere(struct run *r, const struct output *o,
			struct dver_err *err)
{
	int here = o->no_push ? store_has(r->s->store, &o->pointer.id, err)
			      : 1;

	if (here != 0)
		return MIN(here, 0);
	repo_note(r->ss->repo, DVER_NOTE_INFO, "'%s' is kept in no remote: "
		  "dver repro makes it", o->path);
	return 1;
}

/* One output: which version of which parts is wanted. */
static int choose(struct run *r, const struct target *t, size_t n,
		  struct dver_err *err)
{
	struct bring_item *item = &r->v[r->n];
	struct strvec *parts = &r->parts[r->n];
	struct strvec *without = &r->without[r->n];
	const struct pointer *p = &t->output->pointer;
	const struct recorded *e = record_find(&r->ss->record,
					       t->output->path);
	const struct output *old;
	bool moved, some;
	int ret;

	if (t->output->problem)
		return err_set(err, DVER_EFORMAT, "%s", t->output->problem);
	ret = is_elsewhere(r, t->output, err);
	if (ret != 0)
		return MIN(ret, 0);
	moved = e && e->kind && !r->opts->rev && !pointer_is_recorded(p, e);
	if (r->all && e && recorded_nothing(e) && !moved)
		return 0;	/* dropped: who wants it back names it */
	if (r->opts->rev) {
		old = outputs_find(&r->at, t->output->path);
		if (!old)
			return err_set(err, DVER_ENOTFOUND, "'%s' is not "
				       "tracked at '%s'", t->output->path,
				       r->opts->rev);
		p = &old->pointer;
	}
	item->path = t->output->path;
	item->want = scanned_of_pointer(p);
	r->pointers[r->n++] = t->output->pointer_path;
	item->follow = moved;
	item->keep_edits = r->everything && !r->opts->rev && !moved &&
			   e && e->kind && !e->unfinished;
	ret = choose_parts(r, t, n, e, moved, &some, parts, err);
	item->parts = some ? parts : NULL;
	for (size_t i = 0; r->all && e && e->dropped && i < e->lack.n; i++)
		if (!strvec_push(without, e->lack.v[i]))
			ret = err_nomem(err);
	item->without = without->n ? without : NULL;
	return ret;
}

/* What another branch left here goes, but for edits and other outputs. */
static int choose_gone(struct run *r, size_t i, struct dver_err *err)
{
	const char *path = r->gone.v[i];
	AUTO_FREE char *pointer = str_printf("%s%s", path, POINTER_SUFFIX);
	struct strvec *apart = &r->parts[r->n];
	struct output *inner;
	size_t n = outputs_below(&r->ss->outputs, path, &inner);

	if (!pointer || !strvec_push(&r->gone_pointers, pointer))
		return err_nomem(err);
	for (size_t j = 0; j < n; j++)
		if (!strvec_push(apart, inner[j].path + strlen(path) + 1))
			return err_nomem(err);
	r->v[r->n] = (struct bring_item){ .path = path, .apart = apart,
					  .keep_edits = true };
	r->pointers[r->n++] = r->gone_pointers.v[i];
	return 0;
}

static int find_gone(struct run *r, struct dver_err *err)
{
	AUTO_STRVEC struct strvec taken = STRVEC_INIT;
	int ret = r->everything && !r->opts->rev
		  ? gone_find(r->ss, &r->gone, &taken, err) : 0;

	for (size_t i = 0; ret == 0 && i < taken.n; i++)
		record_remove(&r->ss->record, taken.v[i]);
	return ret;
}

static int choose_all(struct run *r, struct dver_err *err)
{
	struct session *ss = r->ss;
	int ret = find_gone(r, err);
	size_t max = ss->n + r->gone.n + 1;

	if (ret < 0)
		return ret;
	r->v = mem_array(max, sizeof(*r->v));
	r->parts = mem_array(max, sizeof(*r->parts));
	r->without = mem_array(max, sizeof(*r->without));
	r->pointers = mem_array(max, sizeof(*r->pointers));
	if (!r->v || !r->parts || !r->without || !r->pointers)
		return err_nomem(err);
	for (size_t i = 0; ret == 0 && i < ss->n;) {
		size_t group = session_group(ss, i);

		ret = choose(r, &ss->targets[i], group, err);
		i += group;
	}
	for (size_t i = 0; ret == 0 && i < r->gone.n; i++)
		ret = choose_gone(r, i, err);
	return ret;
}

static bool is_same(const struct scanned *a, const struct scanned *b)
{
	return a->kind == b->kind && (!a->kind || oid_eq(&a->id, &b->id));
}

/* Nothing has changed yet: what undo needs is kept. */
static int begin(struct bring *b, struct dver_err *err)
{
	AUTO_UNDO struct undo u = UNDO_INIT;
	struct run *run = b->data;
	bool any = false;
	int r = 0;

	/* In a store that is another's nothing can be kept. */
	if (access(b->ss->repo->cache, W_OK) < 0)
		return 0;
	for (size_t i = 0; r == 0 && i < b->n; i++) {
		if (is_same(&b->v[i].before, &b->v[i].want))
			continue;
		any = true;
		r = undo_add_output(&u, b->ss, b->v[i].path, err);
		if (r == 0)
			r = undo_add_disk(&u, b->v[i].path, &b->v[i].before,
					  err);
	}
	if (r == 0 && any)
		r = bring_keep_trees(b, err);
	if (r < 0 || !any)
		return r;
	r = undo_write(&u, b->ss->repo, "checkout", err);
	if (r == 0)
		run->undo = u.seq;
	return r;
}

/* All that differed are edits that stayed: there is nothing to take back. */
static void forget_nothing(const struct run *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].failed ||
		    !is_same(&r->v[i].before, &r->v[i].now))
			return;
	if (r->undo)
		undo_forget(r->ss->repo, r->undo);
}

static int update_record(struct run *r, const struct bring_item *item,
			 struct dver_err *err)
{
	struct recorded *e;
	int ret = 0;

	/* A part of another version: the rest is still what it was. */
	if (r->opts->rev && item->parts)
		return 0;
	if (!item->want.kind)
		return record_remove(&r->ss->record, item->path), 0;
	e = record_put(&r->ss->record, item->path);
	if (!e)
		return err_nomem(err);
	e->chosen = r->opts->rev != NULL;
	if (e->chosen)
		e->over = outputs_find(&r->ss->outputs,
				       item->path)->pointer.id;
	if (item->parts && (!e->kind || !item->before.kind)) {
		/* Nothing was here: these parts are all that is. */
		recorded_whole(e);
		e->partial = true;
	} else if (!item->parts && !item->without) {
		recorded_whole(e);
	}
	recorded_set(e, &item->want);
	for (size_t i = 0; ret == 0 && item->parts && recorded_lacks(e) &&
			   i < item->parts->n; i++)
		ret = recorded_add_here(e, item->parts->v[i], err);
	for (size_t i = 0; ret == 0 && i < item->missing->n; i++)
		ret = recorded_add_lack(e, item->missing->v[i], err);
	return ret;
}

static int report(struct run *r, size_t i, struct dver_err *err)
{
	const struct bring_item *item = &r->v[i];
	struct counts n;

	if (!r->fn)
		return 0;
	if (counts_between(r->s->store, r->s->main_io, &item->before,
			   &item->now, &n, err) < 0)
		n = (struct counts){ 0, 0, 0 };
	return r->fn(r->data, &(struct dver_change){
		.path = item->path, .pointer = r->pointers[i],
		.directory = item->now.kind == TREE_DIR,
		.differs = !is_same(&item->now, &item->want),
		.added = n.added, .modified = n.modified,
		.deleted = n.deleted, .files = item->now.files,
		.bytes = item->now.bytes, .new_bytes = item->written,
	});
}

static int tell_missing(struct run *r, const struct bring_item *item,
			struct dver_err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < item->missing->n; i++) {
		const char *sub = item->missing->v[i];
		AUTO_FREE char *path = path_join(item->path, sub);
		struct walk_found f = { .id = item->want.id,
					.bytes = item->want.bytes };
		char hex[OID_HEX + 1];

		/* Of a tree that is not here nothing more is known. */
		if (*sub && walk_find(r->s->store, r->s->main_io,
				      &item->want.id, sub, &f, NULL) <= 0)
			f = (struct walk_found){ .bytes = 0 };
		ret = path ? r->opts->missing(r->opts->data,
				&(struct dver_missing){
					.output = item->path, .path = path,
					.id = oid_hex(hex, &f.id),
					.size = f.bytes,
					.commit = r->opts->rev })
			   : err_nomem(err);
	}
	return ret;
}

static void tell_kept(struct run *r, const struct bring_item *item)
{
	const char *slash = *item->kept ? "/" : "";

	if (item->want.kind)
		repo_note(r->ss->repo, DVER_NOTE_INFO, "'%s%s%s'%s was edited "
			  "and stays: dver checkout -f %s replaces it",
			  item->path, slash, item->kept,
			  item->nkept > 1 ? " and others" : "", item->path);
	else
		repo_note(r->ss->repo, DVER_NOTE_INFO, "'%s%s%s'%s has no "
			  "pointer here and stays: it is stored nowhere",
			  item->path, slash, item->kept,
			  item->nkept > 1 ? " and others" : "");
}

static int done(struct bring *b, size_t i, struct dver_err *err)
{
	struct run *r = b->data;
	int ret = r->opts->missing ? tell_missing(r, &r->v[i], err) : 0;

	if (ret < 0 || r->v[i].failed)
		return ret;
	if (r->v[i].nkept)
		tell_kept(r, &r->v[i]);
	ret = update_record(r, &r->v[i], err);
	return ret < 0 ? ret : report(r, i, err);
}

static int run_all(struct run *r, struct dver_err *err)
{
	struct bring b = { .ss = r->ss, .s = r->s, .force = r->opts->force,
			   .relink = r->opts->relink, .gentle = true,
			   .begin = begin, .done = done, .data = r };
	struct dver_err why;
	int ret = choose_all(r, err);
	int saved;

	b.v = r->v;
	b.n = r->n;
	if (ret == 0)
		ret = bring_run(&b, err);
	if (ret == 0)
		forget_nothing(r);
	/* What was done is recorded, also when the rest failed. */
	saved = session_save(r->ss, &why);
	if (saved < 0 && ret == 0)
		ret = err_set(err, saved, "%s", why.msg);
	bring_release(&b);
	return ret;
}

/* Is the workspace as a whole meant? */
static int is_everything(struct run *r, const char *const *targets, size_t n,
			 struct dver_err *err)
{
	r->everything = true;
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;
		int ret = repo_target(r->ss->repo, &path, targets[i], err);

		if (ret < 0)
			return ret;
		r->everything &= path.len == 0;
	}
	return 0;
}

int dver_checkout(struct dver_repo *repo, const char *const *targets,
		  size_t n, const struct dver_checkout_opts *opts,
		  dver_change_fn fn, void *data, struct dver_err *err)
{
	static const struct dver_checkout_opts none = { .force = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct run r = { .ss = &ss, .opts = opts ? opts : &none,
			 .all = n == 0, .fn = fn, .data = data };
	int ret = session_open(&ss, repo, SESSION_WRITE, targets, n, err);

	if (ret == 0)
		ret = session_targets(&ss, targets, n, err);
	if (ret == 0)
		ret = is_everything(&r, targets, n, err);
	if (ret == 0 && r.opts->rev)
		ret = outputs_at(&r.at, repo, r.opts->rev, err);
	if (ret == 0)
		ret = scanner_open(&s, repo, r.opts->force, err);
	r.s = s;
	if (ret == 0)
		ret = sizes_fill(&ss.outputs, s->store, s->main_io, err);
	if (ret == 0)
		ret = sizes_fill(&r.at, s->store, s->main_io, err);
	if (ret == 0)
		ret = run_all(&r, err);
	run_release(&r);
	return ret;
}
