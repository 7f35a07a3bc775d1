/*
 * checkout - the pointer becomes the disk.
 *
 * All outputs are compared first; nothing is touched while one of them has
 * changes that are stored nowhere.  Then output after output is brought up to
 * date, and the record is written at the end: until then a pointer that moved
 * still shows as behind, and the same command finishes the job.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/checkout_internal.h"
#include "workspace/graft.h"

struct run {
	struct session *ss;
	struct scanner *s;
	const struct dver_checkout_opts *opts;
	struct outputs at;		/* of opts->rev */
	struct checkout **v;		/* owned */
	struct scan **scans;		/* owned; NULL: no folder there */
	struct strvec *parts;		/* owned; one a checkout */
	size_t n;
	struct tmpdir *tmp;		/* owned */
	struct filescan *files;
	bool all;			/* nothing was named */
	struct dver_err missing;
	uint64_t nmissing;
};

static void checkout_free(struct checkout *c)
{
	if (!c)
		return;
	materialize_cleanup(c);
	statidx_out_discard(c->index);
	strvec_release(&c->missing);
	strvec_release(&c->conflicts);
	pthread_mutex_destroy(&c->mutex);
	if (c->tmp_fd >= 0)
		(void)os_close(c->tmp_fd);
	free(c->tmp);
	free(c);
}

static void run_release(struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		checkout_free(r->v[i]);
		scan_free(r->scans[i]);
		strvec_release(&r->parts[i]);
	}
	free(r->v);
	free(r->scans);
	free(r->parts);
	scan_files_free(r->files);
	outputs_release(&r->at);
	tmpdir_free(r->tmp);
}

/* Which parts of an output: none listed is all of it. */
static int choose_parts(struct run *r, const struct target *t, size_t n,
			const struct recorded *e, const struct pointer *p,
			struct strvec *out, struct dver_err *err)
{
	bool moved = e && e->kind && !pointer_is_recorded(p, e);
	bool ok = true;

	if (*t->sub == '\0' && (!r->all || !e || !e->partial))
		return 0;
	for (size_t i = 0; i < n && *t->sub; i++)
		ok = ok && strvec_push(out, t[i].sub);
	/* A tree has one version here: what is here moves along. */
	if (e && moved && !r->opts->rev && !e->partial) {
		strvec_clear(out);
		return 0;
	}
	for (size_t i = 0; e && e->partial && !r->opts->rev &&
			   (moved || !*t->sub) && i < e->here.n; i++)
		ok = ok && strvec_push(out, e->here.v[i]);
	strvec_sort(out);
	strvec_uniq(out);
	return ok ? 0 : err_nomem(err);
}

static struct checkout *checkout_new(struct run *r, const char *path)
{
	struct checkout *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->mutex, NULL);
	c->tmp_fd = -1;
	c->ss = r->ss;
	c->s = r->s;
	c->opts = r->opts;
	c->path = path;
	return c;
}

/* One output: what is wanted, what is there, what was. */
static int prepare(struct run *r, size_t i, const struct target *t, size_t n,
		   struct dver_err *err)
{
	const char *path = t->output->path;
	const struct pointer *p = &t->output->pointer;
	const struct output *old;
	struct checkout *c = r->v[i] = checkout_new(r, path);
	int kind, ret;

	if (!c)
		return err_nomem(err);
	if (r->opts->rev) {
		old = outputs_find(&r->at, path);
		if (!old)
			return err_set(err, DVER_ENOTFOUND, "'%s' is not "
				       "tracked at '%s'", path, r->opts->rev);
		p = &old->pointer;
	}
	c->recorded = record_find(&r->ss->record, path);
	c->want = scanned_of_pointer(p);
	c->was = scanned_of_recorded(c->recorded);
	ret = choose_parts(r, t, n, c->recorded, p, &r->parts[i], err);
	c->parts = r->parts[i].n ? &r->parts[i] : NULL;
	if (ret < 0)
		return ret;
	kind = scan_kind(r->s, path, err);
	if (kind == TREE_DIR)
		return scan_directory(&r->scans[i], r->s, path, &c->disk, err);
	if (kind == TREE_FILE)
		c->disk.kind = TREE_FILE;
	return MIN(kind, 0);
}

