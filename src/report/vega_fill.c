/*
 * vega_fill - the text of a template becomes a specification.
 */
#include "base/err.h"
#include "format/json.h"
#include "format/json_values.h"
#include "report/vega_internal.h"

struct filling {
	struct buf *out;
	const struct vega *v;
	const char *name;
};

static void put_value(const struct filling *f, const struct value *x);

static const struct vega_anchor *anchor_of(const struct value *x)
{
	return x->type == VALUE_SCALAR && x->quoted ? vega_anchor(x->text)
						    : NULL;
}

static void put_scalar(const struct filling *f, const struct value *x)
{
	const struct vega_anchor *a = anchor_of(x);

	if (a)
		a->put(f->out, f->v);
	else if (x->quoted)
		json_put_string(f->out, x->text, x->len);
	else
		buf_add(f->out, x->text, x->len);
}

static void put_list(const struct filling *f, const struct value *x)
{
	buf_addc(f->out, '[');
	for (size_t i = 0; i < x->n; i++) {
		const struct vega_anchor *a = anchor_of(&x->items[i]);

		put_value(f, &x->items[i]);
		if (!a || a->kind != VEGA_ITEMS)
			buf_addc(f->out, ',');
	}
	if (f->out->len && f->out->data[f->out->len - 1] == ',')
		buf_truncate(f->out, f->out->len - 1);
	buf_addc(f->out, ']');
}

static void put_map(const struct filling *f, const struct value *x)
{
	buf_addc(f->out, '{');
	for (size_t i = 0; i < x->n; i++) {
		const struct value *key = value_key(x, i);

		if (i)
			buf_addc(f->out, ',');
		json_put_string(f->out, key->text, key->len);
		buf_addc(f->out, ':');
		put_value(f, value_at(x, i));
	}
	buf_addc(f->out, '}');
}

static void put_value(const struct filling *f, const struct value *x)
{
	switch (x->type) {
	case VALUE_SCALAR:
		put_scalar(f, x);
		break;
	case VALUE_SEQ:
		put_list(f, x);
		break;
	case VALUE_MAP:
		put_map(f, x);
		break;
	}
}

int vega_fill(struct buf *out, const struct vega *v, const char *name,
	      const char *text, size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	struct filling f = { out, v, name };
	int r = json_values(&doc, name, text, len, err);

	if (r < 0)
		return r;
	put_value(&f, doc.root);
	if (!value_get(doc.root, "config")) {
		buf_truncate(out, out->len - 1);
		buf_addstr(out, ",\"config\":");
		vega_config(out);
		buf_addc(out, '}');
	}
	return buf_check(out, err);
}
