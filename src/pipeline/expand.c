/*
 * expand - one list of items, whatever they come from.
 */
#include "pipeline/expand.h"

#include "base/buf.h"
#include "base/err.h"
#include "pipeline/template.h"

#define NAME_MAX_LEN 4096

void items_release(struct items *items)
{
	free(items->v);
	*items = (struct items){ .v = NULL };
}

/* Names are shown, and typed, on one line. */
static int check_name(const struct reader *rd, const struct value *at,
		      const struct buf *name, struct dver_err *err)
{
	if (!buf_ok(name))
		return reader_bad(rd, at, err, "the name of an item is too "
				  "long");
	for (size_t i = 0; i < name->len; i++) {
		unsigned char c = (unsigned char)name->data[i];

		if (c < 0x20 || c == 0x7f)
			return reader_bad(rd, at, err, "the name of an item "
					  "has a control character");
	}
	return 0;
}

static int keep_name(const struct reader *rd, const struct value *at,
		     const struct buf *name, const char **out,
		     struct dver_err *err)
{
	int r = check_name(rd, at, name, err);

	if (r < 0)
		return r;
	*out = arena_strdup(rd->arena, name->data, name->len);
	return *out ? 0 : err_nomem(err);
}

static int by_name(const void *a, const void *b)
{
	const struct item *const *x = a;
	const struct item *const *y = b;
	int c = strcmp((*x)->name, (*y)->name);

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* An item that comes again is the first; two of one name cannot be. */
static int uniq(struct items *items, const struct reader *rd,
		const struct value *at, struct dver_err *err)
{
	AUTO_FREE struct item **sorted = mem_array(items->n + 1,
						   sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return err_nomem(err);
	for (size_t i = 0; i < items->n; i++)
		sorted[i] = &items->v[i];
	qsort(sorted, items->n, sizeof(*sorted), by_name);
	for (size_t i = items->n; i-- > 1; ) {
		if (!streq(sorted[i]->name, sorted[i - 1]->name))
			continue;
		if (!value_same(sorted[i]->item, sorted[i - 1]->item))
			return reader_bad(rd, at, err, "two items would be "
					  "called '%.60s'", sorted[i]->name);
		sorted[i]->name = NULL;
	}
	for (size_t i = 0; i < items->n; i++)
		if (items->v[i].name)
			items->v[kept++] = items->v[i];
	items->n = kept;
	return 0;
}

static int too_many(const struct reader *rd, const struct value *at,
		    struct dver_err *err)
{
	return reader_bad(rd, at, err, "these are too many stages");
}

static bool is_plain(const struct value *v)
{
	return v->type == VALUE_SCALAR;
}

static int one(struct item *out, const struct reader *rd,
	       const struct value *data, size_t i, bool plain,
	       struct dver_err *err)
{
	AUTO_BUF struct buf name = BUF_INIT(NAME_MAX_LEN);
	bool map = data->type == VALUE_MAP;

	*out = (struct item){ .item = map ? value_at(data, i)
					  : &data->items[i] };
	if (map)
		out->key = value_key(data, i);
	if (map || plain)
		template_text(&name, map ? out->key : out->item);
	else
		buf_addf(&name, "%zu", i);
	return keep_name(rd, map ? out->key : out->item, &name, &out->name,
			 err);
}

int expand_foreach(struct items *out, const struct reader *rd,
		   const struct value *data, size_t room,
		   struct dver_err *err)
{
	AUTO_ITEMS struct items items = { .v = NULL };
	bool plain = true;
	int r = 0;

	if (data->type == VALUE_SCALAR)
		return reader_wrong(rd, data, "foreach", "a list or a mapping",
				    err);
	if (data->n > room)
		return too_many(rd, data, err);
	items.v = mem_array(data->n + 1, sizeof(*items.v));
	if (!items.v)
		return err_nomem(err);
	for (size_t i = 0; data->type == VALUE_SEQ && i < data->n; i++)
		plain &= is_plain(&data->items[i]);
	for (; r == 0 && items.n < data->n; items.n++)
		r = one(&items.v[items.n], rd, data, items.n, plain, err);
	if (r == 0)
		r = uniq(&items, rd, data, err);
	if (r == 0) {
		*out = items;
		items.v = NULL;
	}
	return r;
}

/* How many combinations there are; 0 and `room` passed: too many. */
static int count(const struct reader *rd, const struct value *data,
		 size_t room, size_t *out, struct dver_err *err)
{
	size_t n = 1;

	for (size_t i = 0; i < data->n; i++) {
		const struct value *list = value_at(data, i);
		int r = reader_list(rd, list, value_key(data, i)->text, err);

		if (r < 0)
			return r;
		if (list->n && n > room / list->n)
			return too_many(rd, data, err);
		n *= list->n;
	}
	*out = n;
	return 0;
}

static struct value string(const struct value *at, const char *text)
{
	return (struct value){ .type = VALUE_SCALAR, .quoted = true,
			       .text = text, .len = strlen(text),
			       .line = at->line, .col = at->col };
}

/* The combination number `at`. */
static int combine(struct item *out, const struct reader *rd,
		   const struct value *data, size_t at, size_t n,
		   struct dver_err *err)
{
	AUTO_BUF struct buf name = BUF_INIT(NAME_MAX_LEN);
	struct value *map = arena_alloc(rd->arena, 2 * sizeof(*map));
	int r;

	if (!map)
		return err_nomem(err);
	*map = *data;
	map->items = arena_alloc(rd->arena, 2 * data->n * sizeof(*map));
	if (!map->items)
		return err_nomem(err);
	for (size_t i = 0; i < data->n; i++) {
		const struct value *list = value_at(data, i);
		size_t place;

		n /= list->n;
		place = at / n % list->n;
		map->items[2 * i] = *value_key(data, i);
		map->items[2 * i + 1] = list->items[place];
		if (i)
			buf_addc(&name, '-');
		if (is_plain(&list->items[place]))
			template_text(&name, &list->items[place]);
		else
			buf_addf(&name, "%s%zu", value_key(data, i)->text,
				 place);
	}
	r = keep_name(rd, data, &name, &out->name, err);
	if (r < 0)
		return r;
	map[1] = string(data, out->name);
	out->item = &map[0];
	out->key = &map[1];
	return 0;
}

int expand_matrix(struct items *out, const struct reader *rd,
		  const struct value *data, size_t room,
		  struct dver_err *err)
{
	AUTO_ITEMS struct items items = { .v = NULL };
	size_t n = 0;
	int r = reader_map(rd, data, "matrix", err);

	if (r == 0 && data->n)
		r = count(rd, data, room, &n, err);
	if (r < 0)
		return r;
	items.v = mem_array(n + 1, sizeof(*items.v));
	if (!items.v)
		return err_nomem(err);
	for (; r == 0 && items.n < n; items.n++)
		r = combine(&items.v[items.n], rd, data, items.n, n, err);
	if (r == 0)
		r = uniq(&items, rd, data, err);
	if (r == 0) {
		*out = items;
		items.v = NULL;
	}
	return r;
}
