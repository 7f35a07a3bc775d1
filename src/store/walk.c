/*
 * walk - one directory a level in memory, and equal subtrees never entered.
 */
#include "store/walk.h"

#include "base/err.h"
#include "base/mem.h"

#define TREE_BYTES_MAX (1u << 30)
#define DEPTH_MAX 1024	/* deeper than any path the kernel takes */

struct walk {
	struct store *s;
	struct store_io *io;
	walk_fn fn;
	walk_diff_fn diff;
	void *data;
	struct buf path;
	unsigned depth;
};

/* One side of a directory: its bytes and the entry that is next. */
struct side {
	struct buf bytes;
	struct tree_reader reader;
	struct tree_entry entry;
	bool more;
};

static int side_next(struct side *d, struct dver_err *err)
{
	int r = tree_next(&d->reader, &d->entry, err);

	d->more = r > 0;
	return r < 0 ? r : 0;
}

/* Load a tree; NULL is an empty directory. */
static int side_open(struct walk *w, struct side *d, const struct oid *id,
		     struct dver_err *err)
{
	char hex[OID_HEX + 1];
	int r;

	*d = (struct side){ .bytes = BUF_INIT(TREE_BYTES_MAX) };
	if (!id)
		return 0;
	r = store_read(w->s, w->io, id, TREE_BYTES_MAX, &d->bytes, err);
	if (r == 0)
		r = tree_reader_init(&d->reader, d->bytes.data, d->bytes.len,
				     err);
	if (r == 0)
		r = side_next(d, err);
	if (r == DVER_EFORMAT)
		r = err_wrap(err, "tree %s", oid_hex(hex, id));
	return r;
}

static int enter(struct walk *w, const struct tree_entry *e, size_t *back,
		 struct dver_err *err)
{
	*back = w->path.len;
	if (++w->depth > DEPTH_MAX)
		return err_set(err, DVER_EFORMAT, "trees nest over %d deep",
			       DEPTH_MAX);
	if (w->path.len)
		buf_addc(&w->path, '/');
	buf_add(&w->path, e->name, e->name_len);
	return buf_check(&w->path, err);
}

static void leave(struct walk *w, size_t back)
{
	buf_truncate(&w->path, back);
	w->depth--;
}

static int walk_dir(struct walk *w, const struct oid *id,
		    struct dver_err *err);

static int visit(struct walk *w, const struct tree_entry *e,
		 struct dver_err *err)
{
	size_t back;
	int r = enter(w, e, &back, err);

	if (r == 0)
		r = w->fn(w->data, w->path.data, e, err);
	if (r == WALK_ON && e->kind == TREE_DIR)
		r = walk_dir(w, &e->id, err);
	leave(w, back);
	return r < 0 ? r : 0;
}

static int walk_dir(struct walk *w, const struct oid *id, struct dver_err *err)
{
	struct side d;
	int r = side_open(w, &d, id, err);

	while (r == 0 && d.more) {
		r = visit(w, &d.entry, err);
		if (r == 0)
			r = side_next(&d, err);
	}
	buf_release(&d.bytes);
	return r;
}

int walk_tree(struct store *s, struct store_io *io, const struct oid *root,
	      walk_fn fn, void *data, struct dver_err *err)
{
	struct walk w = { .s = s, .io = io, .fn = fn, .data = data,
			  .path = BUF_PATH };
	int r = walk_dir(&w, root, err);

	buf_release(&w.path);
	return r;
}

static int diff_dirs(struct walk *w, const struct oid *a, const struct oid *b,
		     struct dver_err *err);

static const struct oid *dir_of(const struct tree_entry *e)
{
	return e && e->kind == TREE_DIR ? &e->id : NULL;
}

/* a and b have the same name, or one of them is NULL. */
static int differ(struct walk *w, const struct tree_entry *a,
		  const struct tree_entry *b, struct dver_err *err)
{
	size_t back;
	int r;

	if (a && b && a->kind == b->kind && oid_eq(&a->id, &b->id))
		return 0;
	r = enter(w, a ? a : b, &back, err);
	if (r == 0)
		r = w->diff(w->data, w->path.data, a, b, err);
	if (r == WALK_ON && (dir_of(a) || dir_of(b)))
		r = diff_dirs(w, dir_of(a), dir_of(b), err);
	leave(w, back);
	return r < 0 ? r : 0;
}

/* Which side is next: < 0 a, > 0 b, 0 both. */
static int order(const struct side *a, const struct side *b)
{
	if (!a->more || !b->more)
		return a->more ? -1 : 1;
	return tree_name_cmp(a->entry.name, a->entry.name_len, b->entry.name,
			     b->entry.name_len);
}

static int diff_sides(struct walk *w, struct side *a, struct side *b,
		      struct dver_err *err)
{
	int r = 0;

	while (r == 0 && (a->more || b->more)) {
		int o = order(a, b);

		r = differ(w, o <= 0 ? &a->entry : NULL,
			   o >= 0 ? &b->entry : NULL, err);
		if (r == 0 && o <= 0)
			r = side_next(a, err);
		if (r == 0 && o >= 0)
			r = side_next(b, err);
	}
	return r;
}

static int diff_dirs(struct walk *w, const struct oid *a, const struct oid *b,
		     struct dver_err *err)
{
	struct side da, db = { .bytes = BUF_PATH };
	int r = side_open(w, &da, a, err);

	if (r == 0)
		r = side_open(w, &db, b, err);
	if (r == 0)
		r = diff_sides(w, &da, &db, err);
	buf_release(&da.bytes);
	buf_release(&db.bytes);
	return r;
}

int walk_diff(struct store *s, struct store_io *io, const struct oid *a,
	      const struct oid *b, walk_diff_fn fn, void *data,
	      struct dver_err *err)
{
	struct walk w = { .s = s, .io = io, .diff = fn, .data = data,
			  .path = BUF_PATH };
	int r = a && b && oid_eq(a, b) ? 0 : diff_dirs(&w, a, b, err);

	buf_release(&w.path);
	return r;
}

int walk_find(struct store *s, struct store_io *io, const struct oid *root,
	      const char *path, struct walk_found *out, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_BYTES_MAX);

	*out = (struct walk_found){ .kind = TREE_DIR, .id = *root };
	while (*path) {
		size_t len = strcspn(path, "/");
		struct tree_entry e;
		int r;

		if (out->kind != TREE_DIR)
			return 0;
		r = store_read(s, io, &out->id, TREE_BYTES_MAX, &bytes, err);
		if (r == 0)
			r = tree_find(bytes.data, bytes.len, path, len, &e,
				      err);
		if (r <= 0)
			return r;
		*out = (struct walk_found){ e.kind, e.id, e.bytes, e.files };
		path += len;
		path += *path == '/';
	}
	return 1;
}
