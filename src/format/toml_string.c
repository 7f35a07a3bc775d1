/*
 * toml_string - TOML's four kinds of strings.
 */
#include "base/err.h"
#include "format/toml_read.h"

/* A backslash at a line's end: what follows is trimmed. */
static bool trim(struct scan *s)
{
	const char *p = s->p;

	while (p < s->end && (*p == ' ' || *p == '\t'))
		p++;
	if (p < s->end && *p == '\r')
		p++;
	if (p == s->end || *p != '\n')
		return false;
	while (p < s->end && *p && strchr(" \t\r\n", *p))
		p++;
	s->p = p;
	return true;
}

static int escape(struct scan *s, struct buf *out, bool lines)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	const char *start = s->p - 1;
	char c = scan_peek(s, 0);
	const char *at = c ? strchr(from, c) : NULL;
	uint32_t code;

	if (lines && trim(s))
		return 0;
	if (at) {
		buf_addc(out, to[at - from]);
		s->p++;
		return 0;
	}
	if (c != 'u' && c != 'U')
		return scan_expected(s, "an escape such as \\n");
	s->p++;
	if (!scan_hex(s, c == 'u' ? 4 : 8, &code))
		return scan_expected(s, "hexadecimal digits");
	if (scan_put_utf8(out, code))
		return 0;
	s->p = start;
	return scan_bad(s, "no character has this number");
}

/* Does a control character stand here that may not? */
static bool is_control(const struct scan *s, bool lines)
{
	unsigned char c = (unsigned char)*s->p;

	if (lines && (c == '\n' || scan_is(s, "\r\n")))
		return false;
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* Up to two quotes may stand before the three that close. */
static bool closes(struct scan *s, const char *close, struct buf *out)
{
	if (!scan_is(s, close))
		return false;
	for (int i = 0; i < 2 && close[1] && scan_peek(s, 3) == close[0];
	     i++) {
		buf_addc(out, close[0]);
		s->p++;
	}
	s->p += strlen(close);
	return true;
}

static int body(struct scan *s, struct buf *out, const char *close)
{
	bool lines = close[1] != '\0';
	int r;

	while (s->p < s->end) {
		if (closes(s, close, out))
			return 0;
		if (is_control(s, lines))
			return scan_bad(s, "a line's end or control character "
					"in a string");
		if (*s->p == '\\' && close[0] == '"') {
			s->p++;
			r = escape(s, out, lines);
			if (r < 0)
				return r;
			continue;
		}
		/* Line ends are what they are elsewhere. */
		if (!scan_is(s, "\r\n"))
			buf_addc(out, *s->p);
		s->p++;
	}
	return scan_bad(s, "the string that began before does not end");
}

int toml_string(struct scan *s, struct value *v)
{
	AUTO_BUF struct buf b = BUF_BIG;
	const char *close = scan_is(s, "\"\"\"") ? "\"\"\""
			    : scan_is(s, "'''") ? "'''"
			    : scan_is(s, "\"") ? "\"" : "'";
	int r;

	*v = scan_value(s, VALUE_SCALAR);
	s->p += strlen(close);
	if (close[1] && !scan_take(s, "\n"))
		(void)scan_take(s, "\r\n");
	r = body(s, &b, close);
	if (r < 0)
		return r;
	if (!buf_ok(&b))
		return err_nomem(s->err);
	return scan_text(s, v, b.data, b.len, true);
}
