/*
 * status - three ids an output: the pointer's, the disk's, and the one that
 * was checked out or added last.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/workspace.h"
#include "workspace/counts.h"
#include "workspace/exchange.h"
#include "workspace/gone.h"
#include "workspace/graft.h"
#include "workspace/merge.h"
#include "workspace/sizes.h"

struct looking {
	struct session *ss;
	struct scanner *s;
	const struct dver_status_opts *opts;
	struct scanned *disk;	/* owned; one a target */
	struct scan **scans;	/* owned */
	struct filescan *files;	/* owned */
	struct remote_view *remote; /* owned; NULL: not asked */
};

static void looking_release(struct looking *l)
{
	for (size_t i = 0; l->scans && i < l->ss->n; i++)
		scan_free(l->scans[i]);
	free(l->scans);
	free(l->disk);
	scan_files_free(l->files);
	remote_view_free(l->remote);
}

static int scan_folder(struct looking *l, size_t i, struct dver_err *err)
{
	const struct output *o = l->ss->targets[i].output;
	const struct recorded *e = record_find(&l->ss->record, o->path);
	struct scan_base base = session_base(l->ss, o->path);
	struct scanned disk;
	int r = scan_directory(&l->scans[i], l->s, o->path, &base, &disk, err);

	l->disk[i] = disk;
	/* Ignored files alone, and nothing is to be here: it is not here. */
	if (r == 0 && (!e || !e->kind || recorded_nothing(e)) &&
	    scan_only_ignored(l->scans[i]))
		l->disk[i].kind = 0;
	else if (r == 0 && e && e->kind == ROOT_TREE && recorded_lacks(e))
		r = graft_absent(l->s, e, "", &e->id, &disk, &l->disk[i],
				 err);
	/* Trees of what is missing may be nowhere: then the disk decides. */
	return r == DVER_EMISSING ? 0 : r;
}

static int scan_single(struct looking *l, struct dver_err *err)
{
	struct session *ss = l->ss;
	AUTO_FREE const char **paths = mem_array(ss->n + 1, sizeof(*paths));
	AUTO_FREE struct scanned *found = mem_array(ss->n + 1,
						    sizeof(*found));
	size_t n = 0;
	int r;

	if (!paths || !found)
		return err_nomem(err);
	for (size_t i = 0; i < ss->n; i++)
		if (l->disk[i].kind == TREE_FILE)
			paths[n++] = ss->targets[i].output->path;
	if (n == 0)
		return 0;
	r = scan_files(&l->files, l->s, paths, n, found, err);
	n = 0;
	for (size_t i = 0; r == 0 && i < ss->n; i++)
		if (l->disk[i].kind == TREE_FILE)
			l->disk[i] = found[n++];
	return r;
}

static int scan_all(struct looking *l, struct dver_err *err)
{
	struct session *ss = l->ss;
	int r = 0;

	l->disk = mem_array(ss->n + 1, sizeof(*l->disk));
	l->scans = mem_array(ss->n + 1, sizeof(*l->scans));
	if (!l->disk || !l->scans)
		return err_nomem(err);
	repo_phase(ss->repo, "comparing");
	for (size_t i = 0; r == 0 && i < ss->n; i++) {
		int kind;

		if (ss->targets[i].output->problem)
			continue;
		kind = scan_kind(l->s, ss->targets[i].output->path, err);
		l->disk[i].kind = (enum tree_kind)MAX(kind, 0);
		r = kind == TREE_DIR ? scan_folder(l, i, err) : MIN(kind, 0);
	}
	return r < 0 ? r : scan_single(l, err);
}

/* A file that was deleted here comes back with a checkout. */
static int in_the_way(void *data, const struct merge_conflict *c,
		      enum merge_side *side, struct dver_err *err)
{
	bool *stops = data;

	(void)side;
	(void)err;
	*stops |= c->ours != NULL;
	return 0;
}

