#include "format/pylit_read.h"

#include "base/err.h"

void py_blanks(struct scan *s, bool lines)
{
	while (s->p < s->end) {
		char c = *s->p;

		if (scan_is(s, "\\\n"))
			s->p += 2;
		else if (scan_is(s, "\\\r\n"))
			s->p += 3;
		else if (c == '#')
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		else if (c == ' ' || c == '\t' || c == '\f' || c == '\r' ||
			 (lines && c == '\n'))
			s->p++;
		else
			return;
	}
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

size_t py_name(struct scan *s)
{
	const char *from = s->p;

	if (scan_peek(s, 0) >= '0' && scan_peek(s, 0) <= '9')
		return 0;
	while (is_name_char(scan_peek(s, 0)))
		s->p++;
	return (size_t)(s->p - from);
}

static bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
static bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

int py_skip(struct scan *s)
{
	struct scan start = *s;
	unsigned depth = 0;

	for (;;) {
		int r = 0;
		char c;

		py_blanks(s, depth > 0);
		if (s->p == s->end)
			return depth ? scan_bad(&start, "a bracket of this "
						"statement does not close")
				     : 0;
		c = *s->p;
		if (py_is_string(s)) {
			r = py_skip_string(s);
		} else if (py_name(s) == 0) {
			s->p++;
			if (depth == 0 && (c == '\n' || c == ';'))
				return c == ';';
			depth += opens(c);
			depth -= depth > 0 && closes(c);
		}
		if (r < 0)
			return r;
	}
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The characters of a number, as far as they could belong to one. */
static size_t number_len(const struct scan *s)
{
	size_t n = 0;
	char c;

	while ((c = scan_peek(s, n)), is_name_char(c) || c == '.' ||
	       (n > 1 && (c == '+' || c == '-') && scan_peek(s, 1) != 'x' &&
		scan_peek(s, 1) != 'X' && strchr("eE", scan_peek(s, n - 1))))
		n++;
	return n;
}

/* "0x_ff" in lower case without underscores; false: no number of Python's. */
static bool clean_number(struct buf *out, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] != '_')
			buf_addc(out, p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32
								 : p[i]);
		else if (i + 1 == len || p[i + 1] == '_' ||
			 !is_name_char(p[i + 1]))
			return false;
	}
	return true;
}

static int number(struct scan *s, struct value *v, bool minus)
{
	AUTO_BUF struct buf b = BUF_BIG;
	size_t len = number_len(s);
	enum scalar kind;

	if (minus)
		buf_addc(&b, '-');
	if (!clean_number(&b, s->p, len))
		return 0;
	if (!buf_ok(&b))
		return err_nomem(s->err);
	kind = scalar_of(b.data, b.len);
	s->p += len;
	if (kind != SCALAR_INT && kind != SCALAR_FLOAT)
		return 0;
	return scan_number(s, v, b.data, b.len) < 0 ? DVER_ENOMEM : 1;
}

static int word(struct scan *s, struct value *v)
{
	static const char *const words[][2] = {
		{ "True", "true" },
		{ "False", "false" },
		{ "None", "null" },
	};
	const char *from = s->p;
	size_t len = py_name(s);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i][0]) == len &&
		    memcmp(words[i][0], from, len) == 0)
			return scan_text(s, v, words[i][1],
					 strlen(words[i][1]), false) < 0
				       ? DVER_ENOMEM : 1;
	return 0;
}

/*
 * The text of a key that is no string: numbers keep their kind.  A list or a
 * dictionary cannot be a key.
 */
static int entry(struct scan *s, struct scan_items *items, bool *map)
{
	struct value key, v;
	int r = py_literal(s, &key, true);

	if (r <= 0)
		return r;
	py_blanks(s, true);
	if (items->n == 0)
		*map = scan_peek(s, 0) == ':';
	if (!*map)
		return scan_add(s, items, &key) < 0 ? DVER_EFORMAT : 1;
	if (!scan_take(s, ":") || key.type != VALUE_SCALAR)
		return 0;
	py_blanks(s, true);
	r = py_literal(s, &v, true);
	if (r <= 0)
		return r;
	r = scan_set(s, items, &key, &v, true);
	return r < 0 ? r : 1;
}

/* Lists, tuples, sets and dictionaries: items up to `close`. */
static int collection(struct scan *s, struct value *v, char close)
{
	AUTO_ITEMS struct scan_items items = SCAN_ITEMS_INIT;
	bool map = close == '}', comma = false;
	int r = 1;

	*v = scan_value(s, VALUE_SEQ);
	s->p++;
	py_blanks(s, true);
	while (scan_peek(s, 0) != close) {
		if (s->p == s->end || (items.n > 0 && !comma))
			return 0;
		if (close == '}') {
			r = entry(s, &items, &map);
		} else {
			struct value item;

			r = py_literal(s, &item, true);
			if (r > 0 && scan_add(s, &items, &item) < 0)
				r = DVER_EFORMAT;
		}
		if (r <= 0)
			return r;
		py_blanks(s, true);
		comma = scan_take(s, ",");
		py_blanks(s, true);
	}
	s->p++;
	/* Brackets around one value alone are no tuple. */
	if (close == ')' && items.n == 1 && !comma) {
		*v = items.v[0];
		return 1;
	}
	v->type = close == '}' && map ? VALUE_MAP : VALUE_SEQ;
	r = scan_done(s, v, &items);
	return r < 0 ? r : 1;
}

static int nested(struct scan *s, struct value *v)
{
	char c = *s->p;
	int r = scan_enter(s);

	if (r < 0)
		return r;
	r = collection(s, v, c == '(' ? ')' : c == '[' ? ']' : '}');
	scan_leave(s);
	return r;
}

int py_literal(struct scan *s, struct value *v, bool lines)
{
	char c = scan_peek(s, 0);
	bool minus = c == '-';
	int r;

	if (opens(c)) {
		r = nested(s, v);
	} else if (py_is_string(s)) {
		r = py_strings(s, v, lines);
	} else {
		*v = scan_value(s, VALUE_SCALAR);
		if (minus || c == '+') {
			s->p++;
			py_blanks(s, lines);
		}
		c = scan_peek(s, 0);
		if (is_digit(c) || (c == '.' && is_digit(scan_peek(s, 1))))
			r = number(s, v, minus);
		else
			r = minus ? 0 : word(s, v);
	}
	return r;
}

int py_right_side(struct scan *s, struct value *v)
{
	AUTO_ITEMS struct scan_items items = SCAN_ITEMS_INIT;
	struct value list = scan_value(s, VALUE_SEQ);
	int r = py_literal(s, v, false);

	py_blanks(s, false);
	if (r <= 0 || scan_peek(s, 0) != ',')
		return r;
	for (;;) {
		if (scan_add(s, &items, v) < 0)
			return DVER_EFORMAT;
		if (!scan_take(s, ","))
			break;
		py_blanks(s, false);
		if (s->p == s->end || *s->p == '\n' || *s->p == ';')
			break;
		r = py_literal(s, v, false);
		if (r <= 0)
			return r;
		py_blanks(s, false);
	}
	*v = list;
	r = scan_done(s, v, &items);
	return r < 0 ? r : 1;
}
