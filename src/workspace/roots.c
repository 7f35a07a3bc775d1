#include "workspace/roots.h"

#include <dirent.h>
#include <time.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/config.h"
#include "repo/git.h"
#include "store/link.h"
#include "workspace/undo_log.h"

#define REFLOG (90 * 24 * 3600)	/* seconds */
#define GIT_OID 20
#define DEPTH_MAX 1024

void roots_init(struct roots *r, struct dver_repo *repo, bool undo, root_fn fn,
		void *data)
{
	*r = (struct roots){ .repo = repo, .undo = undo, .fn = fn,
			     .data = data };
	keymap_init(&r->seen, GIT_OID, 0);
}

void roots_release(struct roots *r)
{
	strvec_release(&r->tips);
	keymap_release(&r->seen);
}

/*
 * A pointer that cannot be read (of a merge with conflicts, of a newer
 * version) still means the ids that stand in it.
 */
static int guess(struct roots *r, const char *path, const char *commit,
		 const char *text, size_t len, struct dver_err *err)
{
	static const struct { const char *key; enum root_kind kind; } keys[] = {
		{ "sha256: ", ROOT_FILE }, { "tree: ", ROOT_TREE } };
	AUTO_FREE char *copy = str_ndup(text, len);
	int ret = copy ? 0 : err_nomem(err);

	for (size_t k = 0; ret == 0 && k < 2; k++) {
		const char *p = copy;

		while (ret == 0 && (p = strstr(p, keys[k].key))) {
			struct live_root root = { .kind = keys[k].kind,
						  .path = path,
						  .commit = commit };

			p += strlen(keys[k].key);
			if (strlen(p) >= OID_HEX &&
			    oid_parse(&root.id, p) == 0)
				ret = r->fn(r->data, &root, err);
		}
	}
	return ret;
}

struct naming {
	struct roots *r;
	const char *commit;
};

static int on_pointed(void *data, const struct pointed *p,
		      struct dver_err *err)
{
	const struct naming *x = data;

	return x->r->fn(x->r->data, &(struct live_root){
		.kind = p->p->kind, .id = p->p->id, .size = p->p->size,
		.path = p->path, .commit = x->commit }, err);
}

static int of_pointer(struct roots *r, const char *path, const char *commit,
		      const char *text, size_t len, struct dver_err *err)
{
	struct naming x = { r, commit };
	struct dver_err why;
	int ret = pointers_each(path, path, text, len, on_pointed, &x, &why);

	if (ret == DVER_EFORMAT)
		return guess(r, path, commit, text, len, err);
	return ret < 0 ? err_set(err, ret, "%s", why.msg) : 0;
}

static int of_record(struct roots *r, const struct record *record,
		     struct dver_err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < record->n; i++) {
		const struct recorded *e = &record->v[i];

		if (e->kind)
			ret = r->fn(r->data, &(struct live_root){
				.kind = e->kind, .id = e->id,
				.size = e->bytes, .path = e->path }, err);
	}
	return ret;
}

static int of_link(struct roots *r, const char *path, struct dver_err *err)
{
	struct live_root root = { .kind = ROOT_FILE, .path = path };
	char target[2048];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (!link_is_loose(r->repo->cache, target, &root.id))
		return 0;
	return r->fn(r->data, &root, err);
}

/* Symlinks into the store, whatever version they are of. */
static int of_links(struct roots *r, const char *path, int depth,
		    struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int ret = dir_open(&d, AT_FDCWD, path, NULL);

	if (ret < 0 || depth > DEPTH_MAX)
		return 0;	/* a file, or gone */
	while (ret == 0 && (ret = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);

		if (!full)
			return err_nomem(err);
		ret = of_link(r, full, err);
		if (ret == 0 && (e.type == DT_DIR || e.type == DT_UNKNOWN))
			ret = of_links(r, full, depth + 1, err);
	}
	return ret;
}

static int of_output_links(struct roots *r, const char *path,
			   struct dver_err *err)
{
	AUTO_FREE char *full = path_join(r->repo->root, path);
	int ret = full ? of_link(r, full, err) : err_nomem(err);

	return ret < 0 ? ret : of_links(r, full, 0, err);
}

/* What the pointer says now, or what stands in one that is broken. */
static int of_output(struct roots *r, const struct output *o,
		     struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(r->repo->root, o->pointer_path);
	AUTO_FREE char *text = NULL;
	size_t len;
	int ret;

	if (o->stage)
		return r->fn(r->data, &(struct live_root){
			.kind = o->pointer.kind, .id = o->pointer.id,
			.size = o->pointer.size, .path = o->path }, err);
	if (!disk)
		return err_nomem(err);
	ret = os_slurp(&text, &len, disk, lockfile_is_name(disk)
		       ? LOCKFILE_MAX : POINTER_MAX, err);
	if (ret == 0)
		return of_pointer(r, o->pointer_path, NULL, text, len, err);
	return access(disk, F_OK) < 0 ? 0 : ret;	/* removed meanwhile */
}

