/*
 * value_path - one value of a tree, named by keys and places.
 */
#include "format/value.h"

static const struct value *key_of(const struct value *map, const char *key,
				  size_t len)
{
	for (size_t i = 0; map->type == VALUE_MAP && i < map->n; i++) {
		const struct value *k = value_key(map, i);

		if (k->len == len && memcmp(k->text, key, len) == 0)
			return value_at(map, i);
	}
	return NULL;
}

static const struct value *place_of(const struct value *seq, const char *s,
				    size_t len)
{
	size_t at = 0;

	if (len == 0 || len > 9 || seq->type != VALUE_SEQ)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return NULL;
		at = at * 10 + (size_t)(s[i] - '0');
	}
	return at < seq->n ? &seq->items[at] : NULL;
}

/* "name" or "name[0][1]": the key as it stands goes before the places. */
static const struct value *step(const struct value *v, const char *s,
				size_t len)
{
	const struct value *to = key_of(v, s, len);
	const char *at = memchr(s, '[', len);

	if (to)
		return to;
	if (!at)
		return place_of(v, s, len);
	if (at > s)
		v = step(v, s, (size_t)(at - s));
	while (v && at < s + len) {
		const char *end = memchr(at, ']', (size_t)(s + len - at));

		if (*at != '[' || !end)
			return NULL;
		v = place_of(v, at + 1, (size_t)(end - at - 1));
		at = end + 1;
	}
	return v;
}

const struct value *value_path(const struct value *root, const char *dotted)
{
	const struct value *v = root;

	while (v) {
		size_t len = strcspn(dotted, ".");

		v = step(v, dotted, len);
		if (!dotted[len])
			return v;
		dotted += len + 1;
	}
	return NULL;
}
