/*
 * copy_take - a frame that was read: its bytes are checked, then it goes as it
 * is into a pack, or its bytes become a file.
 */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/plain.h"
#include "store/recipe.h"
#include "store/tree.h"
#include "transfer/copy_internal.h"

#define TREE_MAX (1u << 30)

static int put_also(struct copy *c, const struct tree_entry *e,
		    struct dver_err *err)
{
	void *slot;

	if (e->kind == TREE_DIR || !keymap_get(&c->parts, e->id.id))
		return 0;
	pthread_mutex_lock(&c->mutex);
	slot = keymap_put(&c->also, e->id.id, NULL);
	pthread_mutex_unlock(&c->mutex);
	return slot ? 0 : err_nomem(err);
}

int copy_note_tree(struct copy *c, const void *data, size_t len,
		   struct dver_err *err)
{
	struct dver_err why;
	struct tree_reader tr;
	struct tree_entry e;
	int r = tree_reader_init(&tr, data, len, &why);

	while (r == 0 && tree_next(&tr, &e, &why) > 0)
		r = put_also(c, &e, err);
	return r == DVER_ENOMEM ? r : 0;
}

int copy_cut_trees(struct copy *c, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(TREE_MAX);
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->ntrees; i++) {
		struct dver_err why;

		r = store_read(c->from, copy_main_io(c), &c->trees[i],
			       TREE_MAX, &bytes, &why);
		if (r == 0)
			r = copy_note_tree(c, bytes.data, bytes.len, err);
		else if (copy_is_damage(r))
			r = 0;	/* told when it is copied */
		else
			r = err_set(err, r, "%s", why.msg);
		if (r == 0)
			r = cancel_check(c->opts->cancel, err);
	}
	return r;
}

/* What the frame holds, into the thread's chunk; a chunk is checked. */
static int decode(struct copy *c, int worker, const struct fact *f,
		  const void *frame, struct dver_err *err)
{
	struct store_io *io = c->io[worker];
	char hex[OID_HEX + 1];
	struct oid real;
	int r;

	if (!frame)
		return err_set(err, DVER_ECORRUPT, "the pack of object %s "
			       "cannot be read", oid_hex(hex, &f->id));
	r = codec_decode(store_io_codec(io), store_io_chunk(io), f->length,
			 frame, f->stored, err);
	if (r < 0 || f->kind == FACT_RECIPE)
		return r;
	r = hash_one(store_io_hash(io), real.id, store_io_chunk(io),
		     f->length, err);
	if (r < 0 || oid_eq(&real, &f->id))
		return r;
	return err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
		       oid_hex(hex, &f->id), store_transport(c->from)->url);
}

/* The entries of a recipe that names chunks of a tree are in meta/. */
static int note_cut_tree(struct copy *c, const struct oid *id,
			 const struct oid *first, struct dver_err *err)
{
	struct fact f;
	int r = store_find(c->from, first, false, &f, err);
	bool ok = true;

	if (r <= 0 || f.place != PLACE_META)
		return MIN(r, 0);
	pthread_mutex_lock(&c->mutex);
	ok = mem_grow(&c->trees, &c->trees_cap, c->ntrees + 1,
		      sizeof(*c->trees));
	if (ok)
		c->trees[c->ntrees++] = *id;
	pthread_mutex_unlock(&c->mutex);
	return ok ? 0 : err_nomem(err);
}

struct parts {
	struct copy *c;
	struct oid first;
	bool any;
};

static int on_part(void *data, const struct recipe_entry *e,
		   struct dver_err *err)
{
	struct parts *p = data;
	void *slot;

	if (!p->any)
		p->first = e->id;
	p->any = true;
	pthread_mutex_lock(&p->c->mutex);
	slot = keymap_put(&p->c->parts, e->id.id, NULL);
	pthread_mutex_unlock(&p->c->mutex);
	return slot ? 0 : err_nomem(err);
}

/* fn for what the recipe in the thread's chunk names; deeper ones, too. */
static int each_part(struct copy *c, int worker, const struct fact *f,
		     int (*fn)(void *data, const struct recipe_entry *e,
			       struct dver_err *err),
		     void *data, unsigned *depth, struct dver_err *err)
{
	struct store_io *io = c->io[worker];
	struct recipe_reader rr;
	struct recipe_entry e;
	int r = recipe_reader_init(&rr, store_io_chunk(io), f->length, err);

	*depth = r == 0 ? rr.depth : 0;
	if (*depth > 1)
		return store_each_part(c->from, io, &f->id, fn, data, err);
	while (r == 0 && (r = recipe_next(&rr, &e, err)) > 0)
		r = fn(data, &e, err);
	return r;
}

