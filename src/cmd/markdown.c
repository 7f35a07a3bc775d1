#include "cmd/markdown.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SHOWN 100	/* characters of a text */
#define SHOWN_LONG 400

/* Bytes of the character at p; 1 for what is no UTF-8. */
static size_t step(const char *p)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return strnlen(p, n) == n && utf8_valid(p, n) ? n : 1;
}

/*
 * Controls, bytes that are no text, line separators, and characters that
 * nobody sees but that turn the order of others round.
 */
static bool is_unseen(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	if (n == 1)
		return u[0] < 0x20 || u[0] >= 0x7f;
	if (n == 2)
		return (u[0] == 0xc2 && u[1] < 0xa0) ||
		       (u[0] == 0xd8 && u[1] == 0x9c);	/* U+061C */
	if (n != 3 || (u[0] != 0xe2 && u[0] != 0xef))
		return false;
	if (u[0] == 0xef)	/* U+FEFF */
		return u[1] == 0xbb && u[2] == 0xbf;
	if (u[1] == 0x80)	/* U+200B to U+200F, U+2028 to U+202E */
		return (u[2] >= 0x8b && u[2] <= 0x8f) ||
		       (u[2] >= 0xa8 && u[2] <= 0xae);
	return u[1] == 0x81 && u[2] >= 0xa0 && u[2] <= 0xaf; /* U+2060.. */
}

/* Would it mean something between backticks, in a cell or out of it? */
static bool is_odd(const char *text)
{
	size_t len = strlen(text);

	return text[strcspn(text, "`|\\")] || isspace((unsigned char)*text) ||
	       isspace((unsigned char)text[len - 1]);
}

static void put(struct buf *out, const char *p, size_t n, bool entities)
{
	if (is_unseen(p, n))
		buf_addc(out, '?');
	else if (entities && *p == '@')
		/* GFM looks for addresses when entities are read already. */
		buf_addstr(out, "&#8203;&#64;");
	else if (entities && n == 1 && !isalnum((unsigned char)*p) &&
		 !strchr(" ,/=+%", *p))
		buf_addf(out, "&#%d;", (unsigned char)*p);
	else
		buf_add(out, p, n);
}

static void put_all(struct buf *out, const char *text, size_t max,
		    bool entities)
{
	for (size_t shown = 0; *text && shown < max; shown++) {
		size_t n = step(text);

		put(out, text, n, entities);
		text += n;
	}
	if (*text)
		buf_addstr(out, "...");
}

static void put_code(struct buf *out, const char *text, size_t max)
{
	bool entities;

	if (!*text)
		return;
	entities = is_odd(text);
	buf_addstr(out, entities ? "<code>" : "`");
	put_all(out, text, max, entities);
	buf_addstr(out, entities ? "</code>" : "`");
}

void markdown_code(struct buf *out, const char *text)
{
	put_code(out, text, SHOWN);
}

void markdown_long(struct buf *out, const char *text)
{
	put_code(out, text, SHOWN_LONG);
}

void markdown_line(struct buf *out, const char *text)
{
	put_all(out, text, SHOWN, false);
}