/*
 * The pointer moved: is there an edit of what it changes?  Files that nobody
 * added and edits elsewhere block no checkout, and what an interrupted one
 * has made is no edit.  *after is what a checkout makes of it.
 */
static bool collides(struct looking *l, const struct scanned *disk,
		     const struct scanned *want, const struct recorded *e,
		     struct scanned *after)
{
	bool known = e && e->kind && !e->unfinished;
	bool stops = false;
	struct merge m = { .s = l->s, .conflict = in_the_way, .data = &stops };

	*after = *want;
	if (known && scanned_is_recorded(disk, e))
		return false;
	if (disk->kind != TREE_DIR || (want->kind && want->kind != TREE_DIR) ||
	    (known && e->kind != ROOT_TREE))
		return true;
	/* Where trees are nowhere nothing can be told. */
	if (merge_trees(&m, known ? &e->id : NULL, &disk->id,
			want->kind ? &want->id : NULL, after, NULL) < 0) {
		*after = *want;
		return true;
	}
	return stops;
}

static enum dver_state judge(struct looking *l, const struct scanned *disk,
			     const struct pointer *p, const struct recorded *e,
			     struct scanned *after)
{
	struct scanned want;

	*after = scanned_of_pointer(p);
	if (!disk->kind)
		return DVER_NOT_HERE;
	if (scanned_is_pointer(disk, p))
		return DVER_CLEAN;
	if (!pointer_moved(p, e))
		return DVER_CHANGED;
	want = *after;
	return collides(l, disk, &want, e, after) ? DVER_CONFLICT : DVER_BEHIND;
}

static void count(struct looking *l, const struct scanned *from,
		  const struct scanned *to, struct dver_status *st)
{
	struct counts c = { 0, 0, 0 };

	/* The old tree may be in no store that can be asked. */
	if (counts_between(l->s->store, l->s->main_io, from, to, &c, NULL) < 0)
		c = (struct counts){ 0, 0, 0 };
	st->added = c.added;
	st->modified = c.modified;
	st->deleted = c.deleted;
}

/* Files of the pointer that are not on the disk because nobody fetched them. */
static uint64_t absent(struct looking *l, size_t i, const struct recorded *e,
		       const struct dver_status *st)
{
	const struct scanned *d = &l->disk[i];

	if (!d->kind)
		return st->files;
	if (!e || e->kind != ROOT_TREE || !recorded_lacks(e) || !l->scans[i])
		return 0;
	return d->files - MIN(scan_files_here(l->scans[i]), d->files);
}

static int tell(struct looking *l, size_t i,
		int (*fn)(void *data, const struct dver_status *st),
		void *data, struct dver_err *err)
{
	const struct output *o = l->ss->targets[i].output;
	const struct recorded *e = record_find(&l->ss->record, o->path);
	struct scanned want = scanned_of_pointer(&o->pointer);
	struct scanned after;
	struct dver_status st = {
		.path = o->path, .pointer = o->pointer_path,
		.stage = o->stage,
		.directory = want.kind == TREE_DIR, .problem = o->problem,
		.files = want.files, .bytes = want.bytes,
		.state = DVER_BROKEN,
	};
	int r = 0;

	if (!o->problem) {
		st.state = judge(l, &l->disk[i], &o->pointer, e, &after);
		st.absent = absent(l, i, e, &st);
		st.stored = st.state == DVER_NOT_HERE && !st.directory &&
			    store_has(l->s->store, &o->pointer.id, NULL) > 0;
		if (st.state == DVER_BEHIND)
			count(l, &l->disk[i], &after, &st);
		else if (st.state != DVER_CLEAN && st.state != DVER_NOT_HERE)
			count(l, &want, &l->disk[i], &st);
		if (l->remote)
			r = remote_view_lacks(l->remote, o->pointer.kind,
					      &o->pointer.id, st.bytes,
					      &st.push_files, &st.push_bytes,
					      err);
	}
	if (r < 0 || (st.state == DVER_CLEAN && !st.push_files &&
		      !st.absent && !l->opts->all))
		return r;
	return fn(data, &st);
}

