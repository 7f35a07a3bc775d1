#include "format/value_merge.h"

#define FEW 16		/* below this, comparing all pairs is quicker */

static bool same_key(const struct value *a, const struct value *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* By text; equal ones stay in their order. */
static int compare(const void *a, const void *b)
{
	const struct value *x = *(const struct value *const *)a;
	const struct value *y = *(const struct value *const *)b;
	int d = memcmp(x->text, y->text, MIN(x->len, y->len));

	if (d == 0)
		d = (x->len > y->len) - (x->len < y->len);
	return d ? d : (x > y) - (x < y);
}

static int twice_among_few(const struct value *map,
			   const struct value **where)
{
	for (size_t i = 1; i < map->n; i++)
		for (size_t k = 0; k < i; k++)
			if (same_key(value_key(map, i), value_key(map, k))) {
				*where = value_key(map, i);
				return 1;
			}
	return 0;
}

int value_twice(const struct value *map, const struct value **where)
{
	AUTO_FREE const struct value **keys = NULL;

	if (map->n <= FEW)
		return twice_among_few(map, where);
	keys = mem_array(map->n, sizeof(*keys));
	if (!keys)
		return -1;
	for (size_t i = 0; i < map->n; i++)
		keys[i] = value_key(map, i);
	qsort(keys, map->n, sizeof(const struct value *), compare);
	for (size_t i = 1; i < map->n; i++)
		if (same_key(keys[i - 1], keys[i])) {
			*where = keys[i];
			return 1;
		}
	return 0;
}

static bool is_merge(const struct value *key)
{
	return !key->quoted && !key->tag && value_is(key, "<<");
}

/* Set a key, as in a dictionary that keeps the order of first coming. */
static void put(struct value *to, const struct value *key)
{
	for (size_t i = 0; i < to->n; i++)
		if (same_key(value_key(to, i), key)) {
			to->items[2 * i + 1] = key[1];
			return;
		}
	to->items[2 * to->n] = key[0];
	to->items[2 * to->n + 1] = key[1];
	to->n++;
}

static void put_all(struct value *to, const struct value *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!is_merge(value_key(from, i)))
			put(to, value_key(from, i));
}

/* How many keys come in; 0 with *where for what is no mapping. */
static size_t keys_in(const struct value *v, const struct value **where)
{
	size_t n = 1;

	*where = v;
	if (v->type == VALUE_MAP)
		return n + v->n;
	if (v->type != VALUE_SEQ)
		return 0;
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].type != VALUE_MAP) {
			*where = &v->items[i];
			return 0;
		}
		n += v->items[i].n;
	}
	return n;
}

int value_merge(struct arena *arena, struct value *map,
		const struct value **where)
{
	const struct value *from = NULL;
	struct value out = *map;
	size_t n;

	for (size_t i = 0; i < map->n; i++)
		if (is_merge(value_key(map, i)))
			from = value_at(map, i);
	if (!from)
		return 0;
	n = keys_in(from, where);
	if (n == 0 || n + map->n > MERGE_KEYS_MAX)
		return 1;
	out.items = arena_alloc(arena, 2 * (n + map->n) * sizeof(*from));
	if (!out.items)
		return -1;
	out.n = 0;
	if (from->type == VALUE_MAP)
		put_all(&out, from);
	else
		for (size_t i = from->n; i > 0; i--)
			put_all(&out, &from->items[i - 1]);
	put_all(&out, map);
	*map = out;
	return 0;
}
