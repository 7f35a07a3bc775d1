/*
 * vega_check - is a text a template that can be filled?
 *
 * Whoever may commit writes templates: what would load something from
 * elsewhere, or lead there, is refused.
 */
#include "base/err.h"
#include "format/json_values.h"
#include "report/vega_internal.h"
#include "report/vega_template.h"

struct checking {
	const char *name;
	bool data;		/* its anchor was seen */
	struct dver_err *err;
};

static int bad(struct checking *c, const struct value *at, const char *what)
{
	return err_set(c->err, DVER_EFORMAT, "%s:%u:%u: %s", c->name, at->line,
		       at->col, what);
}

static void list_anchors(struct buf *out, const char *prefix)
{
	const struct vega_anchor *a;
	size_t len = strlen(prefix), n = 0;

	for (size_t i = 0; (a = vega_anchor_at(i)); i++)
		if (str_starts(a->name, prefix))
			buf_addf(out, "%s%.*s", n++ ? " " : "",
				 (int)(strlen(a->name) - len - 1),
				 a->name + len);
}

static int unknown(struct checking *c, const struct value *at,
		   const char *anchor, size_t len)
{
	AUTO_BUF struct buf b = BUF_INIT(1024);

	buf_addf(&b, "there is no anchor %.*s; there are <DVC_METRIC_...>: ",
		 (int)MIN(len, (size_t)40), anchor);
	list_anchors(&b, "<DVC_METRIC_");
	buf_addstr(&b, "; and <DVER_...>: ");
	list_anchors(&b, "<DVER_");
	return bad(c, at, b.data);
}

static int check_anchor(struct checking *c, const struct value *at,
			const struct vega_anchor *a, bool whole, bool in_list)
{
	AUTO_BUF struct buf b = BUF_INIT(1024);

	if (a->kind != VEGA_TEXT && !whole)
		buf_addf(&b, "%s is no text: it must be all of the string",
			 a->name);
	else if (a->kind == VEGA_ITEMS && !in_list)
		buf_addf(&b, "%s must be in a list", a->name);
	else if (a->kind == VEGA_DATA && c->data)
		buf_addf(&b, "%s stands here again", a->name);
	c->data |= a->kind == VEGA_DATA;
	return b.len ? bad(c, at, b.data) : 0;
}

static int check_string(struct checking *c, const struct value *x,
			bool in_list)
{
	const char *at, *from = x->text, *end = x->text + x->len;
	const struct vega_anchor *a;
	size_t len;
	int r = 0;

	while (r == 0 && (at = vega_next_anchor(from, (size_t)(end - from),
						&len, &a))) {
		r = a ? check_anchor(c, x, a, len == x->len, in_list)
		      : unknown(c, x, at, len);
		from = at + len;
	}
	return r;
}

bool vega_leads(const char *key, size_t len)
{
	return (len == 3 && memcmp(key, "url", 3) == 0) ||
	       (len == 4 && memcmp(key, "href", 4) == 0);
}

static int check(struct checking *c, const struct value *x, bool in_list)
{
	int r = 0;

	if (x->type == VALUE_SCALAR)
		return x->quoted ? check_string(c, x, in_list) : 0;
	for (size_t i = 0; r == 0 && i < x->n; i++) {
		const struct value *key;

		if (x->type == VALUE_SEQ) {
			r = check(c, &x->items[i], true);
			continue;
		}
		key = value_key(x, i);
		if (vega_leads(key->text, key->len))
			return bad(c, key, "a template may not load anything, "
				   "or lead anywhere");
		r = check_string(c, key, false);
		if (r == 0)
			r = check(c, value_at(x, i), false);
	}
	return r;
}

static int check_root(struct checking *c, const struct value *root)
{
	const struct value *schema;

	if (!root || root->type != VALUE_MAP)
		return err_set(c->err, DVER_EFORMAT, "%s: a template is an "
			       "object of JSON, as Vega-Lite has them",
			       c->name);
	schema = value_get(root, "$schema");
	if (schema && (schema->type != VALUE_SCALAR ||
		       !strstr(schema->text, "/schema/vega")))
		return bad(c, schema, "this is no schema of Vega-Lite or "
			   "Vega");
	return check(c, root, false);
}

/* "usermeta": {"dver": {"like": NAME}} */
static int read_like(struct checking *c, const struct value *root,
		     const char **like)
{
	const struct value *x = value_path(root, "usermeta.dver.like");

	*like = NULL;
	if (!x)
		return 0;
	for (size_t i = 0; (*like = vega_template_name(i)); i++)
		if (value_is(x, *like))
			return 0;
	return bad(c, x, "'like' names no template that dver has");
}

/* What a mark says, as a word or as "type". */
static bool is_points(const struct value *root)
{
	const struct value *x = value_get(root, "mark");

	if (x && x->type == VALUE_MAP)
		x = value_get(x, "type");
	return x && (value_is(x, "point") || value_is(x, "circle") ||
		     value_is(x, "square"));
}

int vega_check(const char *name, const char *text, size_t len,
	       const char **like, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	struct checking c = { .name = name, .err = err };
	int r = json_values(&doc, name, text, len, err);

	if (r == 0)
		r = check_root(&c, doc.root);
	if (r == 0 && !c.data)
		r = err_set(err, DVER_EFORMAT, "%s: the points have no place: "
			    "\"data\": {\"values\": \"<DVC_METRIC_DATA>\"}",
			    name);
	if (r == 0)
		r = read_like(&c, doc.root, like);
	if (r == 0 && !*like)
		*like = is_points(doc.root) ? "scatter" : "linear";
	return r;
}
