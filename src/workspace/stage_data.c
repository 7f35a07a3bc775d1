#include "workspace/stage_data.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/walk.h"
#include "workspace/session.h"
#include "workspace/stage_scan.h"

struct looking {
	struct scanner *s;
	struct scan **scans;		/* owned; one a path, or NULL */
	struct filescan *files;		/* owned */
	const char **names;		/* owned; single files */
	struct scanned *found;		/* owned; of them */
	size_t n, nfiles;
};

static void looking_release(struct looking *l)
{
	for (size_t i = 0; l->scans && i < l->n; i++)
		scan_free(l->scans[i]);
	scan_files_free(l->files);
	free(l->scans);
	free(l->names);
	free(l->found);
}

/* Folders at once, single files together. */
static int scan_all(struct looking *l, const char *const *paths,
		    struct scanned *out, struct dver_err *err)
{
	size_t k = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->n; i++) {
		int kind = scan_kind(l->s, paths[i], err);

		out[i] = (struct scanned){ .kind = 0 };
		if (kind < 0)
			return kind;
		if (kind == TREE_DIR)
			r = scan_directory(&l->scans[i], l->s, paths[i], NULL,
					   &out[i], err);
		else if (kind)
			l->names[l->nfiles++] = paths[i];
	}
	if (r == 0 && l->nfiles)
		r = scan_files(&l->files, l->s, l->names, l->nfiles, l->found,
			       err);
	for (size_t i = 0; r == 0 && i < l->n && k < l->nfiles; i++)
		if (paths[i] == l->names[k])
			out[i] = l->found[k++];
	return r;
}

static void save_indexes(struct looking *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->scans[i])
			scan_save(l->scans[i]);
	scan_files_save(l->files);
}

static int looking_open(struct looking *l, struct scanner *s, size_t n,
			struct dver_err *err)
{
	*l = (struct looking){ .s = s, .n = n };
	l->scans = mem_array(n + 1, sizeof(struct scan *));
	l->names = mem_array(n + 1, sizeof(*l->names));
	l->found = mem_array(n + 1, sizeof(*l->found));
	return l->scans && l->names && l->found ? 0 : err_nomem(err);
}

int stage_data_scan(struct scanner *s, const char *const *paths, size_t n,
		    struct scanned *out, struct dver_err *err)
{
	struct looking l;
	struct writer_stats st;
	int r = looking_open(&l, s, n, err);

	if (r == 0)
		r = scan_all(&l, paths, out, err);
	if (r == 0 && s->writer)
		r = scanner_commit(s, &st, err);
	if (r == 0)
		save_indexes(&l);
	looking_release(&l);
	return r;
}

int stage_data_look(struct dver_repo *repo, const char *const *paths, size_t n,
		    struct scanned *out, struct dver_err *err)
{
	AUTO_SCANNER struct scanner *s = NULL;
	AUTO_LOCK struct lock *lock = NULL;
	int r = session_lock_reader(repo, &lock, err);

	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	return r < 0 ? r : stage_data_scan(s, paths, n, out, err);
}

struct totals {
	struct store *store;
	struct store_io *io;
	uint64_t bytes, files;
};

/* DVER_EMISSING: not here, or not what the tree says. */
static int on_entry(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	struct totals *t = data;
	uint64_t len = e->bytes;
	int r = e->kind == TREE_DIR
		? store_has(t->store, &e->id, err)
		: store_length(t->store, t->io, &e->id, &len, err);

	(void)path;
	if (r < 0)
		return r;
	if (r == 0 || len != e->bytes)
		return err_set(err, DVER_EMISSING, "a file is not here");
	t->bytes += e->kind == TREE_DIR ? 0 : e->bytes;
	t->files += e->kind != TREE_DIR;
	return WALK_ON;
}

static bool is_size(const struct pointer *p, uint64_t bytes, uint64_t files)
{
	return (!p->has_size || p->size == bytes) &&
	       (!p->has_nfiles || p->nfiles == files);
}

static int is_whole(struct totals *t, const struct pointer *p,
		    struct dver_err *err)
{
	uint64_t len;
	int r;

	if (p->kind != ROOT_TREE) {
		r = store_length(t->store, t->io, &p->id, &len, err);
		return r <= 0 ? r : is_size(p, len, 1);
	}
	r = store_has(t->store, &p->id, err);
	if (r <= 0)
		return r;
	r = walk_tree(t->store, t->io, &p->id, on_entry, t, err);
	return r < 0 ? r : is_size(p, t->bytes, t->files);
}

int stage_data_stored(struct dver_repo *repo, const struct pointer *p,
		      struct dver_err *err)
{
	struct totals t = { NULL, NULL, 0, 0 };
	struct dver_err why;
	int r = repo_store(repo, &t.store, &why);

	if (r == 0)
		r = store_load_indexes(t.store, &why);
	if (r == 0)
		r = store_io_new(&t.io, &why);
	if (r == 0)
		r = is_whole(&t, p, &why);
	store_io_free(t.io);
	/* What is damaged, or is something else, is as good as not here. */
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_EFORMAT)
		return 0;
	return r < 0 ? err_set(err, r, "%s", why.msg) : r;
}
