/*
 * export_remote - to a bucket, a web server, a host: each file a key under its
 * path.  There are no symlinks and no executables there.
 */
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/chunker.h"
#include "transfer/object_src.h"
#include "workspace/export.h"

struct bucket {
	struct export_place place;	/* first */
	struct transport *t;		/* owned */
	struct strvec keys;		/* that are there; sorted */
	uint64_t *sizes;		/* owned; one each */
};

struct key {
	char *key;
	uint64_t size;
};

struct found {
	struct key *v;
	size_t n, cap;
};

static int on_key(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	struct found *f = data;
	struct key x = { strdup(k->key), k->size };

	if (!x.key || !mem_grow(&f->v, &f->cap, f->n + 1, sizeof(x))) {
		free(x.key);
		return err_nomem(err);
	}
	f->v[f->n++] = x;
	return 0;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->key,
		      ((const struct key *)b)->key);
}

static int take_keys(struct bucket *b, struct found *f, struct dver_err *err)
{
	b->sizes = mem_array(f->n + 1, sizeof(*b->sizes));
	if (!b->sizes)
		return err_nomem(err);
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_key);
	for (size_t i = 0; i < f->n; i++) {
		b->sizes[i] = f->v[i].size;
		if (!strvec_take(&b->keys, &f->v[i].key))
			return err_nomem(err);
	}
	return 0;
}

/* What is there already; a server that lists nothing is taken for empty. */
static int list(struct bucket *b, struct dver_err *err)
{
	struct found f = { .v = NULL };
	struct dver_err why;
	int r = transport_list(b->t, "", on_key, &f, &why);

	if (r == DVER_EUNSUPPORTED || r == DVER_ENOTFOUND)
		r = 0;
	r = r < 0 ? err_set(err, r, "%s", why.msg) : take_keys(b, &f, err);
	for (size_t i = 0; i < f.n; i++)
		free(f.v[i].key);
	free(f.v);
	return r;
}

/* The size of a key that is there: 1, 0. */
static bool there(const struct bucket *b, const char *key, uint64_t *size)
{
	size_t lo = 0, hi = b->keys.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(key, b->keys.v[mid]);

		if (c == 0) {
			*size = b->sizes[mid];
			return true;
		}
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

/* Its bytes, read back: 1: the same, 0, < 0. */
static int is_same(struct bucket *b, struct store_io *io,
		   const struct export_entry *e, struct dver_err *err)
{
	AUTO_HASH struct hash *h = NULL;
	size_t got = CHUNK_MAX;
	struct oid real;
	uint64_t off = 0;
	int r = hash_new(&h, err);

	if (r == 0)
		r = hash_init(h, err);
	while (r == 0 && got == CHUNK_MAX) {
		r = cancel_check(&b->place.repo->cancel, err);
		if (r == 0)
			r = transport_get(b->t, e->path, off,
					  store_io_chunk(io), CHUNK_MAX, &got,
					  err);
		if (r == 0)
			r = hash_update(h, store_io_chunk(io), got, err);
		off += got;
	}
	if (r == 0)
		r = hash_final(h, real.id, err);
	return r < 0 ? r : oid_eq(&real, &e->id);
}

/* 1: it is there already, 0: put it, < 0. */
static int look(struct bucket *b, struct store_io *io,
		const struct export_entry *e, struct dver_err *err)
{
	uint64_t size;
	int r;

	if (!there(b, e->path, &size))
		return 0;
	r = size == e->size ? is_same(b, io, e, err) : 0;
	if (r != 0)
		return r;
	if (!b->place.force)
		return export_in_the_way(b->t->url, e->path, err);
	return transport_del(b->t, e->path, err);
}

static int put(struct bucket *b, struct store_io *io,
	       const struct export_entry *e, struct dver_err *err)
{
	struct object_src o;
	struct transport_src src;
	int r = object_src_load(&o, b->place.store, io, &e->id,
				b->place.stage, &b->place.repo->cancel, err);

	src = object_src_of(&o);
	if (r == 0)
		r = transport_put(b->t, e->path, &src, err);
	if (r == 0) {
		r = object_src_check(&o, err);
		if (r < 0)
			(void)transport_del(b->t, e->path, NULL);
	}
	object_src_release(&o);
	return r;
}

static int bucket_add(struct export_place *p, struct store_io *io,
		      const struct export_entry *e, struct dver_err *err)
{
	struct bucket *b = (struct bucket *)p;
	int r;

	if (e->kind == TREE_DIR)
		return 0;
	if (e->kind == TREE_SYMLINK) {
		atomic_fetch_add(&p->counts->links, 1);
		return 0;
	}
	if (!utf8_valid(e->path, strlen(e->path)))
		return err_set(err, DVER_EUNSUPPORTED, "the name of '%s' is "
			       "not UTF-8: '%s' cannot hold it", e->path,
			       b->t->url);
	r = look(b, io, e, err);
	if (r > 0)
		atomic_fetch_add(&p->counts->unchanged, 1);
	if (r == 0) {
		r = put(b, io, e, err);
		if (r < 0)
			return r;
		atomic_fetch_add(&p->counts->files, 1);
		atomic_fetch_add(&p->counts->bytes, e->size);
	}
	return MIN(r, 0);
}

static int bucket_finish(struct export_place *p, struct dver_err *err)
{
	return transport_flush(((struct bucket *)p)->t, err);
}

static void bucket_close(struct export_place *p)
{
	struct bucket *b = (struct bucket *)p;

	transport_close(b->t);
	strvec_release(&b->keys);
	free(b->sizes);
	free(b);
}

static const struct export_ops bucket_ops = { bucket_add, bucket_finish,
					      bucket_close };

int export_remote_open(struct export_place **out, struct dver_repo *repo,
		       struct remote *at, struct dver_err *err)
{
	struct bucket *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return err_nomem(err);
	b->place.ops = &bucket_ops;
	b->place.repo = repo;
	at->cfg.flags |= TRANSPORT_CREATE;
	r = transport_open(&b->t, &at->cfg, err);
	b->place.t = b->t;
	if (r == 0)
		r = list(b, err);
	if (r < 0) {
		bucket_close(&b->place);
		return r;
	}
	*out = &b->place;
	return 0;
}