static int scan_single_files(struct run *r, struct dver_err *err)
{
	AUTO_FREE const char **paths = mem_array(r->n + 1, sizeof(*paths));
	AUTO_FREE struct scanned *found = mem_array(r->n + 1, sizeof(*found));
	size_t n = 0;
	int ret;

	if (!paths || !found)
		return err_nomem(err);
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i]->disk.kind == TREE_FILE)
			paths[n++] = r->v[i]->path;
	if (n == 0)
		return 0;
	scan_files_free(r->files);
	r->files = NULL;
	ret = scan_files(&r->files, r->s, paths, n, found, err);
	n = 0;
	for (size_t i = 0; ret == 0 && i < r->n; i++)
		if (r->v[i]->disk.kind == TREE_FILE)
			r->v[i]->disk = found[n++];
	return ret;
}

static int count_groups(const struct session *ss)
{
	int groups = 0;

	for (size_t i = 0; i < ss->n; i += session_group(ss, i))
		groups++;
	return groups;
}

static int prepare_all(struct run *r, struct dver_err *err)
{
	struct session *ss = r->ss;
	size_t groups = (size_t)count_groups(ss);
	int ret = 0;

	r->v = mem_array(groups + 1, sizeof(*r->v));
	r->scans = mem_array(groups + 1, sizeof(*r->scans));
	r->parts = mem_array(groups + 1, sizeof(*r->parts));
	if (!r->v || !r->scans || !r->parts)
		return err_nomem(err);
	repo_phase(ss->repo, "comparing");
	for (size_t i = 0; ret == 0 && i < ss->n;) {
		size_t group = session_group(ss, i);

		if (ss->targets[i].output->problem)
			return err_set(err, DVER_EFORMAT, "%s",
				       ss->targets[i].output->problem);
		ret = prepare(r, r->n++, &ss->targets[i], group, err);
		i += group;
	}
	return ret < 0 ? ret : scan_single_files(r, err);
}

static int find_conflicts(struct run *r, struct dver_err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < r->n; i++) {
		struct checkout *c = r->v[i];
		const char *first;

		ret = checkout_walk(c, false, err);
		/* A tree that is not here has nothing to lose it to. */
		if (ret == DVER_EMISSING)
			ret = 0;
		if (ret < 0 || c->nconflicts == 0)
			continue;
		first = c->conflicts.v[0];
		return err_set(err, DVER_ECONFLICT, "'%s%s%s'%s would be lost: "
			       "it was changed here and is stored nowhere; "
			       "dver add keeps it, --force stores and replaces "
			       "it", c->path, *first ? "/" : "", first,
			       c->nconflicts > 1 ? " and others" : "");
	}
	return ret;
}

