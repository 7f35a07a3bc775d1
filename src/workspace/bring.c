#include "workspace/bring.h"

#include <errno.h>
#include <inttypes.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/checkout_internal.h"
#include "workspace/keep.h"

static void checkout_free(struct checkout *c)
{
	if (!c)
		return;
	materialize_cleanup(c);
	statidx_out_discard(c->index);
	strvec_release(&c->missing);
	strvec_release(&c->conflicts);
	strvec_release(&c->kept);
	pthread_mutex_destroy(&c->mutex);
	if (c->tmp_fd >= 0)
		(void)os_close(c->tmp_fd);
	free(c->tmp);
	free(c);
}

void bring_release(struct bring *b)
{
	for (size_t i = 0; b->checkouts && i < b->n; i++) {
		checkout_free(b->checkouts[i]);
		scan_free(b->scans[i]);
	}
	free(b->checkouts);
	free(b->scans);
	scan_files_free(b->files);
	tmpdir_free(b->tmp);
	reading_release(&b->rr);
	b->checkouts = NULL;
	b->scans = NULL;
	b->files = NULL;
	b->tmp = NULL;
}

/* What lies there under a name that is wanted is looked at, too. */
static struct scan_base base_of(const struct checkout *c)
{
	struct scan_base base = { .n = 0 };

	scan_base_add(&base, &c->was);
	scan_base_add(&base, &c->want);
	return base;
}

static struct checkout *checkout_new(struct bring *b,
				     const struct bring_item *item)
{
	struct checkout *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->mutex, NULL);
	c->tmp_fd = -1;
	c->ss = b->ss;
	c->s = b->s;
	c->rr = &b->rr;
	c->relink = b->relink;
	c->path = item->path;
	c->want = item->want;
	c->was = scanned_of_recorded(record_find(&b->ss->record, item->path));
	/* Asked for what is recorded already, edits are in question. */
	c->gentle = b->gentle && !b->force &&
		    !(c->was.kind == c->want.kind &&
		      oid_eq(&c->was.id, &c->want.id));
	c->parts = item->parts;
	c->without = item->without;
	c->apart = item->apart;
	c->follow = item->follow;
	c->keep_edits = item->keep_edits && !b->force;
	c->force = b->force;
	return c;
}

/* One output: what is wanted, what is there, what was. */
static int prepare(struct bring *b, size_t i, struct dver_err *err)
{
	struct checkout *c = checkout_new(b, &b->v[i]);
	struct scan_base base;
	int kind;

	if (!c)
		return err_nomem(err);
	b->checkouts[i] = c;
	base = base_of(c);
	kind = scan_kind(b->s, c->path, err);
	if (kind == TREE_DIR)
		return scan_directory(&b->scans[i], b->s, c->path, &base,
				      &c->disk, err);
	if (kind == TREE_FILE)
		c->disk.kind = TREE_FILE;
	return MIN(kind, 0);
}

static int scan_single_files(struct bring *b, struct dver_err *err)
{
	AUTO_FREE const char **paths = mem_array(b->n + 1, sizeof(*paths));
	AUTO_FREE struct scanned *found = mem_array(b->n + 1, sizeof(*found));
	size_t n = 0;
	int r;

	if (!paths || !found)
		return err_nomem(err);
	for (size_t i = 0; i < b->n; i++)
		if (b->checkouts[i]->disk.kind == TREE_FILE)
			paths[n++] = b->v[i].path;
	if (n == 0)
		return 0;
	scan_files_free(b->files);
	b->files = NULL;
	r = scan_files(&b->files, b->s, paths, n, found, err);
	n = 0;
	for (size_t i = 0; r == 0 && i < b->n; i++)
		if (b->checkouts[i]->disk.kind == TREE_FILE)
			b->checkouts[i]->disk = found[n++];
	return r;
}

static int prepare_all(struct bring *b, struct dver_err *err)
{
	int r = 0;

	b->rr = (struct reading_remote){ .repo = b->ss->repo };
	b->checkouts = mem_array(b->n + 1, sizeof(*b->checkouts));
	b->scans = mem_array(b->n + 1, sizeof(*b->scans));
	if (!b->checkouts || !b->scans)
		return err_nomem(err);
	repo_phase(b->ss->repo, "comparing");
	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = prepare(b, i, err);
	if (r == 0)
		r = scan_single_files(b, err);
	for (size_t i = 0; r == 0 && i < b->n; i++)
		b->v[i].before = b->checkouts[i]->disk;
	return r;
}

