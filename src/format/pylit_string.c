/*
 * pylit_string - string literals of Python, and passing over them.
 */
#include "base/err.h"
#include "format/pylit_read.h"

struct prefix { bool raw, bytes, fill; size_t len; };

/* The letters before a quote: "rb", "f", ...; false: no string is here. */
static bool prefix_of(const struct scan *s, struct prefix *x)
{
	*x = (struct prefix){ .len = 0 };
	for (; x->len < 3; x->len++) {
		char c = scan_peek(s, x->len);

		if (c == '"' || c == '\'')
			return true;
		x->raw |= c == 'r' || c == 'R';
		x->bytes |= c == 'b' || c == 'B';
		x->fill |= c == 'f' || c == 'F';
		if (!c || !strchr("rRbBfFuU", c))
			return false;
	}
	return false;
}

bool py_is_string(const struct scan *s)
{
	struct prefix x;

	return prefix_of(s, &x);
}

static const char *quotes(const struct scan *s)
{
	return scan_is(s, "\"\"\"") ? "\"\"\"" : scan_is(s, "'''") ? "'''"
	       : scan_is(s, "\"") ? "\"" : "'";
}

int py_skip_string(struct scan *s)
{
	struct scan start = *s;
	struct prefix x;
	const char *close;

	(void)prefix_of(s, &x);
	s->p += x.len;
	close = quotes(s);
	s->p += strlen(close);
	while (s->p < s->end) {
		if (scan_take(s, close))
			return 0;
		if (!close[1] && *s->p == '\n')
			break;
		if (scan_take(s, "\\\r\n"))
			continue;
		s->p += *s->p == '\\' && s->end - s->p > 1 ? 2 : 1;
	}
	return scan_bad(&start, "this string does not end");
}

static bool octal(struct scan *s, uint32_t *c)
{
	size_t n = 0;

	*c = 0;
	while (n < 3 && scan_peek(s, n) >= '0' && scan_peek(s, n) <= '7')
		*c = *c * 8 + (uint32_t)(scan_peek(s, n++) - '0');
	s->p += n;
	return n > 0;
}

/* After a backslash.  False: this cannot be told here. */
static bool escape(struct scan *s, struct buf *out, bool bytes)
{
	static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
	char c = scan_peek(s, 0);
	const char *at = c ? strchr(from, c) : NULL;
	uint32_t code;

	if (scan_take(s, "\n") || scan_take(s, "\r\n"))
		return true;
	if (octal(s, &code))
		return scan_put_utf8(out, code);
	if (at) {
		buf_addc(out, to[at - from]);
	} else if (c == 'x' || (!bytes && (c == 'u' || c == 'U'))) {
		s->p++;
		return scan_hex(s, c == 'x' ? 2 : c == 'u' ? 4 : 8, &code) &&
		       scan_put_utf8(out, code);
	} else if (c == 'N' && !bytes) {
		return false;
	} else {
		buf_addc(out, '\\');
		return true;
	}
	s->p++;
	return true;
}

/* One string up to `end`, which is past its closing quotes. */
static int one(struct scan *s, struct buf *out, const char *end)
{
	const char *close;
	struct prefix x;

	(void)prefix_of(s, &x);
	s->p += x.len;
	close = quotes(s);
	s->p += strlen(close);
	end -= strlen(close);
	if (x.fill)
		return 0;
	while (s->p < end) {
		char c = *s->p++;

		if (c == '\\' && !x.raw) {
			if (!escape(s, out, x.bytes))
				return 0;
		} else if (c != '\r' || scan_peek(s, 0) != '\n') {
			buf_addc(out, c);
		}
	}
	s->p = end + strlen(close);
	return 1;
}

int py_strings(struct scan *s, struct value *v, bool lines)
{
	AUTO_BUF struct buf b = BUF_BIG;
	int r = 1;

	*v = scan_value(s, VALUE_SCALAR);
	while (r > 0 && py_is_string(s)) {
		struct scan past = *s;

		r = py_skip_string(&past);
		if (r < 0)
			return r;
		r = one(s, &b, past.p);
		py_blanks(s, lines);
	}
	if (r > 0 && !buf_ok(&b))
		return err_nomem(s->err);
	if (r > 0)
		r = scan_text(s, v, b.data, b.len, true);
	return r < 0 ? r : buf_ok(&b) && v->text;
}
