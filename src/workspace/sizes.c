#include "workspace/sizes.h"

#include "base/err.h"
#include "store/tree.h"

#define TREE_MAX (1u << 30)

/* A tree has the bytes and files below each of its entries. */
static int of_tree(struct pointer *p, struct store *s, struct store_io *io,
		   struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_MAX);
	uint64_t size = 0, files = 0;
	struct tree_reader tr;
	struct tree_entry e;
	int r = store_read(s, io, &p->id, TREE_MAX, &bytes, err);

	if (r == 0)
		r = tree_reader_init(&tr, bytes.data, bytes.len, err);
	while (r == 0 && (r = tree_next(&tr, &e, err)) > 0) {
		size += e.bytes;
		files += e.files;
		r = 0;
	}
	if (r < 0)
		return r;
	p->size = size;
	p->nfiles = files;
	p->has_nfiles = true;
	return 1;
}

static bool is_known(const struct output *o)
{
	return o->problem || (o->pointer.has_size &&
			      (o->pointer.kind == ROOT_FILE ||
			       o->pointer.has_nfiles));
}

int sizes_fill(struct outputs *o, struct store *s, struct store_io *io,
	       struct dver_err *err)
{
	for (size_t i = 0; i < o->n; i++) {
		struct pointer *p = &o->v[i].pointer;
		struct dver_err why;
		int r;

		if (is_known(&o->v[i]))
			continue;
		r = p->kind == ROOT_TREE
		    ? of_tree(p, s, io, &why)
		    : store_length(s, io, &p->id, &p->size, &why);
		if (r == DVER_ENOMEM || r == DVER_ECANCEL)
			return err_set(err, r, "%s", why.msg);
		/* What is damaged or not here is told by who needs it. */
		p->has_size = r > 0;
	}
	return 0;
}
