/*
 * copy_objects - whole objects, each by a job of its own: out of a plain
 * remote all of them, out of a packed one those that are cut there.
 *
 * To a plain remote small ones go through memory, others through a file, for
 * an upload has to know its length, and nothing may be put before its id is
 * known to be right.  To a packed one an object is cut as it streams: each
 * chunk has an id of its own, and the recipe is put when the whole was right.
 */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/chunker.h"
#include "store/plain.h"
#include "store/recipe.h"
#include "store/tree.h"
#include "transfer/copy_internal.h"

#define WINDOW (2 * CHUNK_MAX)

struct object_job {
	struct pool_job job;
	struct copy *c;
	struct oid id;
	uint64_t size;
};

/* An object on its way into a file. */
struct staged {
	int fd;
	uint64_t size;
};

static int to_file(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	struct staged *s = data;

	s->size += len;
	return os_write_all(s->fd, bytes, len) < 0
	       ? err_sys(err, "cannot write what is to be copied") : 0;
}

static int put_staged(struct object_job *j, struct store_io *io,
		      const char *path, struct dver_err *err)
{
	struct transport_src src = { .path = path, .consume = true };
	struct copy *c = j->c;
	struct staged s = { .fd = os_open(path, O_WRONLY | O_CREAT | O_EXCL,
					  0444) };
	int r;

	if (s.fd < 0)
		return err_sys(err, "cannot create '%s'", path);
	r = store_stream(c->from, io, &j->id, to_file, &s, c->opts->cancel,
			 err);
	(void)os_close(s.fd);
	src.len = (size_t)s.size;
	return r < 0 ? r : plain_put(c->to, &j->id, &src, err);
}

static int large_to_plain(struct object_job *j, struct store_io *io,
			  struct dver_err *err)
{
	char hex[OID_HEX + 1];
	AUTO_FREE char *path = str_printf("%s/object-%s", j->c->stage,
					  oid_hex(hex, &j->id));
	int r;

	if (!path)
		return err_nomem(err);
	r = put_staged(j, io, path, err);
	(void)os_unlink(path);
	return r;
}

static bool is_tree(const void *data, size_t len, bool whole)
{
	struct tree_reader tr;
	struct tree_entry e;
	int r = tree_reader_init(&tr, data, len, NULL);

	if (r == 0)
		r = tree_next(&tr, &e, NULL);
	while (whole && r > 0)
		r = tree_next(&tr, &e, NULL);
	return r == !whole;
}

static int small(struct object_job *j, struct store_io *io, int worker,
		 struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(CHUNK_MAX);
	struct transport_src src = { 0 };
	struct copy *c = j->c;
	int r = store_read(c->from, io, &j->id, CHUNK_MAX, &b, err);

	if (r < 0)
		return r;
	if (!store_is_plain(c->to))
		return writer_put(c->w, worker, io, is_tree(b.data, b.len, true)
				  ? PLACE_META : PLACE_PACK, &j->id, b.data,
				  b.len, err);
	src.data = b.data;
	src.len = b.len;
	return plain_put(c->to, &j->id, &src, err);
}

/* An object that is cut as it comes. */
struct cutting {
	struct copy *c;
	struct store_io *io;
	int worker;
	enum fact_place place;
	struct recipe_writer rw;
	struct buf window, entries;
	uint64_t total;
};

/* Chunks off the front, for as long as `least` bytes are there. */
static int cut(struct cutting *x, size_t least, struct dver_err *err)
{
	struct buf *w = &x->window;
	size_t off = 0;
	int r = 0;

	while (r >= 0 && w->len - off >= least) {
		const uint8_t *p = (uint8_t *)w->data + off;
		size_t len = chunker_cut(p, w->len - off);
		struct oid id;

		r = hash_one(store_io_hash(x->io), id.id, p, len, err);
		if (r == 0)
			r = writer_put(x->c->w, x->worker, x->io, x->place,
				       &id, p, len, err);
		recipe_add(&x->rw, &x->entries, &id, (uint32_t)len);
		off += len;
	}
	memmove(w->data, w->data + off, w->len - off);
	buf_truncate(w, w->len - off);
	return r < 0 ? r : buf_check(&x->entries, err);
}

static int to_chunks(void *data, const void *bytes, size_t len,
		     struct dver_err *err)
{
	struct cutting *x = data;
	int r;

	if (x->total == 0 && is_tree(bytes, len, false))
		x->place = PLACE_META;
	x->total += len;
	buf_add(&x->window, bytes, len);
	r = buf_check(&x->window, err);
	return r < 0 ? r : cut(x, CHUNK_MAX, err);
}

