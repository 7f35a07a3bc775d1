/*
 * fetch_trees - trees come first, as the walk meets them.
 *
 * Trees of one push lie together in packs of their own, mostly in the order of
 * the walk, so a tree is read with what follows and a little of what precedes
 * it, the more the more trees were asked for: little for one file of a
 * million, all of them in a few reads for everything.
 */
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/tree.h"
#include "transfer/fetch_internal.h"

#define AHEAD_MIN (32u << 10)
#define AHEAD_MAX (2u << 20)
#define TREE_MAX (1u << 30)
#define OVERLAY_MAX (64u << 20)	/* bytes of trees in memory */

void fetch_ahead_release(struct fetch *p)
{
	for (int i = 0; i < AHEADS; i++)
		buf_release(&p->ahead[i].bytes);
}

static bool holds(const struct ahead *a, const struct fact *f)
{
	return a->used && f->offset >= a->off &&
	       f->offset - a->off + f->stored <= a->bytes.len &&
	       memcmp(a->pack, f->pack, sizeof(f->pack)) == 0;
}

/* Read the frame, and what lies around it, over the oldest stretch. */
static int read_around(struct fetch *p, struct ahead *a, const struct fact *f,
		       struct dver_err *err)
{
	uint64_t size = MAX(p->ahead_size, (size_t)f->stored);
	uint64_t before = (size - f->stored) / 4;
	uint64_t off = f->offset - MIN(f->offset, before);
	size_t len = (size_t)MIN(size, f->pack_size - off);
	char key[FACT_KEY_MAX];
	int r;

	len = MAX(len, (size_t)(f->offset - off + f->stored));
	p->ahead_size = MIN(p->ahead_size * 2, (size_t)AHEAD_MAX);
	a->used = 0;
	buf_clear(&a->bytes);
	if (!buf_reserve(&a->bytes, len))
		return err_nomem(err);
	fact_key(key, f);
	r = transport_get(store_transport(p->remote), key, off, a->bytes.data,
			  len, &a->bytes.len, err);
	memcpy(a->pack, f->pack, sizeof(a->pack));
	a->off = off;
	a->used = ++p->clock;
	return r;
}

static int frame_of(struct fetch *p, const struct fact *f, const char **frame,
		    struct dver_err *err)
{
	struct ahead *a = &p->ahead[0];
	int r = 0;

	for (int i = 0; i < AHEADS; i++) {
		if (holds(&p->ahead[i], f)) {
			a = &p->ahead[i];
			break;
		}
		if (p->ahead[i].used < a->used)
			a = &p->ahead[i];
	}
	if (!holds(a, f))
		r = read_around(p, a, f, err);
	if (r == 0 && !holds(a, f))
		r = err_set(err, DVER_ECORRUPT, "a pack in '%s' is cut off",
			    store_transport(p->remote)->url);
	if (r < 0)
		return r;
	a->used = ++p->clock;
	*frame = a->bytes.data + (f->offset - a->off);
	return 0;
}

/* A chunk of a tree, or a whole small one, appended to *out. */
static int add_chunk(struct fetch *p, const struct fact *f, struct buf *out,
		     struct dver_err *err)
{
	struct store_io *io = p->io[p->opts->jobs];
	const char *frame;
	struct oid real;
	int r = frame_of(p, f, &frame, err);

	if (r == 0)
		r = codec_decode(store_io_codec(io), store_io_chunk(io),
				 f->length, frame, f->stored, err);
	if (r == 0)
		r = hash_one(store_io_hash(io), real.id, store_io_chunk(io),
			     f->length, err);
	if (r == 0 && !oid_eq(&real, &f->id))
		r = err_set(err, DVER_ECORRUPT, "a pack in '%s' is damaged",
			    store_transport(p->remote)->url);
	if (r < 0)
		return r;
	buf_add(out, store_io_chunk(io), f->length);
	return buf_check(out, err);
}

