/*
 * stage_save - what a stage made becomes its entry of the lock file, and the
 * reverse.
 */
#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "repo/git.h"
#include "workspace/session.h"
#include "workspace/stage_data.h"
#include "workspace/stage_scan.h"
#include "workspace/tracking.h"
#include "workspace/undo_log.h"

/* The lock file as it was changed. */
static int put_lock(struct tracking *t, struct lockfile_seen *lock,
		    struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(LOCKFILE_MAX);
	int r = lockfile_format(&text, lock->path, &lock->file, err);

	if (r == 0)
		r = tracking_put(t, lock->path, text.data, err);
	if (r < 0)
		lockfile_seen_spoilt(lock);
	else
		lockfile_seen_wrote(lock, t->repo->root);
	return r;
}

static bool overlap(const struct locked_stage *a, const struct locked_stage *b)
{
	for (size_t i = 0; i < a->nouts; i++)
		for (size_t j = 0; j < b->nouts; j++)
			if (path_inside(a->outs[i].p.out, b->outs[j].p.out) ||
			    path_inside(b->outs[j].p.out, a->outs[i].p.out))
				return true;
	return false;
}

/*
 * The lock file as it is now, with this stage in it.  A stage that made the
 * same is one of before: renamed, or gone.
 */
static int write_lock(struct tracking *t, struct lockfile_seen *lock,
		      const struct locked_stage *s, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage copy = { .name = NULL };
	int r = lockfile_seen_again(lock, t->repo->root, err);

	if (r == 0)
		r = locked_stage_copy(&copy, s, err);
	if (r < 0)
		return r;
	for (size_t i = lock->file.n; i-- > 0;) {
		struct locked_stage *other = &lock->file.v[i];

		if (!streq(other->name, s->name) && overlap(other, s))
			(void)lockfile_remove(&lock->file, other->name);
	}
	r = lockfile_put(&lock->file, &copy, err);
	if (r < 0) {
		lockfile_seen_spoilt(lock);
		return r;
	}
	return put_lock(t, lock, err);
}

/* In memory: it is saved after the lock file. */
static int record_outs(struct session *ss, const struct locked_stage *s,
		       struct dver_err *err)
{
	for (size_t i = 0; i < s->nouts; i++) {
		const struct locked *o = &s->outs[i];
		struct scanned at = scanned_of_pointer(&o->p);
		struct recorded *e;

		record_remove(&ss->record, o->p.out);
		if (o->no_cache)
			continue;
		e = record_put(&ss->record, o->p.out);
		if (!e)
			return err_nomem(err);
		recorded_set(e, &at);
	}
	return 0;
}

/* Stored outputs are not for git, the others are. */
static int tell_git(struct tracking *t, const struct strvec *stored,
		    const struct strvec *kept, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < stored->n; i++)
		r = tracking_ignore(t, stored->v[i], true, err);
	for (size_t i = 0; r == 0 && i < kept->n; i++)
		r = tracking_ignore(t, kept->v[i], false, err);
	return r;
}

/* A result that git keeps goes with the lock file, if git is to have it. */
static int tell_kept(const struct locked_stage *s, struct dver_repo *repo,
		     struct strvec *told, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && repo->git && i < s->nouts; i++) {
		const struct pointer *p = &s->outs[i].p;

		if (!s->outs[i].no_cache || p->kind != ROOT_FILE)
			continue;
		r = git_ignored(repo->git, p->out, err);
		if (r == 0 && !strvec_push(told, p->out))
			r = err_nomem(err);
		r = MIN(r, 0);
	}
	return r;
}

/* The stage's entry is whole: write it down.  `here`: so is the disk. */
static int publish(struct session *ss, struct lockfile_seen *lock,
		   const struct locked_stage *s, bool here,
		   struct strvec *told, struct dver_err *err)
{
	AUTO_TRACKING struct tracking t = { .repo = ss->repo };
	AUTO_STRVEC struct strvec stored = STRVEC_INIT;
	AUTO_STRVEC struct strvec kept = STRVEC_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		const struct locked *o = &s->outs[i];

		if (!strvec_push(o->no_cache ? &kept : &stored, o->p.out))
			r = err_nomem(err);
	}
	if (r == 0 && here)
		r = record_outs(ss, s, err);
	/* First: once it is in the lock file nobody looks after it again. */
	if (r == 0)
		r = tell_git(&t, &stored, &kept, err);
	if (r == 0)
		r = write_lock(&t, lock, s, err);
	if (r == 0 && here)
		r = session_save(ss, err);
	/* What was written is told of, also when not all was. */
	for (size_t i = 0; i < t.stage.n; i++)
		if (!strvec_push(told, t.stage.v[i]))
			return r < 0 ? r : err_nomem(err);
	return r < 0 ? r : tell_kept(s, ss->repo, told, err);
}

