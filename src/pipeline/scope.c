/*
 * scope - sorted names; mappings of one name become one mapping.
 */
#include "pipeline/scope.h"

#include "base/buf.h"
#include "base/err.h"

void scope_release(struct scope *sc)
{
	if (sc->cap)
		free(sc->v);
	*sc = (struct scope){ .up = NULL };
}

static int compare(const char *a, size_t na, const char *b, size_t nb)
{
	int c = memcmp(a, b, MIN(na, nb));

	return c ? c : (na > nb) - (na < nb);
}

static struct scope_var *find(struct scope_var *v, size_t n, const char *key,
			      size_t len)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = compare(v[mid].key->text, v[mid].key->len, key, len);

		if (c == 0)
			return &v[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct scope_var *scope_get(const struct scope *sc, const char *key,
				  size_t len)
{
	for (; sc; sc = sc->up) {
		const struct scope_var *x = find(sc->v, sc->n, key, len);

		if (x)
			return x;
	}
	return NULL;
}

static int by_key(const void *a, const void *b)
{
	const struct scope_var *x = a;
	const struct scope_var *y = b;

	return compare(x->key->text, x->key->len, y->key->text, y->key->len);
}

/* Where in the tree a merge is, and what it may use. */
struct merge {
	const struct reader *rd;
	const char *source;	/* of what is there already */
	struct buf path;	/* "train.lr" */
};

static int redefined(const struct merge *m, const struct value *key,
		     struct dver_err *err)
{
	return reader_bad(m->rd, key, err, "'%.100s' cannot be redefined: it "
			  "is in %s already", m->path.data, m->source);
}

/* The keys of a map as sorted variables, for a quick search. */
static struct scope_var *index_map(const struct value *map)
{
	struct scope_var *v = mem_array(map->n + 1, sizeof(*v));

	for (size_t i = 0; v && i < map->n; i++)
		v[i] = (struct scope_var){ value_key(map, i), value_at(map, i),
					   NULL };
	if (v)
		qsort(v, map->n, sizeof(*v), by_key);
	return v;
}

static int merge_maps(struct merge *m, const struct value *a,
		      const struct value *b, const struct value **out,
		      struct dver_err *err);

/* A key of both maps: `place` gets the value that both make. */
static int merge_key(struct merge *m, struct value *place,
		     const struct value *key, const struct value *b,
		     struct dver_err *err)
{
	size_t len = m->path.len;
	const struct value *both = NULL;
	int r;

	buf_addf(&m->path, "%s%s", len ? "." : "", key->text);
	if (place->type != VALUE_MAP || b->type != VALUE_MAP)
		return redefined(m, key, err);
	r = merge_maps(m, place, b, &both, err);
	if (r == 0)
		*place = *both;
	buf_truncate(&m->path, len);
	return r;
}

/* A map with the keys of both. */
static int merge_maps(struct merge *m, const struct value *a,
		      const struct value *b, const struct value **out,
		      struct dver_err *err)
{
	AUTO_FREE struct scope_var *index = index_map(a);
	struct value *map = arena_alloc(m->rd->arena, sizeof(*map));
	int r = 0;

	if (!index || !map)
		return err_nomem(err);
	*map = *a;
	map->items = arena_alloc(m->rd->arena, (a->n + b->n + 1) * 2 *
				 sizeof(*map));
	if (!map->items)
		return err_nomem(err);
	if (a->n)
		memcpy(map->items, a->items, a->n * 2 * sizeof(*map));
	for (size_t i = 0; r == 0 && i < b->n; i++) {
		const struct value *key = value_key(b, i);
		const struct scope_var *x = find(index, a->n, key->text,
						 key->len);

		if (x) {
			size_t at = (size_t)(x->key - a->items);

			r = merge_key(m, &map->items[at + 1], key,
				      value_at(b, i), err);
			continue;
		}
		map->items[2 * map->n] = *key;
		map->items[2 * map->n + 1] = *value_at(b, i);
		map->n++;
	}
	*out = map;
	return r;
}

/* What the name stands for from now on. */
static int add_var(struct scope *sc, const struct reader *rd, size_t had,
		   struct scope_var x, struct dver_err *err)
{
	const struct scope_var *old = find(sc->v, had, x.key->text,
					   x.key->len);
	struct merge m = { .rd = rd, .path = BUF_BIG };
	struct value place;
	struct value *made;
	int r;

	if (!old)
		old = scope_get(sc->up, x.key->text, x.key->len);
	if (!old) {
		sc->v[sc->n++] = x;
		return 0;
	}
	place = *old->value;
	m.source = old->source;
	r = merge_key(&m, &place, x.key, x.value, err);
	buf_release(&m.path);
	made = r == 0 ? arena_alloc(rd->arena, sizeof(*made)) : NULL;
	if (!made)
		return r < 0 ? r : err_nomem(err);
	*made = place;
	if (old >= sc->v && old < sc->v + had)
		sc->v[old - sc->v].value = made;
	else
		sc->v[sc->n++] = (struct scope_var){ x.key, made,
						     old->source };
	return 0;
}

int scope_add(struct scope *sc, const struct reader *rd,
	      const struct value *map, const struct value *only,
	      const char *source, struct dver_err *err)
{
	size_t had = sc->n;
	int r = 0;

	if (!mem_grow(&sc->v, &sc->cap, sc->n + map->n + 1, sizeof(*sc->v)))
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < map->n; i++) {
		const struct value *key = value_key(map, i);

		if (!only || value_is(key, only->text))
			r = add_var(sc, rd, had, (struct scope_var){ key,
				    value_at(map, i), source }, err);
	}
	qsort(sc->v, sc->n, sizeof(*sc->v), by_key);
	return r;
}
