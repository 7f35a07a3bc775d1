#include "format/value.h"

void value_doc_release(struct value_doc *doc)
{
	arena_release(&doc->arena);
	doc->root = NULL;
}

const struct value *value_key(const struct value *map, size_t i)
{
	return &map->items[2 * i];
}

const struct value *value_at(const struct value *map, size_t i)
{
	return &map->items[2 * i + 1];
}

bool value_is(const struct value *v, const char *text)
{
	return v->type == VALUE_SCALAR && v->len == strlen(text) &&
	       memcmp(v->text, text, v->len) == 0;
}

const struct value *value_get(const struct value *map, const char *key)
{
	if (map->type != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (value_is(value_key(map, i), key))
			return value_at(map, i);
	return NULL;
}

bool value_u64(const struct value *v, uint64_t *out)
{
	uint64_t x = 0;

	if (v->type != VALUE_SCALAR || v->quoted || v->len == 0)
		return false;
	for (size_t i = 0; i < v->len; i++) {
		unsigned digit = (unsigned)(v->text[i] - '0');

		if (digit > 9 || x > (UINT64_MAX - digit) / 10)
			return false;
		x = x * 10 + digit;
	}
	*out = x;
	return true;
}
