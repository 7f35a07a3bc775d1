#include "format/json_values.h"

#include "base/err.h"
#include "format/scan.h"
#include "format/value_merge.h"

static void blanks(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
		s->p++;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* \uXXXX, and its second half where two make one character. */
static int escape_u(struct scan *s, struct buf *out)
{
	const char *from = s->p - 2;
	uint32_t c, low;

	if (!scan_hex(s, 4, &c))
		return scan_expected(s, "four hexadecimal digits");
	if (c >= 0xd800 && c < 0xdc00 && scan_take(s, "\\u") &&
	    scan_hex(s, 4, &low) && low >= 0xdc00 && low < 0xe000)
		c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
	if (scan_put_utf8(out, c))
		return 0;
	s->p = from;
	return scan_bad(s, "half a character");
}

static int escape(struct scan *s, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = s->p < s->end && *s->p ? strchr(from, *s->p) : NULL;

	if (at) {
		buf_addc(out, to[at - from]);
		s->p++;
		return 0;
	}
	if (!scan_take(s, "u"))
		return scan_expected(s, "an escape such as \\n");
	return escape_u(s, out);
}

static int string(struct scan *s, struct value *v)
{
	AUTO_BUF struct buf b = BUF_BIG;
	int r;

	*v = scan_value(s, VALUE_SCALAR);
	s->p++;
	while (s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < 0x20)
			return scan_bad(s, "a line's end or control character "
					"in a string");
		if (*s->p != '\\') {
			buf_addc(&b, *s->p++);
			continue;
		}
		s->p++;
		r = escape(s, &b);
		if (r < 0)
			return r;
	}
	if (s->p == s->end)
		return scan_expected(s, "'\"'");
	s->p++;
	if (!buf_ok(&b))
		return err_nomem(s->err);
	return scan_text(s, v, b.data, b.len, true);
}

/* Past a number as RFC 8259 has it; false: it is none. */
static bool pass_number(struct scan *s)
{
	(void)scan_take(s, "-");
	if (!is_digit(scan_peek(s, 0)) ||
	    (scan_peek(s, 0) == '0' && is_digit(scan_peek(s, 1))))
		return false;
	while (is_digit(scan_peek(s, 0)))
		s->p++;
	if (scan_take(s, ".")) {
		if (!is_digit(scan_peek(s, 0)))
			return false;
		while (is_digit(scan_peek(s, 0)))
			s->p++;
	}
	if (scan_take(s, "e") || scan_take(s, "E")) {
		if (!scan_take(s, "+"))
			(void)scan_take(s, "-");
		if (!is_digit(scan_peek(s, 0)))
			return false;
		while (is_digit(scan_peek(s, 0)))
			s->p++;
	}
	return true;
}

static int word(struct scan *s, struct value *v)
{
	static const char *const words[][2] = {
		{ "true", "true" },
		{ "false", "false" },
		{ "null", "null" },
		{ "NaN", ".nan" },
		{ "Infinity", ".inf" },
		{ "-Infinity", "-.inf" },
	};
	const char *from = s->p;

	*v = scan_value(s, VALUE_SCALAR);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (scan_take(s, words[i][0]))
			return scan_text(s, v, words[i][1],
					 strlen(words[i][1]), false);
	if (pass_number(s))
		return scan_number(s, v, from, (size_t)(s->p - from));
	s->p = from;
	return scan_expected(s, "a value");
}

static int value(struct scan *s, struct value *v);

/* What follows an item: 1: one more, 0: the end. */
static int more(struct scan *s, const char *close)
{
	blanks(s);
	if (scan_take(s, ",")) {
		blanks(s);
		return 1;
	}
	if (scan_take(s, close))
		return 0;
	return scan_expected(s, *close == ']' ? "',' or ']'" : "',' or '}'");
}

static int array(struct scan *s, struct value *v)
{
	AUTO_ITEMS struct scan_items items = SCAN_ITEMS_INIT;
	int r = 1;

	*v = scan_value(s, VALUE_SEQ);
	s->p++;
	blanks(s);
	if (scan_take(s, "]"))
		return 0;
	while (r > 0) {
		struct value item;

		r = value(s, &item);
		if (r == 0)
			r = scan_add(s, &items, &item);
		if (r == 0)
			r = more(s, "]");
	}
	return r < 0 ? r : scan_done(s, v, &items);
}

static int pair(struct scan *s, struct scan_items *items)
{
	struct value key, v;
	int r;

	if (scan_peek(s, 0) != '"')
		return scan_expected(s, "a key in double quotes");
	r = string(s, &key);
	blanks(s);
	if (r == 0 && !scan_take(s, ":"))
		r = scan_expected(s, "':'");
	blanks(s);
	if (r == 0)
		r = value(s, &v);
	if (r == 0)
		r = scan_add(s, items, &key);
	return r < 0 ? r : scan_add(s, items, &v);
}

/* A whole object, whose keys come once. */
static int finish(struct scan *s, struct value *v,
		  const struct scan_items *items)
{
	const struct value *where;
	int r = scan_done(s, v, items);

	if (r < 0)
		return r;
	r = value_twice(v, &where);
	if (r > 0)
		return scan_again(s, where);
	return r < 0 ? err_nomem(s->err) : 0;
}

static int object(struct scan *s, struct value *v)
{
	AUTO_ITEMS struct scan_items items = SCAN_ITEMS_INIT;
	int r = 1;

	*v = scan_value(s, VALUE_MAP);
	s->p++;
	blanks(s);
	if (scan_take(s, "}"))
		return 0;
	while (r > 0) {
		r = pair(s, &items);
		if (r == 0)
			r = more(s, "}");
	}
	return r < 0 ? r : finish(s, v, &items);
}

static int value(struct scan *s, struct value *v)
{
	int r;

	if (scan_peek(s, 0) == '"')
		return string(s, v);
	if (scan_peek(s, 0) != '[' && scan_peek(s, 0) != '{')
		return word(s, v);
	r = scan_enter(s);
	if (r < 0)
		return r;
	r = scan_peek(s, 0) == '[' ? array(s, v) : object(s, v);
	scan_leave(s);
	return r;
}

int json_values(struct value_doc *out, const char *name, const void *data,
		size_t len, struct dver_err *err)
{
	struct scan s;
	int r;

	scan_init(&s, &out->arena, name, data, len, err);
	out->root = arena_alloc(&out->arena, sizeof(*out->root));
	if (!out->root)
		return err_nomem(err);
	blanks(&s);
	r = value(&s, out->root);
	blanks(&s);
	if (r == 0 && s.p < s.end)
		r = scan_expected(&s, "the end");
	return r;
}