/* Its pointer went with a switch of branches. */
static int tell_gone(struct looking *l, const char *path,
		     int (*fn)(void *data, const struct dver_status *st),
		     void *data, struct dver_err *err)
{
	const struct recorded *e = record_find(&l->ss->record, path);
	AUTO_FREE char *pointer = str_printf("%s%s", path, POINTER_SUFFIX);
	struct scanned nothing = { .kind = 0 };
	struct scanned disk = nothing, after;
	struct scan_base base = session_base(l->ss, path);
	struct scan *sc = NULL;
	struct filescan *f = NULL;
	int kind = scan_kind(l->s, path, err);
	struct dver_status st = { .path = path, .pointer = pointer,
				  .directory = kind == TREE_DIR };
	int r = pointer ? MIN(kind, 0) : err_nomem(err);

	if (r == 0 && kind == TREE_DIR)
		r = scan_directory(&sc, l->s, path, &base, &disk, err);
	else if (r == 0 && kind)
		r = scan_files(&f, l->s, &path, 1, &disk, err);
	if (r == 0 && kind && !(sc && scan_only_ignored(sc))) {
		st.state = DVER_BEHIND;
		/* Edits stay. */
		if (collides(l, &disk, &nothing, e, &after) && disk.kind !=
		    TREE_DIR)
			after = disk;
		count(l, &disk, &after, &st);
		r = fn(data, &st);
	}
	scan_free(sc);
	scan_files_free(f);
	return r;
}

static int run(struct looking *l, const struct strvec *gone,
	       int (*fn)(void *data, const struct dver_status *st),
	       void *data, struct dver_err *err)
{
	struct dver_repo *repo = l->ss->repo;
	int r = scan_all(l, err);

	if (r == 0 && l->opts->remote)
		r = remote_view_open(&l->remote, repo, l->s,
				     *l->opts->remote ? l->opts->remote : NULL,
				     err);
	for (size_t i = 0; r == 0 && i < l->ss->n; i++)
		r = tell(l, i, fn, data, err);
	for (size_t i = 0; r == 0 && i < gone->n; i++)
		r = tell_gone(l, gone->v[i], fn, data, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < l->ss->n; i++)
		scan_save(l->scans[i]);
	scan_files_save(l->files);
	return r;
}

/* A part of an output stands for all of it here. */
static void whole_outputs(struct session *ss)
{
	for (size_t i = 0; i < ss->n; i++)
		ss->targets[i].sub[0] = '\0';
	session_sort(ss);
}

int dver_status(struct dver_repo *repo, const char *const *targets, size_t n,
		const struct dver_status_opts *opts,
		int (*fn)(void *data, const struct dver_status *st),
		void *data, struct dver_err *err)
{
	static const struct dver_status_opts none = { .all = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	AUTO_STRVEC struct strvec gone = STRVEC_INIT;
	struct looking l = { .ss = &ss, .opts = opts ? opts : &none };
	struct reading_remote rr;
	int r = session_open(&ss, repo, SESSION_READ, targets, n, err);

	if (r == 0)
		r = session_targets(&ss, targets, n, err);
	if (r == 0 && n == 0)
		r = gone_find(&ss, &gone, NULL, err);
	if (r < 0)
		return r;
	whole_outputs(&ss);
	r = scanner_open(&s, repo, false, err);
	if (r == 0)
		r = sizes_fill(&ss.outputs, s->store, s->main_io, err);
	if (r < 0)
		return r;
	l.s = s;
	reading_begin(&rr, repo, s->store);
	r = run(&l, &gone, fn, data, err);
	reading_end(&rr, s->store);
	looking_release(&l);
	return r;
}
