#include "format/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

void json_begin(struct json *j, FILE *to)
{
	*j = (struct json){ .to = to, .first = true };
}

void json_end(struct json *j)
{
	(void)fputc('\n', j->to);
}

/* The length of the valid UTF-8 sequence at p, or 0. */
static size_t sequence(const char *p, size_t left)
{
	size_t n = (*p & 0x80) == 0 ? 1 : (*p & 0xe0) == 0xc0 ? 2
		   : (*p & 0xf0) == 0xe0 ? 3 : 4;

	return n <= left && utf8_valid(p, n) ? n : 0;
}

static void put_string(struct json *j, const char *s)
{
	size_t left = strlen(s);

	(void)fputc('"', j->to);
	while (left > 0) {
		size_t n = sequence(s, left);
		unsigned char c = (unsigned char)*s;

		if (n == 0)
			(void)fputs("\\ufffd", j->to);
		else if (c == '"' || c == '\\')
			(void)fprintf(j->to, "\\%c", c);
		else if (c == '\n')
			(void)fputs("\\n", j->to);
		else if (c < 0x20 || c == 0x7f)
			(void)fprintf(j->to, "\\u%04x", c);
		else
			(void)fwrite(s, 1, n, j->to);
		n = n ? n : 1;
		s += n;
		left -= n;
	}
	(void)fputc('"', j->to);
}

void json_put_piece(struct buf *out, const char *s, size_t len)
{
	while (len > 0) {
		size_t n = sequence(s, len);
		unsigned char c = (unsigned char)*s;

		if (n == 0)
			buf_addstr(out, "\\ufffd");
		else if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || c == '<')
			buf_addf(out, "\\u%04x", c);
		else
			buf_add(out, s, n);
		n = n ? n : 1;
		s += n;
		len -= n;
	}
}

void json_put_string(struct buf *out, const char *s, size_t len)
{
	buf_addc(out, '"');
	json_put_piece(out, s, len);
	buf_addc(out, '"');
}

static void start(struct json *j);

/* What comes before a value: comma, line, key. */
static void lead(struct json *j, const char *key)
{
	start(j);
	if (j->depth > 0)
		(void)fprintf(j->to, "%s\n%*s", j->first ? "" : ",",
			      (int)(2 * j->depth), "");
	j->first = false;
	if (!key)
		return;
	put_string(j, key);
	(void)fputs(": ", j->to);
}

static void open_now(struct json *j, const char *key, char c)
{
	lead(j, key);
	(void)fputc(c, j->to);
	j->depth++;
	j->first = true;
}

/* Write the levels that were held back. */
static void start(struct json *j)
{
	if (j->started)
		return;
	j->started = true;
	for (unsigned i = 0; i < j->held; i++)
		open_now(j, j->held_key[i], j->held_char[i]);
}

static void open_level(struct json *j, const char *key, char c)
{
	if (j->started || j->held == JSON_HELD) {
		open_now(j, key, c);
		return;
	}
	j->held_key[j->held] = key;
	j->held_char[j->held++] = c;
}

static void close_level(struct json *j, int c)
{
	start(j);
	j->depth--;
	if (!j->first)
		(void)fprintf(j->to, "\n%*s", (int)(2 * j->depth), "");
	(void)fputc(c, j->to);
	j->first = false;
}

void json_object(struct json *j, const char *key) { open_level(j, key, '{'); }
void json_end_object(struct json *j) { close_level(j, '}'); }
void json_array(struct json *j, const char *key) { open_level(j, key, '['); }
void json_end_array(struct json *j) { close_level(j, ']'); }

void json_string(struct json *j, const char *key, const char *s)
{
	if (!s) {
		json_null(j, key);
		return;
	}
	lead(j, key);
	put_string(j, s);
}

void json_number(struct json *j, const char *key, uint64_t v)
{
	lead(j, key);
	(void)fprintf(j->to, "%" PRIu64, v);
}

void json_token(struct json *j, const char *key, const char *text)
{
	lead(j, key);
	(void)fputs(text, j->to);
}

void json_bool(struct json *j, const char *key, bool v)
{
	lead(j, key);
	(void)fputs(v ? "true" : "false", j->to);
}

void json_null(struct json *j, const char *key)
{
	lead(j, key);
	(void)fputs("null", j->to);
}