struct tree_parts {
	struct fetch *p;
	struct buf *out;
};

static int on_part(void *data, const struct recipe_entry *e,
		   struct dver_err *err)
{
	struct tree_parts *t = data;
	struct fact f;
	int r = fetch_find(t->p, &e->id, true, &f, err);

	if (r == 0 || (r > 0 && f.kind != FACT_CHUNK))
		return err_set(err, DVER_EMISSING, "a part of a tree is not "
			       "there");
	for (uint64_t i = 0; r >= 0 && i < e->repeat; i++)
		r = add_chunk(t->p, &f, t->out, err);
	return r;
}

static int read_tree(struct fetch *p, const struct oid *id,
		     const struct fact *f, struct buf *out,
		     struct dver_err *err)
{
	struct tree_parts t = { p, out };
	struct dver_err why = { 0 };
	struct oid real;
	int r;

	if (f->kind == FACT_CHUNK)
		r = add_chunk(p, f, out, &why);
	else
		r = store_each_chunk(p->remote, p->io[p->opts->jobs], id,
				     on_part, &t, &why);
	if (r == 0)
		r = hash_bytes(real.id, out->data, out->len, &why);
	if (r == 0 && oid_eq(&real, id))
		return 0;
	if (r < 0 && r != DVER_ECORRUPT && r != DVER_EMISSING &&
	    r != DVER_ENOTFOUND && r != DVER_EFORMAT && r != DVER_EUNSUPPORTED)
		return err_set(err, r, "%s", why.msg);
	/* Perhaps another place of it is good; its error is the one. */
	return fetch_object(p, p->opts->jobs, id, out, err);
}

static int keep_tree(struct fetch *p, const struct oid *id,
		     const struct buf *bytes, struct dver_err *err)
{
	int worker = p->opts->jobs;
	struct oid real;
	int r = store_overlay(p->local, id, bytes->data, bytes->len, err);

	if (r < 0 || p->opts->dry_run)
		return r;
	p->tree_bytes += bytes->len;
	r = writer_put_tree(p->w, worker, p->io[worker], &real, bytes->data,
			    bytes->len, err);
	if (r < 0 || p->tree_bytes < OVERLAY_MAX)
		return MIN(r, 0);
	p->published = 0;
	return fetch_slice(p, err);
}

/* How many of its files will be looked up? */
static int expect_files(struct fetch *p, const struct buf *bytes,
			struct dver_err *err)
{
	struct tree_reader t;
	struct tree_entry e;
	int r = tree_reader_init(&t, bytes->data, bytes->len, err), has;

	while (r >= 0 && (r = tree_next(&t, &e, err)) > 0) {
		if (e.kind == TREE_DIR)
			continue;
		has = store_has(p->local, &e.id, err);
		if (has < 0)
			return has;
		p->expected += !has;
	}
	return r;
}

int fetch_tree(struct fetch *p, const struct oid *id, bool all,
	       struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_MAX);
	struct fact f;
	int r = store_has(p->local, id, err);

	if (r != 0)
		return MIN(r, 0);
	if (!p->ahead_size) {
		p->ahead_size = AHEAD_MIN;
		for (int i = 0; i < AHEADS; i++)
			buf_init(&p->ahead[i].bytes, SIZE_MAX / 4);
	}
	r = store_is_plain(p->remote) ? 0 : fetch_find(p, id, false, &f, err);
	if (store_is_plain(p->remote))
		r = fetch_plain_tree(p, id, &bytes, err);
	else if (r == 0)
		r = fetch_object(p, p->opts->jobs, id, &bytes, err);
	else if (r > 0)
		r = read_tree(p, id, &f, &bytes, err);
	if (r == 0)
		r = keep_tree(p, id, &bytes, err);
	if (r == 0 && all && !p->whole)
		r = expect_files(p, &bytes, err);
	if (r == 0)
		p->stats->objects++;
	return r;
}