static int take_parts(struct copy *c, int worker, const struct fact *f,
		      struct dver_err *err)
{
	struct parts p = { .c = c };
	unsigned depth;
	int r = each_part(c, worker, f, on_part, &p, &depth, err);

	if (r == 0 && p.any && depth == 1)
		r = note_cut_tree(c, &f->id, &p.first, err);
	return r;
}

static int is_there(void *data, const struct recipe_entry *e,
		    struct dver_err *err)
{
	struct copy *c = data;
	char hex[OID_HEX + 1];
	struct fact f;
	int r = store_find(c->to, &e->id, true, &f, err);

	if (r != 0)
		return MIN(r, 0);
	return err_set(err, DVER_EMISSING, "chunk %s is not in '%s'",
		       oid_hex(hex, &e->id), store_transport(c->from)->url);
}

/* Damaged where it was looked for: perhaps another place of it is not. */
static int take_elsewhere(struct copy *c, int worker, const struct fact *f,
			  struct buf *frame, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);
	struct store_io *io = c->io[worker];
	int r = store_read(c->from, io, &f->id, CHUNK_MAX, &bytes, err);

	if (r == 0)
		r = codec_encode(store_io_codec(io), frame, bytes.data,
				 bytes.len, err);
	if (r == 0)
		memcpy(store_io_chunk(io), bytes.data, bytes.len);
	return r;
}

/* A small object on its way to a plain remote. */
struct put_job {
	struct pool_job job;
	struct copy *c;
	struct oid id;
	struct buf bytes;
};

static int put_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct put_job *j = (struct put_job *)job;
	struct transport_src src = { .data = j->bytes.data,
				     .len = j->bytes.len };
	int r = cancel_check(j->c->opts->cancel, err);

	(void)worker;
	if (r == 0)
		r = plain_put(j->c->to, &j->id, &src, err);
	if (r == 0)
		copy_done(j->c, j->bytes.len);
	return r;
}

static void put_release(struct pool_job *job)
{
	struct put_job *j = (struct put_job *)job;

	buf_release(&j->bytes);
	free(j);
}

/* By a thread of its own: a pack has thousands, and each is a request. */
static int put_plain(struct copy *c, int worker, const struct fact *f,
		     struct dver_err *err)
{
	struct put_job *j;
	int r = c->opts->dry_run ? 0 : copy_lacks(c, &f->id, f->length, err);

	if (r <= 0)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return err_nomem(err);
	j->job.run = put_run;
	j->job.release = put_release;
	j->c = c;
	j->id = f->id;
	buf_init(&j->bytes, CHUNK_MAX);
	buf_add(&j->bytes, store_io_chunk(c->io[worker]), f->length);
	r = buf_check(&j->bytes, err);
	if (r == 0)
		return pool_submit(c->puts, &j->job, err);
	put_release(&j->job);
	return r;
}

/* 1: it was put; 0: it need not be, or is on its way. */
static int put(struct copy *c, enum copy_pass pass, int worker,
	       const struct fact *f, const void *frame, size_t len,
	       struct dver_err *err)
{
	int r = 0;

	if (pass == COPY_PARTS)
		return 0;
	if (!store_is_plain(c->to))
		return writer_put_frame(c->w, worker, f, frame, len, err);
	if (pass == COPY_META)
		r = copy_note_tree(c, store_io_chunk(c->io[worker]),
				   f->length, err);
	return r < 0 ? r : put_plain(c, worker, f, err);
}

int copy_take(struct copy *c, enum copy_pass pass, int worker,
	      const struct fact *f, const void *frame, struct dver_err *err)
{
	AUTO_BUF struct buf other = BUF_INIT(2 * CHUNK_MAX);
	size_t len = f->stored;
	struct dver_err why;
	unsigned depth;
	int r = decode(c, worker, f, frame, &why);

	if (copy_is_damage(r) && f->kind == FACT_CHUNK) {
		r = take_elsewhere(c, worker, f, &other, &why);
		frame = other.data;
		len = other.len;
	}
	if (r == 0 && pass == COPY_PARTS)
		r = take_parts(c, worker, f, &why);
	else if (r == 0 && pass == COPY_RECIPES)
		r = each_part(c, worker, f, is_there, c, &depth, &why);
	if (copy_is_damage(r)) {
		/* Of parts: it is told when the object is copied. */
		if (pass != COPY_PARTS)
			copy_missing(c, &why);
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	r = put(c, pass, worker, f, frame, len, err);
	if (r > 0)
		copy_done(c, f->length);
	return MIN(r, 0);
}
