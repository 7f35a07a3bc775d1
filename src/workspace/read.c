/*
 * read - ls and cat: tracked data at any revision, straight from the stores.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/data.h"
#include "workspace/reader.h"
#include "workspace/sizes.h"

struct listing {
	struct reader rd;
	bool recursive;
	const char *base;	/* path of what the walk started at */
	dver_entry_fn fn;
	void *data;
};

int reader_open(struct reader *rd, struct dver_repo *repo, const char *rev,
		struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	int r;

	*rd = (struct reader){ .repo = repo };
	if (rev) {
		r = outputs_at(&rd->outputs, repo, rev, err);
	} else {
		r = session_open(&ss, repo, SESSION_READ, NULL, 0, err);
		rd->outputs = ss.outputs;
		ss.outputs = (struct outputs)OUTPUTS_INIT;
	}
	if (r == 0)
		r = session_lock_reader(repo, &rd->lock, err);
	if (r == 0)
		r = repo_store(repo, &rd->store, err);
	if (r == 0)
		r = store_io_new(&rd->io, err);
	if (r == 0)
		r = sizes_fill(&rd->outputs, rd->store, rd->io, err);
	if (r == 0)
		reading_begin(&rd->rr, repo, rd->store);
	return r;
}

void reader_close(struct reader *rd)
{
	if (rd->rr.repo)
		reading_end(&rd->rr, rd->store);
	store_io_free(rd->io);
	lock_release(rd->lock);
	outputs_release(&rd->outputs);
}

int reader_holding(struct reader *rd, const char *path,
		   const struct output **o, const char **sub,
		   struct dver_err *err)
{
	*o = outputs_holding(&rd->outputs, path);
	if (!*o)
		return 0;
	if ((*o)->problem)
		return err_set(err, DVER_EFORMAT, "%s", (*o)->problem);
	*sub = path + strlen((*o)->path);
	*sub += **sub == '/';
	return 1;
}

int reader_find(struct reader *rd, const struct output *o, const char *sub,
		struct walk_found *out, struct dver_err *err)
{
	const struct pointer *p = &o->pointer;
	bool dir = p->kind == ROOT_TREE;
	int r;

	if (!*sub || !dir) {
		*out = (struct walk_found){
			dir ? TREE_DIR : p->exec ? TREE_EXEC : TREE_FILE,
			p->id, p->size, dir ? p->nfiles : 1,
		};
		r = !*sub;
	} else {
		r = walk_find(rd->store, rd->io, &p->id, sub, out, err);
	}
	if (r == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no '%s' in '%s'",
			       sub, o->path);
	return r < 0 ? r : 0;
}

static int tell(const struct listing *l, const char *path,
		enum tree_kind kind, const struct oid *id, uint64_t bytes,
		uint64_t files, bool output)
{
	char hex[OID_HEX + 1];

	return l->fn(l->data, &(struct dver_entry){
		.path = path, .kind = (enum dver_kind)kind,
		.id = oid_hex(hex, id), .size = bytes, .files = files,
		.output = output,
	});
}

static int on_entry(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	struct listing *l = data;
	AUTO_FREE char *full = path_join(l->base, path);
	int r = full ? cancel_check(&l->rd.repo->cancel, err)
		     : err_nomem(err);

	if (r < 0)
		return r;
	if (e->kind == TREE_DIR && l->recursive && e->files)
		return WALK_ON;
	r = tell(l, full, e->kind, &e->id, e->bytes, e->files, false);
	return r ? r : WALK_SKIP;
}

static int list_inside(struct listing *l, const char *path,
		       const struct output *o, const char *sub,
		       struct dver_err *err)
{
	struct walk_found f;
	int r = reader_find(&l->rd, o, sub, &f, err);

	if (r < 0)
		return r;
	if (f.kind != TREE_DIR)
		return tell(l, path, f.kind, &f.id, f.bytes, f.files, !*sub);
	l->base = path;
	return walk_tree(l->rd.store, l->rd.io, &f.id, on_entry, l, err);
}

static int list_outputs(struct listing *l, const char *path,
			struct dver_err *err)
{
	struct output *first;
	size_t n = outputs_below(&l->rd.outputs, path, &first);
	int r = 0;

	if (n == 0 && *path)
		return err_set(err, DVER_ENOTFOUND, "'%s' is not tracked",
			       path);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct output *o = &first[i];
		struct walk_found f;

		if (o->problem)
			return err_set(err, DVER_EFORMAT, "%s", o->problem);
		r = reader_find(&l->rd, o, "", &f, err);
		if (r == 0 && l->recursive && f.kind == TREE_DIR)
			r = list_inside(l, o->path, o, "", err);
		else if (r == 0)
			r = tell(l, o->path, f.kind, &f.id, f.bytes, f.files,
				 true);
	}
	return r;
}

int dver_ls(struct dver_repo *repo, const char *rev, const char *path,
	    bool recursive, dver_entry_fn fn, void *data,
	    struct dver_err *err)
{
	struct listing l = { .recursive = recursive, .fn = fn, .data = data };
	AUTO_BUF struct buf clean = BUF_PATH;
	const struct output *o;
	const char *sub;
	int r = path ? repo_path(repo, &clean, path, err) : 0;

	if (r < 0)
		return r;
	r = reader_open(&l.rd, repo, rev, err);
	if (r == 0)
		r = reader_holding(&l.rd, clean.data, &o, &sub, err);
	if (r > 0)
		r = list_inside(&l, clean.data, o, sub, err);
	else if (r == 0)
		r = list_outputs(&l, clean.data, err);
	reader_close(&l.rd);
	return r;
}

struct piping {
	int (*sink)(void *data, const void *bytes, size_t len);
	void *data;
};

static int pipe_on(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	struct piping *p = data;
	int r = p->sink(p->data, bytes, len);

	return r ? err_set(err, DVER_ECANCEL, "the reader stopped") : 0;
}

int dver_cat(struct dver_repo *repo, const char *rev, const char *path,
	     int (*sink)(void *data, const void *bytes, size_t len),
	     void *data, struct dver_err *err)
{
	struct piping p = { sink, data };
	AUTO_BUF struct buf clean = BUF_PATH;
	const struct output *o;
	struct walk_found f;
	const char *sub;
	struct reader rd;
	int r = repo_path(repo, &clean, path, err);

	if (r < 0)
		return r;
	r = reader_open(&rd, repo, rev, err);
	if (r == 0)
		r = reader_holding(&rd, clean.data, &o, &sub, err);
	if (r == 0)
		r = err_set(err, DVER_ENOTFOUND, "'%s' is not tracked",
			    clean.data);
	if (r > 0)
		r = reader_find(&rd, o, sub, &f, err);
	if (r == 0 && f.kind == TREE_DIR)
		r = err_set(err, DVER_EINVAL, "'%s' is a folder: dver ls "
			    "lists it", clean.data);
	if (r == 0)
		r = store_stream(rd.store, rd.io, &f.id, pipe_on, &p,
				 &repo->cancel, err);
	reader_close(&rd);
	return r;
}
