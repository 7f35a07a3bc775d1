#include "workspace/tree_io.h"

#include "base/err.h"
#include "base/mem.h"

void side_release(struct side *d)
{
	buf_release(&d->bytes);
}

int side_next(struct side *d, struct dver_err *err)
{
	int r = tree_next(&d->reader, &d->e, err);

	d->more = r > 0;
	return r < 0 ? r : 0;
}

int side_open(struct side *d, struct scanner *s, const struct oid *id,
	      struct dver_err *err)
{
	int r;

	if (!id)
		return 0;
	r = store_read(s->store, s->main_io, id, d->bytes.max, &d->bytes, err);
	if (r == 0)
		r = tree_reader_init(&d->reader, d->bytes.data, d->bytes.len,
				     err);
	return r < 0 ? r : side_next(d, err);
}

void made_begin(struct made *m)
{
	buf_init(&m->bytes, SIZE_MAX / 4);
	tree_writer_init(&m->tw, &m->bytes);
	tree_begin(&m->bytes);
}

void made_release(struct made *m)
{
	buf_release(&m->bytes);
}

int made_add(struct made *m, const struct tree_entry *name,
	     const struct scanned *d, struct dver_err *err)
{
	struct tree_entry e = { .kind = d->kind, .name = name->name,
				.name_len = name->name_len, .id = d->id,
				.bytes = d->bytes, .files = d->files };

	return tree_add(&m->tw, &e, err);
}

int made_end(struct made *m, struct scanner *s, struct scanned *out,
	     struct dver_err *err)
{
	int r = buf_check(&m->bytes, err);

	*out = (struct scanned){ .kind = TREE_DIR, .bytes = m->tw.bytes,
				 .files = m->tw.files };
	if (r == 0)
		r = scan_put_tree(s, 0, &out->id, &m->bytes, err);
	return r < 0 ? r : 0;
}
