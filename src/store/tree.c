/*
 * tree - one encoding a directory: the writer refuses what the reader would.
 */
#include "store/tree.h"

#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/path.h"

static const char magic[4] = { 'd', 'v', 't', '1' };

int tree_name_cmp(const char *a, size_t alen, const char *b, size_t blen)
{
	int r = memcmp(a, b, MIN(alen, blen));

	return r ? r : (alen > blen) - (alen < blen);
}

void tree_begin(struct buf *out)
{
	buf_clear(out);
	buf_add(out, magic, sizeof(magic));
}

void tree_writer_init(struct tree_writer *w, struct buf *out)
{
	*w = (struct tree_writer){ .out = out };
	tree_begin(out);
}

static int bad_name(const char *name, size_t len, const char *why,
		    struct dver_err *err)
{
	return err_set(err, DVER_EINVAL, "tree entry '%.*s' %s", (int)len,
		       name, why);
}

int tree_add(struct tree_writer *w, const struct tree_entry *e,
	     struct dver_err *err)
{
	const char *last = w->out->data + w->last_name;

	if (!path_is_component(e->name, e->name_len))
		return bad_name(e->name, e->name_len, "is no file name", err);
	if (w->last_name && tree_name_cmp(last, w->last_len, e->name,
					  e->name_len) >= 0)
		return bad_name(e->name, e->name_len, "is out of order", err);
	if (__builtin_add_overflow(w->bytes, e->bytes, &w->bytes) ||
	    __builtin_add_overflow(w->files, e->files, &w->files))
		return bad_name(e->name, e->name_len, "is too large", err);
	buf_addc(w->out, (int)e->kind);
	buf_addc(w->out, (int)e->name_len);
	w->last_name = w->out->len;
	w->last_len = e->name_len;
	buf_add(w->out, e->name, e->name_len);
	buf_add(w->out, e->id.id, sizeof(e->id.id));
	buf_add_varint(w->out, e->bytes);
	if (e->kind == TREE_DIR)
		buf_add_varint(w->out, e->files);
	return buf_check(w->out, err);
}

static int malformed(const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "malformed tree: %s", what);
}

int tree_reader_init(struct tree_reader *r, const void *data, size_t len,
		     struct dver_err *err)
{
	const uint8_t *p = data;

	if (len < sizeof(magic) || memcmp(data, magic, sizeof(magic)) != 0)
		return malformed("it does not start with 'dvt1'", err);
	*r = (struct tree_reader){ .p = p + sizeof(magic), .end = p + len };
	return 0;
}

static bool take_varint(struct tree_reader *r, uint64_t *v)
{
	size_t n = varint_get(r->p, (size_t)(r->end - r->p), v);

	r->p += n;
	return n > 0;
}

int tree_next(struct tree_reader *r, struct tree_entry *e,
	      struct dver_err *err)
{
	size_t left = (size_t)(r->end - r->p);

	if (left == 0)
		return 0;
	if (left < 2 || left - 2 < (size_t)r->p[1] + sizeof(e->id.id))
		return malformed("it is cut off", err);
	if (r->p[0] < TREE_FILE || r->p[0] > TREE_DIR)
		return malformed("an entry of unknown kind", err);
	e->kind = (enum tree_kind)r->p[0];
	e->name_len = r->p[1];
	e->name = (const char *)r->p + 2;
	if (!path_is_component(e->name, e->name_len))
		return malformed("a name that is no file name", err);
	if (r->last_name && tree_name_cmp(r->last_name, r->last_len, e->name,
					  e->name_len) >= 0)
		return malformed("names out of order", err);
	r->last_name = e->name;
	r->last_len = e->name_len;
	r->p += 2 + e->name_len;
	memcpy(e->id.id, r->p, sizeof(e->id.id));
	r->p += sizeof(e->id.id);
	e->files = 1;
	if (!take_varint(r, &e->bytes) ||
	    (e->kind == TREE_DIR && !take_varint(r, &e->files)))
		return malformed("a number that is cut off or too long", err);
	return 1;
}

int tree_find(const void *data, size_t len, const char *name, size_t name_len,
	      struct tree_entry *e, struct dver_err *err)
{
	struct tree_reader r;
	int n = tree_reader_init(&r, data, len, err);

	if (n < 0)
		return n;
	while ((n = tree_next(&r, e, err)) > 0) {
		int order = tree_name_cmp(e->name, e->name_len, name,
					  name_len);

		if (order == 0)
			return 1;
		if (order > 0)
			return 0;
	}
	return n;
}
