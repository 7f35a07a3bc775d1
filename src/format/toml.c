/*
 * toml - headers and tables; toml_read.h has the parts.
 */
#include "format/toml.h"

#include "base/err.h"
#include "format/toml_read.h"

struct toml_node *toml_node(struct scan *s)
{
	struct toml_node *n = arena_alloc(s->arena, sizeof(*n));

	if (n)
		*n = (struct toml_node){ .kind = TOML_TABLE };
	return n;
}

struct toml_node *toml_child(const struct toml_node *table,
			     const struct value *key)
{
	for (struct toml_node *c = table->first; c; c = c->next)
		if (c->key.len == key->len &&
		    memcmp(c->key.text, key->text, key->len) == 0)
			return c;
	return NULL;
}

int toml_put(struct scan *s, struct toml_node *in, const struct value *key,
	     struct toml_node *child)
{
	if (!child)
		return err_nomem(s->err);
	if (key && in->n == SCAN_KEYS_MAX)
		return scan_bad(s, "too many keys in one place");
	if (++s->nodes > SCAN_NODES_MAX)
		return scan_bad(s, "too many values, over two million");
	if (key)
		child->key = *key;
	if (in->last)
		in->last->next = child;
	else
		in->first = child;
	in->last = child;
	in->n++;
	return 0;
}

int toml_convert(struct scan *s, struct value *out,
		 const struct toml_node *node)
{
	size_t at = 0, each = node->kind == TOML_TABLE ? 2 : 1;
	int r = 0;

	*out = node->value;
	if (node->kind == TOML_VALUE)
		return 0;
	out->type = node->kind == TOML_TABLE ? VALUE_MAP : VALUE_SEQ;
	out->n = node->n;
	out->items = arena_alloc(s->arena, node->n * each * sizeof(*out));
	if (!out->items)
		return err_nomem(s->err);
	for (struct toml_node *c = node->first; r == 0 && c; c = c->next) {
		if (each == 2)
			out->items[at++] = c->key;
		r = toml_convert(s, &out->items[at++], c);
	}
	return r;
}

void toml_blanks(struct scan *s)
{
	while (scan_peek(s, 0) == ' ' || scan_peek(s, 0) == '\t')
		s->p++;
}

int toml_line_end(struct scan *s)
{
	toml_blanks(s);
	if (scan_take(s, "#"))
		while (s->p < s->end && *s->p != '\n' && !scan_is(s, "\r\n")) {
			if (((unsigned char)*s->p < 0x20 && *s->p != '\t') ||
			    *s->p == 0x7f)
				return scan_bad(s, "a control character in a "
						"comment");
			s->p++;
		}
	if (s->p == s->end || scan_take(s, "\n") || scan_take(s, "\r\n"))
		return 0;
	return scan_expected(s, "the line's end");
}

/* One step of a header's path: into a table, or the last of several. */
static int step(struct scan *s, struct toml_node **at, const struct value *key)
{
	struct toml_node *c = toml_child(*at, key);

	if (!c) {
		int r;

		c = toml_node(s);
		if (c)
			c->value = *key;
		r = toml_put(s, *at, key, c);
		if (r < 0)
			return r;
	}
	if (c->kind == TOML_VALUE)
		return scan_again(s, key);
	*at = c->kind == TOML_TABLES ? c->last : c;
	return 0;
}

/* The table that "[key]" opens, in that which its path leads to. */
static int open_table(struct scan *s, struct toml_node **at,
		      const struct value *key)
{
	struct toml_node *c = toml_child(*at, key);

	if (c && (c->kind != TOML_TABLE || c->header || c->dotted))
		return scan_again(s, key);
	if (!c) {
		int r;

		c = toml_node(s);
		r = toml_put(s, *at, key, c);
		if (r < 0)
			return r;
	}
	c->header = true;
	c->value = *key;
	*at = c;
	return 0;
}

/* The same of "[[key]]". */
static int open_next(struct scan *s, struct toml_node **at,
		     const struct value *key)
{
	struct toml_node *c = toml_child(*at, key), *table = toml_node(s);
	int r = 0;

	if (c && c->kind != TOML_TABLES)
		return scan_again(s, key);
	if (!c) {
		c = toml_node(s);
		r = toml_put(s, *at, key, c);
		if (r < 0)
			return r;
		c->kind = TOML_TABLES;
		c->value = *key;
	}
	r = toml_put(s, c, NULL, table);
	if (r < 0)
		return r;
	table->header = true;
	table->value = *key;
	*at = table;
	return 0;
}

static int header(struct scan *s, struct toml_node *root,
		  struct toml_node **at)
{
	bool next = scan_take(s, "[[");
	struct value key;
	unsigned depth = 0;
	int r;

	if (!next)
		s->p++;
	*at = root;
	for (;;) {
		toml_blanks(s);
		r = toml_key(s, &key);
		if (r < 0)
			return r;
		if (!scan_take(s, "."))
			break;
		depth += 2;	/* it may be an array of tables */
		if (depth > SCAN_DEPTH_MAX - 4)
			return scan_bad(s, "nested too deeply");
		r = step(s, at, &key);
		if (r < 0)
			return r;
	}
	s->depth = depth + 2;
	if (!scan_take(s, next ? "]]" : "]"))
		return scan_expected(s, next ? "']]'" : "']'");
	r = next ? open_next(s, at, &key) : open_table(s, at, &key);
	return r < 0 ? r : toml_line_end(s);
}

static int line(struct scan *s, struct toml_node *root, struct toml_node **at)
{
	int r;

	toml_blanks(s);
	if (scan_peek(s, 0) == '[')
		return header(s, root, at);
	if (s->p == s->end || *s->p == '#' || *s->p == '\n' || *s->p == '\r')
		return toml_line_end(s);
	r = toml_pair(s, *at);
	return r < 0 ? r : toml_line_end(s);
}

int toml_values(struct value_doc *out, const char *name, const void *data,
		size_t len, struct dver_err *err)
{
	struct toml_node *root, *at;
	struct scan s;
	int r = 0;

	scan_init(&s, &out->arena, name, data, len, err);
	root = at = toml_node(&s);
	out->root = arena_alloc(&out->arena, sizeof(*out->root));
	if (!root || !out->root)
		return err_nomem(err);
	root->value = scan_value(&s, VALUE_MAP);
	while (r == 0 && s.p < s.end)
		r = line(&s, root, &at);
	return r < 0 ? r : toml_convert(&s, out->root, root);
}
