#include "format/toml_read.h"

#include "base/err.h"

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int toml_key(struct scan *s, struct value *key)
{
	const char *from = s->p;
	int r;

	if (scan_is(s, "\"\"\"") || scan_is(s, "'''"))
		return scan_expected(s, "a key on one line");
	if (scan_peek(s, 0) == '"' || scan_peek(s, 0) == '\'') {
		r = toml_string(s, key);
	} else {
		*key = scan_value(s, VALUE_SCALAR);
		while (is_bare(scan_peek(s, 0)))
			s->p++;
		if (s->p == from)
			return scan_expected(s, "a key");
		r = scan_text(s, key, from, (size_t)(s->p - from), true);
	}
	toml_blanks(s);
	return r;
}

/* Into the table that one part of a key with dots names. */
static int into(struct scan *s, struct toml_node **at,
		const struct value *key)
{
	struct toml_node *c = toml_child(*at, key);
	int r;

	if (c && (c->kind != TOML_TABLE || c->header))
		return scan_again(s, key);
	if (!c) {
		c = toml_node(s);
		r = toml_put(s, *at, key, c);
		if (r < 0)
			return r;
		c->value = *key;
	}
	c->dotted = true;
	*at = c;
	return 0;
}

/* The value of a key, `dots` tables further down. */
static int assign(struct scan *s, struct toml_node *at,
		  const struct value *key)
{
	struct toml_node *n;
	int r;

	if (toml_child(at, key))
		return scan_again(s, key);
	if (!scan_take(s, "="))
		return scan_expected(s, "'='");
	toml_blanks(s);
	n = toml_node(s);
	if (!n)
		return err_nomem(s->err);
	n->kind = TOML_VALUE;
	r = toml_value(s, &n->value);
	return r < 0 ? r : toml_put(s, at, key, n);
}

int toml_pair(struct scan *s, struct toml_node *table)
{
	unsigned depth = s->depth;
	struct value key;
	int r = toml_key(s, &key);

	while (r == 0 && scan_take(s, ".")) {
		r = scan_enter(s);
		if (r == 0)
			r = into(s, &table, &key);
		toml_blanks(s);
		if (r == 0)
			r = toml_key(s, &key);
	}
	if (r == 0)
		r = assign(s, table, &key);
	s->depth = depth;
	return r;
}

/* Blanks, comments and line ends, as they may stand in an array. */
static int space(struct scan *s)
{
	int r = 0;

	while (r == 0 && s->p < s->end) {
		toml_blanks(s);
		if (scan_peek(s, 0) != '#' && scan_peek(s, 0) != '\n' &&
		    scan_peek(s, 0) != '\r')
			break;
		r = toml_line_end(s);
	}
	return r;
}

static int array(struct scan *s, struct value *v)
{
	AUTO_ITEMS struct scan_items items = SCAN_ITEMS_INIT;
	int r;

	*v = scan_value(s, VALUE_SEQ);
	s->p++;
	for (;;) {
		struct value item;

		r = space(s);
		if (r < 0)
			return r;
		if (scan_take(s, "]"))
			return scan_done(s, v, &items);
		r = toml_value(s, &item);
		if (r == 0)
			r = scan_add(s, &items, &item);
		if (r == 0)
			r = space(s);
		if (r < 0)
			return r;
		if (!scan_take(s, ",") && scan_peek(s, 0) != ']')
			return scan_expected(s, "',' or ']'");
	}
}

static int inline_table(struct scan *s, struct value *v)
{
	struct toml_node *table = toml_node(s);
	int r = 0;

	if (!table)
		return err_nomem(s->err);
	table->value = scan_value(s, VALUE_MAP);
	s->p++;
	toml_blanks(s);
	if (scan_take(s, "}"))
		return toml_convert(s, v, table);
	while (r == 0) {
		toml_blanks(s);
		r = toml_pair(s, table);
		toml_blanks(s);
		if (r == 0 && scan_take(s, "}"))
			return toml_convert(s, v, table);
		if (r == 0 && !scan_take(s, ","))
			r = scan_expected(s, "',' or '}'");
	}
	return r;
}

int toml_value(struct scan *s, struct value *v)
{
	char c = scan_peek(s, 0);
	int r;

	if (c == '"' || c == '\'')
		return toml_string(s, v);
	if (c != '[' && c != '{')
		return toml_word(s, v);
	r = scan_enter(s);
	if (r < 0)
		return r;
	r = c == '[' ? array(s, v) : inline_table(s, v);
	scan_leave(s);
	return r;
}
