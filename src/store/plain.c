#include "store/plain.h"

#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/store_internal.h"

#define FILES "files/sha256/"
#define ROOTS "roots/"
#define PARTS 256	/* listings: one for each first byte of an id */

enum part_state { UNLISTED, LISTING, LISTED };

struct plain {
	pthread_mutex_t mutex;		/* of all */
	pthread_cond_t listed;
	uint8_t part[PARTS];		/* enum part_state */
	bool no_list;			/* nothing is listed for us */
	bool fresh;			/* it was made just now */
	struct keymap sizes;		/* id -> uint64_t */
};

int plain_new(struct plain **out, struct dver_err *err)
{
	struct plain *p = calloc(1, sizeof(*p));

	if (!p)
		return err_nomem(err);
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->listed, NULL);
	keymap_init(&p->sizes, HASH_SIZE, sizeof(uint64_t));
	*out = p;
	return 0;
}

void plain_free(struct plain *p)
{
	if (!p)
		return;
	keymap_release(&p->sizes);
	pthread_cond_destroy(&p->listed);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

void plain_forget(struct plain *p)
{
	pthread_mutex_lock(&p->mutex);
	if (!p->fresh) {
		keymap_clear(&p->sizes);
		memset(p->part, UNLISTED, sizeof(p->part));
	}
	pthread_mutex_unlock(&p->mutex);
}

void plain_is_fresh(struct plain *p)
{
	p->fresh = true;
	memset(p->part, LISTED, sizeof(p->part));
}

bool store_is_plain(const struct store *s)
{
	return s->plain != NULL;
}

void plain_key(char key[PLAIN_KEY_MAX], const struct oid *id)
{
	char hex[OID_HEX + 1];

	(void)oid_hex(hex, id);
	memcpy(key, FILES, strlen(FILES));
	key += strlen(FILES);
	memcpy(key, hex, 2);
	key[2] = '/';
	memcpy(key + 3, hex + 2, OID_HEX - 1);
}

/* "files/sha256/ab/cd..." back into an id. */
static bool id_of_key(const char *key, struct oid *id)
{
	char hex[OID_HEX + 1];

	if (!str_starts(key, FILES))
		return false;
	key += strlen(FILES);
	if (strlen(key) != OID_HEX + 1 || key[2] != '/')
		return false;
	memcpy(hex, key, 2);
	memcpy(hex + 2, key + 3, OID_HEX - 1);
	return oid_parse(id, hex) == 0;
}

/* Objects of one listing, before they are taken over. */
struct found {
	struct oid id;
	uint64_t size;
};
struct listing {
	struct found *v;
	size_t n, cap;
};

static int on_object(void *data, const struct transport_key *k,
		     struct dver_err *err)
{
	struct listing *l = data;
	struct found f = { .size = k->size };

	if (!id_of_key(k->key, &f.id))
		return 0;
	if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
		return err_nomem(err);
	l->v[l->n++] = f;
	return 0;
}

/* Under the mutex. */
static int take_over(struct plain *p, const struct listing *l,
		     struct dver_err *err)
{
	for (size_t i = 0; i < l->n; i++) {
		uint64_t *size = keymap_put(&p->sizes, l->v[i].id.id, NULL);

		if (!size)
			return err_nomem(err);
		*size = l->v[i].size;
	}
	return 0;
}

/* No listing, or no right to it: reads will tell. */
static bool cannot_list(int r)
{
	return r == DVER_EUNSUPPORTED || r == DVER_EAUTH;
}

/* Called and returns with the mutex held. */
static int list_part(struct store *s, uint8_t first, struct dver_err *err)
{
	struct plain *p = s->plain;
	struct listing l = { .v = NULL };
	char prefix[sizeof(FILES) + 3];
	char hex[OID_HEX + 1];
	struct oid id = { { first } };
	struct dver_err why;
	int r;

	memcpy(prefix, FILES, strlen(FILES));
	memcpy(prefix + strlen(FILES), oid_hex(hex, &id), 2);
	memcpy(prefix + strlen(FILES) + 2, "/", 2);
	p->part[first] = LISTING;
	pthread_mutex_unlock(&p->mutex);
	r = transport_list(s->t, prefix, on_object, &l, &why);
	pthread_mutex_lock(&p->mutex);
	if (cannot_list(r)) {
		p->no_list = true;
		r = 0;
	} else if (r < 0) {
		r = err_set(err, r, "%s", why.msg);
	} else {
		r = take_over(p, &l, err);
	}
	p->part[first] = r == 0 && !p->no_list ? LISTED : UNLISTED;
	pthread_cond_broadcast(&p->listed);
	free(l.v);
	return r;
}

/* By a read, where nothing is listed. */
static int ask_for(struct store *s, const struct oid *id, uint64_t *size,
		   struct dver_err *err)
{
	struct dver_err why;
	char byte;
	size_t got;
	int r = plain_get(s, id, 0, &byte, 1, &got, &why);

	*size = r == 0 && got == 0 ? 0 : UINT64_MAX;
	if (r == DVER_EMISSING)
		return 0;
	return r < 0 ? err_set(err, r, "%s", why.msg) : 1;
}

int plain_has(struct store *s, const struct oid *id, uint64_t *size,
	      struct dver_err *err)
{
	struct plain *p = s->plain;
	uint8_t first = id->id[0];
	const uint64_t *known = NULL;
	bool no_list;
	int r = 0;

	pthread_mutex_lock(&p->mutex);
	while (p->part[first] == LISTING)
		pthread_cond_wait(&p->listed, &p->mutex);
	if (p->part[first] == UNLISTED && !p->no_list)
		r = list_part(s, first, err);
	no_list = p->no_list && p->part[first] != LISTED;
	if (r == 0)
		known = keymap_get(&p->sizes, id->id);
	if (known) {
		*size = *known;
		r = 1;
	}
	pthread_mutex_unlock(&p->mutex);
	return r == 0 && no_list ? ask_for(s, id, size, err) : r;
}

int plain_get(struct store *s, const struct oid *id, uint64_t off, void *out,
	      size_t len, size_t *got, struct dver_err *err)
{
	char key[PLAIN_KEY_MAX];
	char hex[OID_HEX + 1];
	int r;

	plain_key(key, id);
	r = transport_get(s->t, key, off, out, len, got, err);
	if (r != DVER_ENOTFOUND)
		return r;
	return err_set(err, DVER_EMISSING, "object %s is not in '%s'",
		       oid_hex(hex, id), s->t->url);
}

static int note(struct plain *p, const struct oid *id, uint64_t size,
		struct dver_err *err)
{
	uint64_t *slot;

	pthread_mutex_lock(&p->mutex);
	slot = keymap_put(&p->sizes, id->id, NULL);
	if (slot)
		*slot = size;
	pthread_mutex_unlock(&p->mutex);
	return slot ? 0 : err_nomem(err);
}

int plain_put(struct store *s, const struct oid *id,
	      const struct transport_src *src, struct dver_err *err)
{
	char key[PLAIN_KEY_MAX];
	int r;

	plain_key(key, id);
	r = transport_put(s->t, key, src, err);
	return r < 0 ? r : note(s->plain, id, src->data ? src->len
				: UINT64_MAX, err);
}

static const char *const kinds[] = { NULL, "file-", "tree-" };

struct roots {
	int (*fn)(void *data, enum root_kind kind, const struct oid *id,
		  struct dver_err *err);
	void *data;
};

static int on_root(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	const char *name = k->key + strlen(ROOTS);
	struct roots *x = data;
	struct oid id;

	for (int kind = ROOT_FILE; kind <= ROOT_TREE; kind++) {
		const char *hex = name + strlen(kinds[kind]);

		if (str_starts(name, kinds[kind]) && strlen(hex) == OID_HEX &&
		    oid_parse(&id, hex) == 0)
			return x->fn(x->data, (enum root_kind)kind, &id, err);
	}
	return 0;
}

int plain_each_root(struct store *s,
		    int (*fn)(void *data, enum root_kind kind,
			      const struct oid *id, struct dver_err *err),
		    void *data, struct dver_err *err)
{
	struct roots x = { fn, data };
	struct dver_err why;
	int r = transport_list(s->t, ROOTS, on_root, &x, &why);

	if (cannot_list(r))
		return 0;
	return r < 0 ? err_set(err, r, "%s", why.msg) : r;
}

int plain_put_root(struct store *s, enum root_kind kind, const struct oid *id,
		   struct dver_err *err)
{
	char key[sizeof(ROOTS) + 5 + OID_HEX];
	char hex[OID_HEX + 2];
	struct transport_src src = { .data = hex, .len = OID_HEX + 1 };

	(void)oid_hex(hex, id);
	memcpy(key, ROOTS, strlen(ROOTS));
	memcpy(key + strlen(ROOTS), kinds[kind], 5);
	memcpy(key + strlen(ROOTS) + 5, hex, OID_HEX + 1);
	hex[OID_HEX] = '\n';
	return transport_put(s->t, key, &src, err);
}

struct objects {
	int (*fn)(void *data, const struct oid *id, uint64_t size,
		  struct dver_err *err);
	void *data;
};

static int on_each(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct objects *x = data;
	struct oid id;

	return id_of_key(k->key, &id) ? x->fn(x->data, &id, k->size, err) : 0;
}

int plain_each_object(struct store *s,
		      int (*fn)(void *data, const struct oid *id,
				uint64_t size, struct dver_err *err),
		      void *data, struct dver_err *err)
{
	struct objects x = { fn, data };

	return transport_list(s->t, FILES, on_each, &x, err);
}

int plain_stream(struct store *s, struct store_io *io, const struct oid *id,
		 store_sink sink, void *data, struct dver_err *err)
{
	size_t got = CHUNK_MAX;
	uint64_t off = 0;
	int r = 0;

	while (r == 0 && got == CHUNK_MAX) {
		r = plain_get(s, id, off, store_io_chunk(io), CHUNK_MAX, &got,
			      err);
		if (r == 0 && got)
			r = sink(data, store_io_chunk(io), got, err);
		off += got;
	}
	return r;
}
