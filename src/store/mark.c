#include "store/mark.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/recipe.h"
#include "store/store_internal.h"

#define TREE_MAX (1u << 30)
#define DEPTH_MAX 1024

void mark_init(struct mark *m, struct store *s, struct store_io *io,
	       const struct cancel *cancel)
{
	*m = (struct mark){ .s = s, .io = io, .cancel = cancel };
	keymap_init(&m->ids, HASH_SIZE, 0);
	keymap_init(&m->entered, HASH_SIZE, 0);
	keymap_init(&m->cut, HASH_SIZE, 0);
}

void mark_release(struct mark *m)
{
	keymap_release(&m->ids);
	keymap_release(&m->entered);
	keymap_release(&m->cut);
}

bool mark_has(const struct mark *m, const struct oid *id)
{
	return keymap_get(&m->ids, id->id) != NULL;
}

/* 1: new, 0: it was there, < 0. */
static int put(struct keymap *set, const struct oid *id, struct dver_err *err)
{
	bool added = false;

	return keymap_put(set, id->id, &added) ? added : err_nomem(err);
}

static int on_part(void *data, const struct recipe_entry *e,
		   struct dver_err *err)
{
	struct mark *m = data;

	return MIN(put(&m->ids, &e->id, err), 0);
}

/* The chunks of an object that is cut, once its recipe is here. */
static int mark_parts(struct mark *m, const struct oid *id,
		      struct dver_err *err)
{
	struct fact f;
	int r;

	if (keymap_get(&m->cut, id->id))
		return 0;
	r = store_find(m->s, id, false, &f, err);
	if (r <= 0 || f.kind != FACT_RECIPE)
		return r;
	r = store_each_part(m->s, m->io, id, on_part, m, err);
	if (r == 0)
		r = put(&m->cut, id, err);
	/* A recipe whose own chunks are gone makes nothing any more. */
	return r == DVER_EMISSING ? 0 : r;
}

/* 1: it was not marked before. */
static int mark_object(struct mark *m, const struct oid *id, uint64_t size,
		       struct dver_err *err)
{
	int fresh = put(&m->ids, id, err);
	int r = fresh < 0 || size <= CHUNK_MAX ? 0 : mark_parts(m, id, err);

	return r < 0 ? r : fresh;
}

static int mark_tree(struct mark *m, const struct oid *id, struct buf *path,
		     bool itself, unsigned depth, struct dver_err *err);

static int mark_entry(struct mark *m, const struct tree_entry *e,
		      struct buf *path, unsigned depth, struct dver_err *err)
{
	size_t back = path->len;
	int wanted = 1;
	int r;

	if (back)
		buf_addc(path, '/');
	buf_add(path, e->name, e->name_len);
	r = buf_check(path, err);
	if (r == 0 && m->wants)
		r = wanted = m->wants(m->data, path->data, e, err);
	if (r >= 0 && wanted && e->kind == TREE_DIR)
		r = mark_tree(m, &e->id, path, wanted == 1, depth + 1, err);
	else if (r >= 0 && wanted == 1) {
		r = mark_object(m, &e->id, e->bytes, err);
		m->files += r > 0;
		m->bytes += r > 0 ? e->bytes : 0;
	}
	buf_truncate(path, back);
	return MIN(r, 0);
}

static int mark_below(struct mark *m, const struct buf *bytes,
		      struct buf *path, unsigned depth, struct dver_err *err)
{
	struct tree_reader tr;
	struct tree_entry e;
	int r = tree_reader_init(&tr, bytes->data, bytes->len, err);

	while (r == 0 && (r = tree_next(&tr, &e, err)) > 0)
		r = mark_entry(m, &e, path, depth, err);
	return r;
}

static int mark_tree(struct mark *m, const struct oid *id, struct buf *path,
		     bool itself, unsigned depth, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_MAX);
	int r = cancel_check(m->cancel, err);

	if (r == 0 && depth > DEPTH_MAX)
		r = err_set(err, DVER_EFORMAT, "trees nest over %d deep",
			    DEPTH_MAX);
	/* Who asks by path may want another part of a tree he has seen. */
	if (r == 0)
		r = m->by_path ? 1 : put(&m->entered, id, err);
	if (r <= 0)
		return r;
	r = store_read(m->s, m->io, id, TREE_MAX, &bytes, err);
	if (r == DVER_EMISSING) {
		(void)keymap_delete(&m->entered, id->id);
		return 0;
	}
	if (r == 0 && itself)
		r = mark_object(m, id, bytes.len, err);
	return r < 0 ? r : mark_below(m, &bytes, path, depth, err);
}

int mark_root(struct mark *m, enum root_kind kind, const struct oid *id,
	      uint64_t size, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct tree_entry e = { .kind = TREE_FILE, .id = *id, .bytes = size };
	int wanted = 1;
	int r = 0;

	if (m->wants) {
		e.kind = kind == ROOT_TREE ? TREE_DIR : TREE_FILE;
		r = wanted = m->wants(m->data, "", &e, err);
	}
	if (r < 0 || !wanted)
		return MIN(r, 0);
	if (kind == ROOT_TREE)
		return MIN(mark_tree(m, id, &path, wanted == 1, 0, err), 0);
	r = mark_object(m, id, size ? size : UINT64_MAX, err);
	m->files += r > 0;
	m->bytes += r > 0 ? size : 0;
	return MIN(r, 0);
}

int mark_other_recipes(struct mark *m, const struct mark *except,
		       struct dver_err *err)
{
	int r = store_load_indexes(m->s, err);

	for (size_t i = 0; r == 0 && i < m->s->n; i++) {
		struct index_file *file = m->s->index[i].file;

		for (uint64_t j = 0; r == 0 && j < index_count(file); j++) {
			struct fact f;

			r = index_at(file, j, &f, err);
			if (r == 0 && f.kind == FACT_RECIPE &&
			    !mark_has(except, &f.id))
				r = mark_parts(m, &f.id, err);
		}
	}
	return r;
}