/* What the others do not make, the workspace need not remember. */
static void drop_records(struct session *ss, const struct lockfile *l,
			 const struct locked_stage *s)
{
	for (size_t i = 0; i < s->nouts; i++) {
		bool made = false;

		for (size_t j = 0; j < l->n && !made; j++)
			for (size_t k = 0; k < l->v[j].nouts && !made; k++)
				made = &l->v[j] != s &&
				       streq(l->v[j].outs[k].p.out,
					     s->outs[i].p.out);
		if (!made)
			record_remove(&ss->record, s->outs[i].p.out);
	}
}

int stage_data_drop(struct dver_repo *repo, struct lockfile_seen *lock,
		    const struct strvec *names, struct strvec *gone,
		    struct strvec *told, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_TRACKING struct tracking t = { .repo = repo };
	int r = session_open(&ss, repo, SESSION_RECORD, NULL, 0, err);

	if (r == 0)
		r = lockfile_seen_again(lock, repo->root, err);
	for (size_t i = r == 0 ? lock->file.n : 0; r == 0 && i-- > 0;) {
		struct locked_stage *s = &lock->file.v[i];

		if (strvec_has(names, s->name))
			continue;
		if (!strvec_push(gone, s->name))
			r = err_nomem(err);
		drop_records(&ss, &lock->file, s);
		(void)lockfile_remove(&lock->file, s->name);
	}
	if (r < 0) {
		lockfile_seen_spoilt(lock);
		return r;
	}
	if (gone->n == 0)
		return 0;
	r = put_lock(&t, lock, err);
	if (r == 0)
		r = session_save(&ss, err);
	if (r == 0 && !strvec_push(told, lock->path))
		r = err_nomem(err);
	return r;
}

int stage_data_stage(struct dver_repo *repo, struct strvec *told,
		     struct dver_err *err)
{
	struct tracking t = { .repo = repo, .stage = *told };
	int r = tracking_stage(&t, err);

	*told = t.stage;
	return r;
}

static bool is_stored(const struct locked *o)
{
	return !o->no_cache || o->keep;
}

/* Those that are stored, or the others, into `paths`; how many. */
static size_t pick(const struct locked_stage *s, bool stored,
		   const char **paths, size_t *at)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nouts; i++)
		if (is_stored(&s->outs[i]) == stored) {
			at[n] = i;
			paths[n++] = s->outs[i].p.out;
		}
	return n;
}

static int take(struct locked_stage *s, const struct scanned *found,
		const size_t *at, size_t n, struct dver_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct pointer *p = &s->outs[at[i]].p;
		bool dir = found[i].kind == TREE_DIR;

		if (!found[i].kind)
			return err_set(err, DVER_ENOTFOUND, "stage '%s' did "
				       "not make its output '%s'", s->name,
				       p->out);
		p->kind = dir ? ROOT_TREE : ROOT_FILE;
		p->id = found[i].id;
		p->has_size = true;
		p->size = found[i].bytes;
		p->has_nfiles = dir;
		p->nfiles = dir ? found[i].files : 0;
		p->exec = found[i].kind == TREE_EXEC;
	}
	return 0;
}

static int scan_some(struct dver_repo *repo, struct locked_stage *s,
		     bool stored, bool store, struct dver_err *err)
{
	AUTO_FREE const char **paths = mem_array(s->nouts + 1,
						 sizeof(*paths));
	AUTO_FREE size_t *at = mem_array(s->nouts + 1, sizeof(*at));
	AUTO_FREE struct scanned *found = mem_array(s->nouts + 1,
						    sizeof(*found));
	AUTO_SCANNER struct scanner *sc = NULL;
	size_t n;
	int r;

	if (!paths || !at || !found)
		return err_nomem(err);
	n = pick(s, stored, paths, at);
	if (n == 0)
		return 0;
	r = scanner_open(&sc, repo, store, err);
	if (r == 0)
		r = stage_data_scan(sc, paths, n, found, err);
	return r < 0 ? r : take(s, found, at, n, err);
}

int stage_data_save(struct dver_repo *repo, struct lockfile_seen *lock,
		    struct locked_stage *s, bool store, struct strvec *told,
		    struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	int r = session_open(&ss, repo, SESSION_RECORD, NULL, 0, err);

	/* What is not stored is looked for first: that may fail it. */
	if (r == 0)
		r = scan_some(repo, s, false, false, err);
	if (r == 0)
		r = scan_some(repo, s, true, store, err);
	if (r == 0)
		r = publish(&ss, lock, s, true, told, err);
	return r;
}

static int bring(struct dver_repo *repo, const struct strvec *paths,
		 struct dver_err *err)
{
	struct dver_checkout_opts opts = { .force = false };
	int r;

	if (paths->n == 0)
		return 0;
	r = dver_checkout(repo, (const char *const *)paths->v, paths->n, &opts,
			  NULL, NULL, err);
	if (r != DVER_ECONFLICT)
		return r;
	opts.force = true;	/* what is in the way is stored first */
	return dver_checkout(repo, (const char *const *)paths->v, paths->n,
			     &opts, NULL, NULL, err);
}

