#include "workspace/keep.h"

#include "base/err.h"
#include "base/mem.h"

#define TREE_MAX (1u << 30)

void keep_release(struct keep *k)
{
	writer_abort(k->writer);
	tmpdir_free(k->stage);
	k->writer = NULL;
	k->stage = NULL;
}

static int start(struct keep *k, struct dver_err *err)
{
	struct writer_opts wo = { .workers = 1, .reuse = true };
	int r;

	if (k->writer)
		return 0;
	r = tmpdir_new(&k->stage, k->s->repo->cache, err);
	if (r < 0)
		return r;
	wo.stage = tmpdir_path(k->stage);
	return writer_open(&k->writer, k->s->store, &wo, err);
}

static int keep_below(struct keep *k, const struct buf *bytes,
		      struct dver_err *err)
{
	struct tree_reader tr;
	struct tree_entry e;
	int r = tree_reader_init(&tr, bytes->data, bytes->len, err);

	while (r == 0 && (r = tree_next(&tr, &e, err)) > 0)
		r = e.kind == TREE_DIR ? keep_tree(k, &e.id, err) : 0;
	return r;
}

int keep_tree(struct keep *k, const struct oid *id, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_MAX);
	struct oid same;
	int r = store_has(k->s->store, id, err);

	if (r != 0)
		return MIN(r, 0);
	r = store_read(k->s->store, k->s->main_io, id, TREE_MAX, &bytes, err);
	if (r == 0)
		r = keep_below(k, &bytes, err);
	if (r == 0)
		r = start(k, err);
	if (r == 0)
		r = writer_put_tree(k->writer, 0, k->s->main_io, &same,
				    bytes.data, bytes.len, err);
	return MIN(r, 0);
}

int keep_commit(struct keep *k, struct dver_err *err)
{
	struct writer_stats st;
	int r;

	if (!k->writer)
		return 0;
	r = writer_commit(&k->writer, &st, err);
	if (r == 0)
		r = store_refresh(k->s->store, err);
	return r < 0 ? r : store_load_indexes(k->s->store, err);
}
