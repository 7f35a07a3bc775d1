#include <strings.h>

#include "base/utf8.h"
#include "format/yaml.h"

/* Words that a reader would not take for a string. */
static bool is_keyword(const char *s, size_t len)
{
	static const char *const words[] = { "null", "true", "false", "yes",
					     "no", "on", "off", "y", "n" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len &&
		    strncasecmp(words[i], s, len) == 0)
			return true;
	return false;
}

static bool is_plain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("._/+@=-", c);
}

static bool is_plain(const char *s, size_t len)
{
	bool letter = false;

	for (size_t i = 0; i < len; i++) {
		if (!s[i] || !is_plain_char(s[i]))
			return false;
		letter |= (s[i] >= 'g' && s[i] <= 'z') ||
			  (s[i] >= 'G' && s[i] <= 'Z') || s[i] == '_';
	}
	/* Without a letter past f it may read as some kind of number. */
	return len > 0 && letter && !strchr("-.=@", s[0]) &&
	       !is_keyword(s, len) && s[0] != '0' && s[len - 1] != '.' &&
	       scalar_of(s, len) == SCALAR_STRING;
}

/*
 * The code point at s and its length; 0xfffd and 1 for bytes that are no
 * UTF-8, which go out as they came.
 */
static uint32_t code_point(const char *s, size_t left, size_t *n)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c = *p;

	*n = c < 0x80 ? 1 : c < 0xc0 ? 5 : c < 0xe0 ? 2 : c < 0xf0 ? 3
	     : c < 0xf8 ? 4 : 5;
	if (*n > left || !utf8_valid(s, *n)) {
		*n = 1;
		return 0xfffd;
	}
	if (*n > 1)
		c &= 0x7fu >> *n;
	for (size_t i = 1; i < *n; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c;
}

/* Characters that readers refuse, or take for a line's end. */
static bool needs_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	       c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

void yaml_put_string(struct buf *out, const char *s, size_t len)
{
	size_t n;

	if (is_plain(s, len)) {
		buf_add(out, s, len);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < len; i += n) {
		uint32_t c = code_point(s + i, len - i, &n);

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", (int)c);
		else if (needs_escape(c))
			buf_addf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
		else
			buf_add(out, s + i, n);
	}
	buf_addc(out, '"');
}

/* A letter is in it, no reader takes it for anything but a string. */
static bool is_plain_line(const char *s, size_t len)
{
	bool letter = false;

	if (len == 0 || strchr("-?:,[]{}#&*!|>'\"%@`=<~. ", s[0]) ||
	    s[len - 1] == ' ' || s[len - 1] == ':' || is_keyword(s, len) ||
	    scalar_of(s, len) != SCALAR_STRING)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < ' ' || s[i] > '~')
			return false;
		if (i + 1 < len && ((s[i] == ':' && s[i + 1] == ' ') ||
				    (s[i] == ' ' && s[i + 1] == '#')))
			return false;
		letter |= (s[i] >= 'a' && s[i] <= 'z') ||
			  (s[i] >= 'A' && s[i] <= 'Z');
	}
	return letter;
}

void yaml_put_line(struct buf *out, const char *s, size_t len)
{
	if (is_plain_line(s, len))
		buf_add(out, s, len);
	else
		yaml_put_string(out, s, len);
}