/* Outputs as they are on the disk. */
static int of_disk(struct roots *r, const struct record *record,
		   struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	AUTO_STRVEC struct strvec extra = STRVEC_INIT;
	const char *type = config_str(r->repo, "cache.type");
	bool links = type && strstr(type, "symlink");
	int ret = 0;

	for (size_t i = 0; i < record->n; i++)
		if (!strvec_push(&extra, record->v[i].path))
			return err_nomem(err);
	ret = outputs_load(&o, r->repo, &extra, err);
	for (size_t i = 0; ret == 0 && i < o.n; i++) {
		ret = of_output(r, &o.v[i], err);
		if (ret == 0 && links)
			ret = of_output_links(r, o.v[i].path, err);
	}
	return ret;
}

static int of_text(struct roots *r, const char *path, const char *text,
		   struct dver_err *err)
{
	return text ? of_pointer(r, path, NULL, text, strlen(text), err) : 0;
}

static int of_undo(struct roots *r, uint64_t seq, struct dver_err *err)
{
	AUTO_UNDO struct undo u = UNDO_INIT;
	int ret = undo_load(&u, r->repo, seq, err);

	if (ret <= 0)
		return ret;
	ret = of_record(r, &u.record, err);
	for (size_t i = 0; ret == 0 && i < u.npointers; i++) {
		const struct undo_pointer *p = &u.pointers[i];

		ret = of_text(r, p->path, p->was, err);
		if (ret == 0)
			ret = of_text(r, p->path, p->is, err);
	}
	for (size_t i = 0; ret == 0 && i < u.ndisks; i++) {
		const struct scanned *at = &u.disks[i].at;

		if (at->kind)
			ret = r->fn(r->data, &(struct live_root){
				.kind = at->kind == TREE_DIR ? ROOT_TREE
							     : ROOT_FILE,
				.id = at->id, .size = at->bytes,
				.path = u.disks[i].path }, err);
	}
	return ret;
}

static int of_undo_log(struct roots *r, struct dver_err *err)
{
	AUTO_FREE uint64_t *v = NULL;
	size_t n = 0;
	int ret = r->undo ? undo_numbers(r->repo, &v, &n, err) : 0;

	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = of_undo(r, v[i], err);
	return ret;
}

struct blob_of {
	struct roots *r;
	const char *commit;
};

static int on_blob(void *data, const char *path, const void *bytes, size_t len,
		   struct dver_err *err)
{
	const struct blob_of *b = data;

	return of_pointer(b->r, path, b->commit, bytes, len, err);
}

/* A tree that is named without a commit has no time: it is kept. */
static bool is_meant(const struct roots *r, const char *commit)
{
	int64_t t;

	if (!r->since && !r->before)
		return true;
	t = git_commit_seconds(r->repo->git, commit);
	if (t < 0)
		return !r->before;
	return t >= r->since && (!r->before || t < r->before);
}

static int of_commits(struct roots *r, const struct strvec *commits,
		      struct dver_err *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < commits->n; i++) {
		struct blob_of b = { r, commits->v[i] };

		ret = cancel_check(&r->repo->cancel, err);
		if (ret == 0 && is_meant(r, commits->v[i]))
			ret = git_each_new_blob(r->repo->git, commits->v[i],
						&r->seen, on_blob, &b,
						err);
	}
	return ret;
}

static int of_git(struct roots *r, struct dver_err *err)
{
	struct blob_of staged = { r, NULL };
	int ret;

	if (!r->repo->git)
		return 0;
	strvec_clear(&r->tips);
	ret = git_each_staged_blob(r->repo->git, &r->seen, on_blob, &staged,
				   err);
	if (ret == 0)
		ret = git_tips(r->repo->git, (int64_t)time(NULL) - REFLOG,
			       &r->tips, err);
	return ret < 0 ? ret : of_commits(r, &r->tips, err);
}

int roots_live(struct roots *r, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(r->repo->meta, "workspace");
	AUTO_RECORD struct record record = RECORD_INIT;
	int ret;

	if (r->git_only)
		return of_git(r, err);
	ret = path ? record_load(&record, path, err) : err_nomem(err);
	if (ret == 0)
		ret = of_record(r, &record, err);
	if (ret == 0)
		ret = of_disk(r, &record, err);
	if (ret == 0)
		ret = of_undo_log(r, err);
	return ret < 0 ? ret : of_git(r, err);
}

int roots_history(struct roots *r, struct dver_err *err)
{
	AUTO_STRVEC struct strvec all = STRVEC_INIT;
	int ret = 0;

	if (!r->repo->git)
		return 0;
	ret = git_ancestors(r->repo->git, &r->tips, &all, err);
	return ret < 0 ? ret : of_commits(r, &all, err);
}