static int finish_cut(struct object_job *j, struct cutting *x,
		      struct dver_err *err)
{
	char hex[OID_HEX + 1];
	int r;

	if (x->total <= CHUNK_MAX)
		return err_set(err, DVER_ECORRUPT, "object %s is shorter than "
			       "it is listed", oid_hex(hex, &j->id));
	r = cut(x, 1, err);
	recipe_finish(&x->rw, &x->entries);
	if (r == 0)
		r = buf_check(&x->entries, err);
	return r < 0 ? r : writer_put_recipe(j->c->w, x->worker, x->io,
					     &j->id, x->total, x->entries.data,
					     x->entries.len, err);
}

static int large_to_packed(struct object_job *j, struct store_io *io,
			   int worker, struct dver_err *err)
{
	struct cutting x = { .c = j->c, .io = io, .worker = worker,
			     .place = PLACE_PACK,
			     .window = BUF_INIT(WINDOW),
			     .entries = BUF_BIG };
	int r;

	recipe_writer_init(&x.rw);
	r = store_stream(j->c->from, io, &j->id, to_chunks, &x,
			 j->c->opts->cancel, err);
	if (r == 0)
		r = finish_cut(j, &x, err);
	buf_release(&x.window);
	buf_release(&x.entries);
	return r;
}

static int object_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct object_job *j = (struct object_job *)job;
	struct store_io *io = j->c->io[worker];
	struct dver_err why;
	int r = cancel_check(j->c->opts->cancel, err);

	if (r < 0)
		return r;
	if (j->size <= CHUNK_MAX)
		r = small(j, io, worker, &why);
	else if (store_is_plain(j->c->to))
		r = large_to_plain(j, io, &why);
	else
		r = large_to_packed(j, io, worker, &why);
	if (copy_is_damage(r)) {
		copy_missing(j->c, &why);
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	copy_done(j->c, j->size);
	return 0;
}

static void object_release(struct pool_job *job)
{
	free(job);
}

static int submit(struct copy *c, const struct oid *id, uint64_t size,
		  struct dver_err *err)
{
	struct object_job *j;
	int r = copy_slice(c, err);

	copy_planned(c, size);
	if (r < 0 || c->opts->dry_run)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return err_nomem(err);
	j->job.run = object_run;
	j->job.release = object_release;
	j->c = c;
	j->id = *id;
	j->size = size;
	return pool_submit(c->pool, &j->job, err);
}

struct object {
	struct oid id;
	uint64_t size;
};
struct objects {
	struct object *v;
	size_t n, cap;
};

static int on_object(void *data, const struct oid *id, uint64_t size,
		     struct dver_err *err)
{
	struct objects *o = data;

	if (!mem_grow(&o->v, &o->cap, o->n + 1, sizeof(*o->v)))
		return err_nomem(err);
	o->v[o->n++] = (struct object){ *id, size };
	return 0;
}

int copy_listed(struct copy *c, struct dver_err *err)
{
	bool plain = store_is_plain(c->to);
	struct objects o = { .v = NULL };
	int r = plain_each_object(c->from, on_object, &o, err);

	if (r < 0)
		r = err_wrap(err, "a remote of layout plain must be listed to "
			     "be copied");
	for (size_t i = 0; r == 0 && i < o.n; i++) {
		r = copy_lacks(c, &o.v[i].id, plain ? o.v[i].size : UINT64_MAX,
			       err);
		if (r > 0)
			r = submit(c, &o.v[i].id, o.v[i].size, err);
	}
	free(o.v);
	return r;
}

static int on_recipe(void *data, const struct fact *f, struct dver_err *err)
{
	struct copy *c = data;
	struct dver_err why;
	uint64_t size;
	int r;

	if (f->kind != FACT_RECIPE)
		return 0;
	r = copy_is_best(c, f, err);
	if (r > 0)
		r = copy_lacks(c, &f->id, UINT64_MAX, err);
	if (r <= 0)
		return r;
	r = store_length(c->from, copy_main_io(c), &f->id, &size, &why);
	if (copy_is_damage(r)) {
		copy_missing(c, &why);
		return 0;
	}
	return r < 0 ? err_set(err, r, "%s", why.msg)
		     : submit(c, &f->id, size, err);
}

int copy_cut_objects(struct copy *c, struct dver_err *err)
{
	return store_each_fact(c->from, on_recipe, c, err);
}
