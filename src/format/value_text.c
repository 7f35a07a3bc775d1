/*
 * value_text - a value tree as canonical text, and whether two are the same.
 */
#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "format/value.h"
#include "format/yaml.h"

/* What YAML readers take as a key on one line, with some to spare. */
#define SIMPLE_KEY_MAX 1000

#define TAG "tag:yaml.org,2002:"

enum scalar value_scalar(const struct value *v)
{
	if (v->quoted && !v->tag)
		return SCALAR_STRING;
	if (!v->tag)
		return scalar_of(v->text, v->len);
	if (streq(v->tag, TAG "float") &&
	    scalar_of(v->text, v->len) == SCALAR_INT)
		return SCALAR_FLOAT;
	if (streq(v->tag, TAG "float") || streq(v->tag, TAG "int") ||
	    streq(v->tag, TAG "bool") || streq(v->tag, TAG "null"))
		return scalar_of(v->text, v->len);
	return SCALAR_STRING;
}

static bool is_true(const struct value *v)
{
	return v->text[0] == 't' || v->text[0] == 'T';
}

static void put_scalar(struct buf *out, const struct value *v)
{
	switch (value_scalar(v)) {
	case SCALAR_NULL:
		buf_addstr(out, "null");
		return;
	case SCALAR_BOOL:
		buf_addstr(out, is_true(v) ? "true" : "false");
		return;
	case SCALAR_INT:
		scalar_put_int(out, v->text, v->len);
		return;
	case SCALAR_FLOAT:
		scalar_put_float(out, scalar_double(v->text, v->len));
		return;
	case SCALAR_STRING:
		yaml_put_string(out, v->text, v->len);
		return;
	}
}

static int by_text(const void *a, const void *b)
{
	const struct value *x = *(const struct value *const *)a;
	const struct value *y = *(const struct value *const *)b;
	int d = memcmp(x->text, y->text, MIN(x->len, y->len));

	return d ? d : (x->len > y->len) - (x->len < y->len);
}

/* The keys of a map in order; owned.  The value stands behind each key. */
static const struct value **sorted(const struct value *map)
{
	const struct value **keys = mem_array(map->n + 1, sizeof(*keys));

	if (!keys)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		keys[i] = value_key(map, i);
	qsort(keys, map->n, sizeof(const struct value *), by_text);
	return keys;
}

static void put_key(struct buf *out, const struct value *key)
{
	if (key->len == 0 && value_scalar(key) == SCALAR_NULL) {
		buf_addstr(out, "? ");	/* null, but not spelled "null" */
	} else if (value_scalar(key) != SCALAR_STRING) {
		buf_add(out, key->text, key->len);
	} else if (key->len < SIMPLE_KEY_MAX / 4) {
		yaml_put_string(out, key->text, key->len);
	} else {
		buf_addstr(out, "? ");
		yaml_put_string(out, key->text, key->len);
	}
	buf_addstr(out, ": ");
}

static void put_map(struct buf *out, const struct value *v)
{
	AUTO_FREE const struct value **keys = sorted(v);

	if (!keys) {
		out->failed = true;
		return;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < v->n; i++) {
		if (i > 0)
			buf_addstr(out, ", ");
		put_key(out, keys[i]);
		value_text(out, keys[i] + 1);
	}
	buf_addc(out, '}');
}

void value_text(struct buf *out, const struct value *v)
{
	switch (v->type) {
	case VALUE_SCALAR:
		put_scalar(out, v);
		return;
	case VALUE_SEQ:
		buf_addc(out, '[');
		for (size_t i = 0; i < v->n; i++) {
			if (i > 0)
				buf_addstr(out, ", ");
			value_text(out, &v->items[i]);
		}
		buf_addc(out, ']');
		return;
	case VALUE_MAP:
		put_map(out, v);
		return;
	}
}

static bool is_number(enum scalar k)
{
	return k == SCALAR_BOOL || k == SCALAR_INT || k == SCALAR_FLOAT;
}

/* A number's digits, where it is whole: floats of any size have theirs. */
static bool whole(struct buf *out, const struct value *v, enum scalar k)
{
	double x;

	if (k == SCALAR_BOOL) {
		buf_addc(out, is_true(v) ? '1' : '0');
	} else if (k == SCALAR_INT) {
		scalar_put_int(out, v->text, v->len);
	} else {
		x = scalar_double(v->text, v->len);
		if (!isfinite(x) || x != floor(x))
			return false;
		buf_addf(out, "%.0f", x + 0.0);
		if (streq(out->data, "-0"))
			buf_setstr(out, "0");
	}
	return true;
}

static bool same_numbers(const struct value *a, enum scalar ka,
			 const struct value *b, enum scalar kb)
{
	AUTO_BUF struct buf x = BUF_BIG;
	AUTO_BUF struct buf y = BUF_BIG;
	double p, q;

	if (ka == SCALAR_FLOAT && kb == SCALAR_FLOAT) {
		p = scalar_double(a->text, a->len);
		q = scalar_double(b->text, b->len);
		return p == q || (isnan(p) && isnan(q));
	}
	return whole(&x, a, ka) && whole(&y, b, kb) && streq(x.data, y.data);
}

static bool same_scalars(const struct value *a, const struct value *b)
{
	enum scalar ka = value_scalar(a), kb = value_scalar(b);

	if (is_number(ka) && is_number(kb))
		return same_numbers(a, ka, b, kb);
	if (ka != kb)
		return false;
	return ka == SCALAR_NULL ||
	       (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

static bool same_maps(const struct value *a, const struct value *b)
{
	AUTO_FREE const struct value **x = sorted(a);
	AUTO_FREE const struct value **y = sorted(b);

	if (!x || !y)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_scalars(x[i], y[i]) ||
		    !value_same(x[i] + 1, y[i] + 1))
			return false;
	return true;
}

bool value_same(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == VALUE_SCALAR)
		return same_scalars(a, b);
	if (a->n != b->n)
		return false;
	if (a->type == VALUE_MAP)
		return same_maps(a, b);
	for (size_t i = 0; i < a->n; i++)
		if (!value_same(&a->items[i], &b->items[i]))
			return false;
	return true;
}
