/*
 * vega_fill - the text of a template becomes a specification.
 */
#include <math.h>

#include "base/err.h"
#include "format/json.h"
#include "format/json_values.h"
#include "report/vega_internal.h"

/* Bytes that a template may become, but for the points. */
#define FILLED_MAX (16u << 20)

struct filling {
	struct buf *out;
	const struct vega *v;
	size_t max;		/* of out->len */
	bool full;
	bool leads;		/* a member got a name that leads elsewhere */
};

static void put_value(struct filling *f, const struct value *x);

const char *vega_next_anchor(const char *text, size_t left, size_t *len,
			     const struct vega_anchor **a)
{
	static const char *const starts[] = { "<DVC_METRIC_", "<DVER_" };

	for (; left > 0; text++, left--) {
		const char *end = *text == '<' ? memchr(text, '>', left)
					       : NULL;

		for (size_t i = 0; end && i < ARRAY_SIZE(starts); i++) {
			size_t n = strlen(starts[i]);

			if (n >= left || memcmp(text, starts[i], n) != 0)
				continue;
			*len = (size_t)(end - text) + 1;
			*a = vega_anchor(text, *len);
			return text;
		}
	}
	return NULL;
}

static const struct vega_anchor *anchor_of(const struct value *x)
{
	return x->type == VALUE_SCALAR && x->quoted
	       ? vega_anchor(x->text, x->len) : NULL;
}

/* A string with anchors in it. */
static void put_string(struct filling *f, const struct value *x)
{
	const char *at, *from = x->text, *end = x->text + x->len;
	const struct vega_anchor *a;
	struct buf *out = f->out;
	size_t len;

	buf_addc(out, '"');
	while ((at = vega_next_anchor(from, (size_t)(end - from), &len, &a))) {
		AUTO_BUF struct buf b = BUF_BIG;
		size_t quotes;

		json_put_piece(out, from, (size_t)(at - from));
		from = at + len;
		if (a && a->kind == VEGA_TEXT)
			a->put(&b, f->v);
		quotes = b.len > 1 && b.data[0] == '"';
		buf_add(out, b.data + quotes, b.len - 2 * quotes);
		out->failed |= b.failed;
	}
	json_put_piece(out, from, (size_t)(end - from));
	buf_addc(out, '"');
}

static void put_scalar(struct filling *f, const struct value *x)
{
	const struct vega_anchor *a = anchor_of(x);

	size_t before = f->out->len;

	if (a)
		a->put(f->out, f->v);
	else if (x->quoted)
		put_string(f, x);
	else if (value_scalar(x) == SCALAR_FLOAT &&
		 !isfinite(scalar_double(x->text, x->len)))
		buf_addstr(f->out, "null");	/* JSON has no such number */
	else
		buf_add(f->out, x->text, x->len);
	if (a && a->kind == VEGA_DATA)
		f->max += f->out->len - before;
}

static void put_list(struct filling *f, const struct value *x)
{
	struct buf *out = f->out;

	buf_addc(out, '[');
	for (size_t i = 0; i < x->n; i++) {
		const struct vega_anchor *a = anchor_of(&x->items[i]);
		size_t before = out->len;

		put_value(f, &x->items[i]);
		if (out->len > before && (!a || a->kind != VEGA_ITEMS))
			buf_addc(out, ',');
	}
	if (out->len && out->data[out->len - 1] == ',')
		buf_truncate(out, out->len - 1);
	buf_addc(out, ']');
}

/* The name of a member, which anchors may be in. */
static void put_key(struct filling *f, const struct value *key)
{
	size_t start = f->out->len, len;

	put_string(f, key);
	len = f->out->len - start;
	f->leads |= buf_ok(f->out) &&
		    vega_leads(f->out->data + start + 1, len - 2);
}

static void put_map(struct filling *f, const struct value *x,
		    const char *skip)
{
	struct buf *out = f->out;

	buf_addc(out, '{');
	for (size_t i = 0; i < x->n; i++) {
		const struct value *key = value_key(x, i);
		size_t before = out->len, start;

		if (skip && value_is(key, skip))
			continue;
		if (out->data[out->len - 1] != '{')
			buf_addc(out, ',');
		put_key(f, key);
		buf_addc(out, ':');
		start = out->len;
		put_value(f, value_at(x, i));
		/* Nothing is here: no such member. */
		if (out->len == start)
			buf_truncate(out, before);
	}
	buf_addc(out, '}');
}

static void put_value(struct filling *f, const struct value *x)
{
	f->full |= f->out->len > f->max;
	if (f->full)
		return;
	switch (x->type) {
	case VALUE_SCALAR:
		put_scalar(f, x);
		break;
	case VALUE_SEQ:
		put_list(f, x);
		break;
	case VALUE_MAP:
		put_map(f, x, NULL);
		break;
	}
}

int vega_fill(struct buf *out, const struct vega *v, const char *name,
	      const char *text, size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	struct filling f = { .out = out, .v = v,
			     .max = out->len + FILLED_MAX };
	int r = json_values(&doc, name, text, len, err);

	if (r < 0)
		return r;
	/* What a template says to dver is none of Vega's business. */
	put_map(&f, doc.root, "usermeta");
	if (!value_get(doc.root, "config")) {
		buf_truncate(out, out->len - 1);
		buf_addstr(out, ",\"config\":");
		vega_config(out);
		buf_addc(out, '}');
	}
	if (f.full)
		return err_set(err, DVER_EFORMAT, "%s: with names and labels "
			       "it is larger than %u MiB", name,
			       FILLED_MAX >> 20);
	if (f.leads)
		return err_set(err, DVER_EFORMAT, "%s: a name or a label "
			       "becomes 'url' or 'href' in it: a template may "
			       "not load anything, or lead anywhere", name);
	return buf_check(out, err);
}