/* Where the output's parent lies, so that a rename can move files in. */
static int open_tmp(struct run *r, struct checkout *c, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(c->path);
	AUTO_CLOSE int at = -1;
	struct os_stat here, meta;

	if (!dir)
		return err_nomem(err);
	if (!streq(dir, ".") &&
	    os_mkdirs_beneath(r->s->root_fd, dir, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", dir);
	at = os_open_beneath(r->s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	if (at < 0 || os_fstat(at, &here) < 0 ||
	    os_stat(r->ss->repo->meta, &meta, false) < 0)
		return err_sys(err, "cannot open folder '%s'", dir);
	if (here.dev != meta.dev)
		return err_set(err, DVER_EUNSUPPORTED, "'%s' lies on another "
			       "file system than '%s': a checkout cannot move "
			       "files there", c->path, r->ss->repo->meta);
	c->tmp = str_printf("%s/%s", tmpdir_path(r->tmp), "w");
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

	if (c->disk.kind || c->parts || c->want.kind != TREE_DIR)
		return 0;
	r = scan_index_path(c->s, &path, c->path, err);
	return r < 0 ? r : statidx_out_new(&c->index, path.data, NULL, err);
}

static int apply(struct run *r, struct checkout *c, struct dver_err *err)
{
	int ret = open_tmp(r, c, err);
	int w;

	if (ret == 0)
		ret = start_index(c, err);
	if (ret == 0)
		ret = checkout_walk(c, true, err);
	w = pool_wait(c->s->pool, ret < 0 ? NULL : err);
	ret = ret < 0 ? ret : w;
	if (ret == DVER_EMISSING) {
		r->nmissing++;
		if (!r->missing.code && err)
			r->missing = *err;
		return 1;
	}
	return ret;
}

/* What is on the disk now: known if the folder is all new, else scanned. */
static int look_again(struct run *r, size_t i, struct scanned *now,
		      struct dver_err *err)
{
	struct checkout *c = r->v[i];
	int kind = scan_kind(r->s, c->path, err);

	*now = (struct scanned){ .kind = 0 };
	if (c->index && kind == TREE_DIR && c->missing.n == 0) {
		*now = c->want;
		now->bytes = c->root.d.bytes;
		now->files = c->root.d.files;
		(void)statidx_out_commit(&c->index, &c->root, r->s->stamp,
					 atomic_load(&c->live), NULL);
		return 0;
	}
	if (kind == TREE_DIR) {
		scan_free(r->scans[i]);
		r->scans[i] = NULL;
		kind = scan_directory(&r->scans[i], r->s, c->path, now, err);
		if (kind == 0)
			scan_save(r->scans[i]);
		return kind;
	}
	if (kind == TREE_FILE)
		*now = c->want;
	return MIN(kind, 0);
}

static int update_record(struct run *r, struct checkout *c,
			 struct dver_err *err)
{
	struct recorded *e;
	int ret = 0;

	/* A part of another version: the rest is still what it was. */
	if (r->opts->rev && c->parts)
		return 0;
	e = record_put(&r->ss->record, c->path);
	if (!e)
		return err_nomem(err);
	e->chosen = r->opts->rev != NULL;
	if (c->parts && (!e->kind || !c->disk.kind)) {
		/* Nothing was here: these parts are all that is. */
		recorded_whole(e);
		e->partial = true;
	} else if (!c->parts) {
		recorded_whole(e);
	}
	recorded_set(e, &c->want);
	for (size_t i = 0; ret == 0 && c->parts && recorded_lacks(e) &&
			   i < c->parts->n; i++)
		ret = recorded_add_here(e, c->parts->v[i], err);
	for (size_t i = 0; ret == 0 && i < c->missing.n; i++)
		ret = recorded_add_lack(e, c->missing.v[i], err);
	return ret;
}

static int report(struct run *r, struct checkout *c, const struct scanned *now,
		  const char *pointer, dver_change_fn fn, void *data,
		  struct dver_err *err)
{
	struct counts n;

	if (!fn)
		return 0;
	if (counts_between(r->s->store, r->s->main_io, &c->disk, now, &n,
			   err) < 0)
		n = (struct counts){ 0, 0, 0 };
	return fn(data, &(struct dver_change){
		.path = c->path, .pointer = pointer,
		.directory = now->kind == TREE_DIR,
		.added = n.added, .modified = n.modified,
		.deleted = n.deleted, .files = now->files,
		.bytes = now->bytes, .new_bytes = atomic_load(&c->written),
	});
}

static int one(struct run *r, size_t i, const char *pointer,
	       dver_change_fn fn, void *data, struct dver_err *err)
{
	struct checkout *c = r->v[i];
	struct scanned now;
	bool nothing = scanned_is_pointer(&c->disk, &(struct pointer){
		.kind = c->want.kind == TREE_DIR ? ROOT_TREE : ROOT_FILE,
		.exec = c->want.kind == TREE_EXEC, .id = c->want.id });
	int ret;

	if (nothing && !r->opts->relink) {
		scan_save(r->scans[i]);
		ret = update_record(r, c, err);
		return ret < 0 ? ret : report(r, c, &c->disk, pointer, fn,
					      data, err);
	}
	ret = apply(r, c, err);
	if (ret != 0)
		return MIN(ret, 0);
	if (c->missing.n) {
		r->nmissing += c->missing.n;
		if (!r->missing.code)
			r->missing = c->why_missing;
	}
	/* Nothing of it came: nothing is known of it that was not before. */
	if (c->missing.n && (c->want.kind != TREE_DIR ||
			     strvec_has(&c->missing, "")))
		return 0;
	ret = look_again(r, i, &now, err);
	if (ret == 0)
		ret = update_record(r, c, err);
	return ret < 0 ? ret : report(r, c, &now, pointer, fn, data, err);
}

static int save_files(struct run *r, struct dver_err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		struct checkout *c = r->v[i];

		c->disk.kind = c->want.kind == TREE_DIR
			       ? 0 : (enum tree_kind)MAX(
					scan_kind(r->s, c->path, NULL), 0);
		if (c->disk.kind == TREE_DIR)
			c->disk.kind = 0;
	}
	if (scan_single_files(r, err) == 0)
		scan_files_save(r->files);
	return 0;
}

/* With --force: what will be overwritten goes to the store first. */
static int store_first(struct run *r, struct dver_err *err)
{
	struct writer_stats st;

	if (!r->opts->force)
		return 0;
	return scanner_commit(r->s, &st, err);
}

static int run_all(struct run *r, dver_change_fn fn, void *data,
		   struct dver_err *err)
{
	struct session *ss = r->ss;
	uint64_t files = 0, bytes = 0;
	size_t t = 0;
	int ret = prepare_all(r, err);

	if (ret == 0)
		ret = store_first(r, err);
	if (ret == 0)
		ret = find_conflicts(r, err);
	if (ret == 0)
		ret = tmpdir_new(&r->tmp, ss->repo->meta, err);
	if (ret < 0)
		return ret;
	repo_phase(ss->repo, "checking out");
	for (size_t i = 0; i < r->n; i++) {
		files += r->v[i]->want.files;
		bytes += r->v[i]->want.bytes;
	}
	atomic_store(&ss->repo->files_total, files);
	atomic_store(&ss->repo->bytes_total, bytes);
	for (size_t i = 0; ret == 0 && i < r->n; i++) {
		ret = one(r, i, ss->targets[t].output->pointer_path, fn, data,
			  err);
		t += session_group(ss, t);
	}
	/* What was done is recorded, also when the rest failed. */
	if (ret >= 0)
		ret = session_save(ss, err);
	else
		(void)session_save(ss, NULL);
	if (ret == 0)
		ret = save_files(r, err);
	if (ret == 0 && r->nmissing)
		ret = err_set(err, DVER_EMISSING, "%" PRIu64 " of the files "
			      "are not in the local store: %s", r->nmissing,
			      r->missing.msg);
	return ret;
}

int dver_checkout(struct dver_repo *repo, const char *const *targets,
		  size_t n, const struct dver_checkout_opts *opts,
		  dver_change_fn fn, void *data, struct dver_err *err)
{
	static const struct dver_checkout_opts none = { .force = false };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct run r = { .ss = &ss, .opts = opts ? opts : &none,
			 .all = n == 0 };
	int ret = session_open(&ss, repo, SESSION_WRITE, targets, n, err);

	if (ret == 0)
		ret = session_targets(&ss, targets, n, err);
	if (ret == 0 && r.opts->rev)
		ret = outputs_at(&r.at, repo, r.opts->rev, err);
	if (ret == 0)
		ret = scanner_open(&s, repo, r.opts->force, err);
	r.s = s;
	if (ret == 0)
		ret = run_all(&r, fn, data, err);
	run_release(&r);
	return ret;
}
