/*
 * rebuild - roots and notes of chunks in loose objects are only in indexes;
 * a recipe whose object is loose is left out with them, so that the object is
 * cut again when it is next pushed.
 */
#include "store/rebuild.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/local.h"
#include "store/loose.h"
#include "store/pack.h"
#include "store/store_internal.h"

struct rebuild {
	struct store *s;
	struct keymap known;		/* packs that a sound index names */
	struct fact *facts;		/* owned */
	size_t n, cap;
};

static int set_aside(struct store *s, const char *name, struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/damaged", s->local);
	AUTO_FREE char *from = str_printf("%s/index/%s", s->local, name);
	AUTO_FREE char *to = str_printf("%s/damaged/%s", s->local, name);

	if (!dir || !from || !to)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0 || os_rename(from, to) < 0)
		return err_sys(err, "cannot move '%s' away", from);
	return 0;
}

/* The packs that a sound index names; < 0 when it is not sound. */
static int learn(struct rebuild *b, struct listed *l, struct dver_err *err)
{
	int r = listed_open(l, err);

	if (r == 0)
		r = index_verify(l->file, err);
	for (uint64_t i = 0; r == 0 && i < index_count(l->file); i++) {
		struct fact f;

		r = index_at(l->file, i, &f, err);
		if (r == 0 && f.place != PLACE_LOOSE &&
		    !keymap_put(&b->known, f.pack, NULL))
			r = err_nomem(err);
	}
	return r;
}

static int keep_useful(struct rebuild *b, size_t from, struct dver_err *err)
{
	size_t kept = from;

	for (size_t i = from; i < b->n; i++) {
		int loose = b->facts[i].kind == FACT_RECIPE
			    ? loose_has(b->s->local, &b->facts[i].id, err) : 0;

		if (loose < 0)
			return loose;
		if (!loose)
			b->facts[kept++] = b->facts[i];
	}
	b->n = kept;
	return 0;
}

static int on_pack(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct rebuild *b = data;
	AUTO_FREE uint8_t *end = NULL;
	uint8_t trailer[PACK_TRAILER];
	uint8_t name[RAND_NAME];
	size_t from = b->n, got;
	uint64_t len;
	int r;

	if (!fact_pack_of_key(k->key, name) || keymap_get(&b->known, name) ||
	    k->size < PACK_TRAILER)
		return 0;
	r = transport_get(b->s->t, k->key, k->size - PACK_TRAILER, trailer,
			  sizeof(trailer), &got, err);
	/* A pack that is damaged itself is fsck's next finding. */
	if (r < 0 || got != sizeof(trailer) ||
	    pack_footer_length(&len, trailer, k->size, NULL) < 0)
		return 0;
	end = malloc((size_t)len);
	if (!end)
		return err_nomem(err);
	r = transport_get(b->s->t, k->key, k->size - len, end, (size_t)len,
			  &got, err);
	if (r < 0 || pack_footer_parse(&b->facts, &b->n, &b->cap, name,
				       k->key[0] == 'm' ? PLACE_META
							: PLACE_PACK,
				       k->size, end, got, NULL) < 0)
		return 0;
	return keep_useful(b, from, err);
}

static int write_new(struct rebuild *b, struct dver_err *err)
{
	struct index_content c = { .facts = b->facts, .nfacts = b->n };
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	struct transport_src src = { .consume = true };
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *key = NULL;
	char name[INDEX_NAME_MAX];
	struct index_name parsed;
	int r;

	if (b->n == 0)
		return 0;
	r = tmpdir_new(&tmp, b->s->local, err);
	if (r == 0)
		r = index_write(name, tmpdir_path(tmp), 0, &c, err);
	if (r < 0)
		return r;
	path = str_printf("%s/%s", tmpdir_path(tmp), name);
	key = str_printf("index/%s", name);
	if (!path || !key)
		return err_nomem(err);
	src.path = path;
	if (index_name_parse(&parsed, name) == 0)
		src.len = (size_t)parsed.bytes;
	r = transport_put(b->s->t, key, &src, err);
	return r < 0 ? r : transport_flush(b->s->t, err);
}

int store_rebuild(struct store *s, struct strvec *bad, struct dver_err *err)
{
	struct rebuild b = { .s = s };
	struct dver_err why;
	int r = store_refresh(s, err);

	keymap_init(&b.known, RAND_NAME, 0);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		int one = learn(&b, &s->index[i], &why);

		if (one == DVER_ENOMEM)
			r = err_nomem(err);
		else if (one < 0 && !strvec_push(bad, s->index[i].name))
			r = err_nomem(err);
		else if (one < 0)
			r = set_aside(s, s->index[i].name, err);
	}
	if (r == 0 && bad->n)
		r = transport_list(s->t, "packs/", on_pack, &b, err);
	if (r == 0 && bad->n)
		r = transport_list(s->t, "meta/", on_pack, &b, err);
	if (r == 0 && bad->n)
		r = write_new(&b, err);
	if (r == 0 && bad->n)
		r = store_refresh(s, err);
	keymap_release(&b.known);
	free(b.facts);
	return r;
}
