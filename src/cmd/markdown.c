#include "cmd/markdown.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SHOWN 100	/* characters of a text */
#define SHOWN_LONG 400

/* Would it mean something between backticks, in a cell or out of it? */
static bool is_odd(const char *text)
{
	size_t len = strlen(text);

	return text[strcspn(text, "`|\\")] || isspace((unsigned char)*text) ||
	       isspace((unsigned char)text[len - 1]);
}

static void put(struct buf *out, const char *p, size_t n, bool entities)
{
	if ((n == 1 && (unsigned char)*p >= 0x80) || utf8_unseen(p, n))
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
		size_t n = utf8_step(text);

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