/* A file that git keeps, from the copy of it. */
static int bring_kept(struct dver_repo *repo, const struct locked *o,
		      struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(STAGE_KEEP_MAX);
	AUTO_FREE char *path = path_join(repo->root, o->p.out);
	AUTO_FREE char *dir = path_dir(o->p.out);
	AUTO_CLOSE int root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	struct store_io *io = NULL;
	struct store *store;
	int r = repo_store(repo, &store, err);

	if (!path || !dir)
		return err_nomem(err);
	if (r == 0)
		r = store_load_indexes(store, err);
	if (r == 0)
		r = store_io_new(&io, err);
	if (r == 0)
		r = store_read(store, io, &o->p.id, STAGE_KEEP_MAX, &bytes,
			       err);
	store_io_free(io);
	if (r == 0 && !streq(dir, ".") &&
	    os_mkdirs_beneath(root, dir, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", dir);
	return r < 0 ? r : repo_replace_mode(repo, path, bytes.data, bytes.len,
					     o->p.exec ? 0777 : 0666, false,
					     err);
}

int stage_data_restore(struct dver_repo *repo, struct lockfile_seen *lock,
		       const struct locked_stage *s, struct strvec *told,
		       struct dver_err *err)
{
	AUTO_STRVEC struct strvec paths = STRVEC_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		char *full;

		if (s->outs[i].no_cache) {
			r = s->outs[i].keep
			    ? bring_kept(repo, &s->outs[i], err) : 0;
			continue;
		}
		full = path_join(repo->root, s->outs[i].p.out);
		if (!full || !strvec_take(&paths, &full)) {
			free(full);
			r = err_nomem(err);
		}
	}
	if (r == 0) {
		AUTO_SESSION struct session ss = { .repo = NULL };

		r = session_open(&ss, repo, SESSION_RECORD, NULL, 0, err);
		if (r == 0)
			r = publish(&ss, lock, s, false, told, err);
	}
	return r < 0 ? r : bring(repo, &paths, err);
}

/* What would be lost is stored, and undo knows of it. */
static int keep_some(struct session *ss, const char *const *paths, size_t n,
		     struct dver_err *err)
{
	AUTO_FREE struct scanned *found = mem_array(n + 1, sizeof(*found));
	AUTO_SCANNER struct scanner *s = NULL;
	AUTO_UNDO struct undo u = UNDO_INIT;
	int r = found ? scanner_open(&s, ss->repo, true, err) : err_nomem(err);

	if (r == 0)
		r = stage_data_scan(s, paths, n, found, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!found[i].kind)
			continue;
		r = undo_add_output(&u, ss, paths[i], err);
		if (r == 0)
			r = undo_add_disk(&u, paths[i], &found[i], err);
	}
	return r < 0 || !u.ndisks ? r : undo_write(&u, ss->repo, "repro", err);
}

int stage_data_keep(struct dver_repo *repo, const char *const *paths, size_t n,
		    struct dver_err *err)
{
	AUTO_FREE struct scanned *found = mem_array(n + 1, sizeof(*found));
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	int r = found ? session_open(&ss, repo, SESSION_RECORD, NULL, 0, err)
		      : err_nomem(err);

	if (r == 0)
		r = scanner_open(&s, repo, true, err);
	return r < 0 ? r : stage_data_scan(s, paths, n, found, err);
}

static int clear_one(int root, const char *path, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);
	AUTO_CLOSE int parent = -1;
	struct os_stat st;

	if (!dir)
		return err_nomem(err);
	if (!streq(dir, ".") && os_mkdirs_beneath(root, dir, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", dir);
	parent = os_open_beneath(root, dir, O_RDONLY | O_DIRECTORY);
	if (parent < 0)
		return err_sys(err, "cannot open folder '%s'", dir);
	if (os_statat(parent, path_base(path), &st, true) < 0)
		return errno == ENOENT ? 0
				       : err_sys(err, "cannot stat '%s'", path);
	if (S_ISDIR(st.mode))
		return dir_remove_all(parent, path_base(path), err);
	if (os_unlinkat(parent, path_base(path), 0) < 0)
		return err_sys(err, "cannot remove '%s'", path);
	return 0;
}

int stage_data_clear(struct dver_repo *repo, const char *const *outs, size_t n,
		     const char *const *keep, size_t nkeep,
		     struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_LOCK struct lock *lock = NULL;
	AUTO_CLOSE int root = -1;
	int r = nkeep ? session_open(&ss, repo, SESSION_RECORD, NULL, 0, err)
		      : repo_lock(repo, &lock, err);

	if (r == 0 && nkeep)
		r = keep_some(&ss, keep, nkeep, err);
	if (r < 0)
		return r;
	root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	if (root < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = clear_one(root, outs[i], err);
	return r;
}