static int find_conflicts(struct bring *b, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		struct checkout *c = b->checkouts[i];
		const char *first;

		r = checkout_walk(c, false, err);
		/* A tree that is not here has nothing to lose it to. */
		if (r == DVER_EMISSING && !b->strict)
			r = 0;
		b->v[i].nkept = c->nkept;
		b->v[i].kept = c->nkept ? c->kept.v[0] : NULL;
		if (r < 0 || c->nconflicts == 0)
			continue;
		first = c->conflicts.v[0];
		return err_set(err, DVER_ECONFLICT, "'%s%s%s'%s would be lost: "
			       "it was changed here and is stored nowhere; "
			       "dver add keeps it, --force stores it first",
			       c->path, *first ? "/" : "", first,
			       c->nconflicts > 1 ? " and others" : "");
	}
	return r;
}

/* Where the output's parent lies, so that a rename can move files in. */
static int open_tmp(struct bring *b, struct checkout *c, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(c->path);
	AUTO_CLOSE int at = -1;
	struct os_stat here, meta;

	if (!dir)
		return err_nomem(err);
	if (!streq(dir, ".") && c->want.kind &&
	    os_mkdirs_beneath(b->s->root_fd, dir, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", dir);
	at = os_open_beneath(b->s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	if (at < 0 && errno == ENOENT && !c->want.kind)
		return 0;
	if (at < 0 || os_fstat(at, &here) < 0 ||
	    os_stat(b->ss->repo->meta, &meta, false) < 0)
		return err_sys(err, "cannot open folder '%s'", dir);
	if (here.dev != meta.dev)
		return err_set(err, DVER_EUNSUPPORTED, "'%s' lies on another "
			       "file system than '%s': a checkout cannot move "
			       "files there", c->path, b->ss->repo->meta);
	c->tmp = str_printf("%s/%s", tmpdir_path(b->tmp), "w");
	if (!c->tmp)
		return err_nomem(err);
	(void)os_mkdir(c->tmp, 0777);
	c->tmp_fd = os_open(c->tmp, O_RDONLY | O_DIRECTORY, 0);
	return c->tmp_fd < 0 ? err_sys(err, "cannot open '%s'", c->tmp) : 0;
}

static int start_index(struct checkout *c, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	int r;

	if (c->disk.kind || c->parts || c->without ||
	    c->want.kind != TREE_DIR)
		return 0;
	r = scan_index_path(c->s, &path, c->path, err);
	return r < 0 ? r : statidx_out_new(&c->index, path.data, NULL, err);
}

static int apply(struct bring *b, size_t i, struct dver_err *err)
{
	struct checkout *c = b->checkouts[i];
	int r = open_tmp(b, c, err);
	int w;

	if (r == 0)
		r = start_index(c, err);
	if (r == 0)
		r = checkout_walk(c, true, err);
	w = pool_wait(c->s->pool, r < 0 ? NULL : err);
	r = r < 0 ? r : w;
	if (r == DVER_EMISSING) {
		b->nmissing++;
		b->v[i].failed = true;
		if (!b->why_missing.code && err)
			b->why_missing = *err;
		return 0;
	}
	return r;
}

/* What is on the disk now: known if the folder is all new, else scanned. */
static int look_again(struct bring *b, size_t i, struct scanned *now,
		      struct dver_err *err)
{
	struct checkout *c = b->checkouts[i];
	int kind = scan_kind(b->s, c->path, err);

	*now = (struct scanned){ .kind = 0 };
	if (c->index && kind == TREE_DIR && c->missing.n == 0) {
		*now = c->want;
		now->bytes = c->root.d.bytes;
		now->files = c->root.d.files;
		(void)statidx_out_commit(&c->index, &c->root, b->s->stamp,
					 atomic_load(&c->live), NULL);
		return 0;
	}
	if (kind == TREE_DIR) {
		struct scan_base base = base_of(c);

		scan_free(b->scans[i]);
		b->scans[i] = NULL;
		kind = scan_directory(&b->scans[i], b->s, c->path, &base, now,
				      err);
		if (kind == 0)
			scan_save(b->scans[i]);
		return kind;
	}
	if (kind == TREE_FILE)
		*now = c->want.kind && !c->nkept ? c->want : c->disk;
	return MIN(kind, 0);
}

static bool is_there(const struct checkout *c)
{
	return c->disk.kind == c->want.kind &&
	       (!c->disk.kind || oid_eq(&c->disk.id, &c->want.id));
}

/* Nothing of it came: nothing is known of it that was not before. */
static bool came_to_nothing(const struct checkout *c)
{
	return c->missing.n && (c->want.kind != TREE_DIR ||
				strvec_has(&c->missing, ""));
}

static bool changes(const struct bring_item *item)
{
	return item->before.kind != item->want.kind ||
	       (item->want.kind && !oid_eq(&item->before.id, &item->want.id));
}

/*
 * Killed midway, the disk of such an output would look as if somebody had
 * deleted or edited it.  (Where the pointer moved, the record tells.)
 */
static int mark_unfinished(struct bring *b, struct dver_err *err)
{
	struct session *ss = b->ss;
	bool any = false;

	for (size_t i = 0; !b->recorded && i < b->n; i++) {
		const char *path = b->v[i].path;
		struct recorded *e = record_find(&ss->record, path);
		const struct output *o = outputs_find(&ss->outputs, path);

		if (!e || !o || o->problem || !changes(&b->v[i]) ||
		    pointer_moved(&o->pointer, e))
			continue;
		e->unfinished = any = true;
	}
	return any ? session_save(ss, err) : 0;
}

static void ended(struct bring *b, const struct bring_item *item)
{
	struct recorded *e = record_find(&b->ss->record, item->path);

	if (e)
		e->unfinished = false;
}

static int one(struct bring *b, size_t i, struct dver_err *err)
{
	struct checkout *c = b->checkouts[i];
	struct bring_item *item = &b->v[i];
	int r;

	item->missing = &c->missing;
	if (is_there(c) && !b->relink) {
		ended(b, item);
		scan_save(b->scans[i]);
		item->now = c->disk;
		return b->done(b, i, err);
	}
	r = apply(b, i, err);
	if (r < 0)
		return r;
	if (c->missing.n) {
		b->nmissing += c->missing.n;
		if (!b->why_missing.code)
			b->why_missing = c->why_missing;
	}
	if (!item->failed || came_to_nothing(c))
		ended(b, item);
	item->failed |= came_to_nothing(c);
	item->written = atomic_load(&c->written);
	if (!item->failed)
		r = look_again(b, i, &item->now, err);
	return r < 0 ? r : b->done(b, i, err);
}

/* Stats of outputs that are single files, as they are now. */
static void save_files(struct bring *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct checkout *c = b->checkouts[i];
		int kind = c->want.kind == TREE_DIR
			   ? 0 : scan_kind(b->s, c->path, NULL);

		c->disk.kind = kind == TREE_FILE ? TREE_FILE : 0;
	}
	if (scan_single_files(b, NULL) == 0)
		scan_files_save(b->files);
}

static void tell_totals(struct bring *b)
{
	struct dver_repo *repo = b->ss->repo;
	uint64_t files = 0, bytes = 0;

	repo_phase(repo, "checking out");
	for (size_t i = 0; i < b->n; i++) {
		files += b->v[i].want.files;
		bytes += b->v[i].want.bytes;
	}
	atomic_store(&repo->files_total, files);
	atomic_store(&repo->bytes_total, bytes);
}

int bring_run(struct bring *b, struct dver_err *err)
{
	struct writer_stats st;
	int r = prepare_all(b, err);

	/* What will be overwritten goes to the store first. */
	if (r == 0 && b->force)
		r = scanner_commit(b->s, &st, err);
	if (r == 0)
		r = find_conflicts(b, err);
	if (r == 0)
		r = tmpdir_new(&b->tmp, b->ss->repo->meta, err);
	if (r == 0 && b->begin)
		r = b->begin(b, err);
	if (r == 0)
		r = mark_unfinished(b, err);
	if (r < 0)
		return r;
	tell_totals(b);
	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = one(b, i, err);
	if (r == 0)
		save_files(b);
	if (r == 0 && b->nmissing)
		r = err_set(err, DVER_EMISSING, "%" PRIu64 " of the files "
			    "are not in the local store: %s", b->nmissing,
			    b->why_missing.msg);
	return r;
}

int bring_keep_trees(struct bring *b, struct dver_err *err)
{
	AUTO_KEEP struct keep keep = { .s = b->s };
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++)
		if (b->v[i].before.kind == TREE_DIR)
			r = keep_tree(&keep, &b->v[i].before.id, err);
	return r < 0 ? r : keep_commit(&keep, err);
}

static void note_left(struct bring *b, const char *path)
{
	if (scan_kind(b->s, path, NULL) == TREE_DIR)
		repo_note(b->ss->repo, DVER_NOTE_INFO, "'%s' stays: in it are "
			  "files that nobody added", path);
}

void bring_note_left(struct bring *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct bring_item *item = &b->v[i];

		if (!item->before.kind)
			continue;
		if (!item->parts)
			note_left(b, item->path);
		for (size_t j = 0; item->parts && j < item->parts->n; j++) {
			AUTO_FREE char *path = path_join(item->path,
							 item->parts->v[j]);

			if (path)
				note_left(b, path);
		}
	}
}
