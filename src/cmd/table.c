#include "cmd/table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

#define GAP "  "
/* Of a cell on a terminal, and of the last one in a row. */
#define WIDTH_MAX 60
#define WIDTH_LAST 200

void table_init(struct table *t, size_t columns)
{
	*t = (struct table){ .columns = columns };
}

void table_release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].text);
	free(t->v);
}

static struct table_cell *add(struct table *t, const char *text)
{
	struct table_cell c = { .text = text ? strdup(text) : NULL };

	if ((text && !c.text) ||
	    !mem_grow(&t->v, &t->cap, t->n + 1, sizeof(*t->v))) {
		free(c.text);
		t->failed = true;
		return NULL;
	}
	t->v[t->n] = c;
	return &t->v[t->n++];
}

void table_add(struct table *t, const char *text)
{
	(void)add(t, text);
}

void table_add_coloured(struct table *t, const char *text,
			enum out_colour colour)
{
	struct table_cell *c = add(t, text);

	if (!c)
		return;
	c->coloured = true;
	c->colour = colour;
}

/* Bytes that are no text are not shown either. */
static bool is_control(const char *p, size_t n)
{
	return (n == 1 && (unsigned char)*p >= 0x80) || utf8_unseen(p, n);
}

static void put_md(struct buf *b, const char *p, size_t n)
{
	static const struct { char c; const char *text; } odd[] = {
		{ '|', "\\|" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '&', "&amp;" }, { '\\', "\\\\" }, { '`', "\\`" },
		{ '*', "\\*" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (*p == odd[i].c) {
			buf_addstr(b, odd[i].text);
			return;
		}
	/* A list stays one, a link does not. */
	if (*p == ']' && (p[1] == '(' || p[1] == '['))
		buf_addc(b, '\\');
	buf_add(b, p, n);
}

/* Most texts are words and numbers: how long one is, 0: it is another. */
static size_t plain(const char *text, size_t max)
{
	size_t n = 0;

	for (; text[n]; n++)
		if ((!isalnum((unsigned char)text[n]) &&
		     !strchr(" .,-+%_/:", text[n])) || n == max)
			return 0;
	return n;
}

/* What is shown of a text, at most `max` columns of it; how many these are. */
static size_t shown(struct buf *b, const char *text, size_t max,
		    enum table_style style)
{
	bool failed = b->failed;
	size_t width = 0, len;

	buf_clear(b);
	b->failed = failed;	/* told at the end */
	text = text ? text : "-";
	len = plain(text, max);
	if (len) {
		buf_add(b, text, len);
		return len;
	}
	for (const char *p = text; *p; ) {
		size_t n = utf8_step(p);
		bool odd = is_control(p, n);
		size_t w = odd ? 1 : utf8_width(p, n);

		if (width + w > max - 3 &&
		    utf8_width(p, strlen(p)) > max - width) {
			buf_addstr(b, "...");
			break;
		}
		width += w;
		if (odd)
			buf_addc(b, '?');
		else if (style == TABLE_MD)
			put_md(b, p, n);
		else
			buf_add(b, p, n);
		p += n;
	}
	return utf8_width(b->data, b->len);
}

/* A last column that has nothing below its head is left out. */
static size_t columns_of(const struct table *t)
{
	size_t last = t->columns - 1;

	for (size_t i = t->columns + last; i < t->n; i += t->columns)
		if (!t->v[i].text || *t->v[i].text)
			return t->columns;
	return MAX(last, (size_t)1);
}

static void put_quoted(const char *p)
{
	(void)putchar('"');
	for (; *p; p++) {
		if (*p == '"')
			(void)putchar('"');
		(void)putchar(*p);
	}
	(void)putchar('"');
}

static int put_csv(const struct table *t, size_t columns)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < t->n; i++) {
		size_t at = i % t->columns;

		if (at >= columns)
			continue;
		(void)shown(&b, t->v[i].text ? t->v[i].text : "", SIZE_MAX,
			    TABLE_CSV);
		(void)fputs(at ? "," : "", stdout);
		if (b.data[strcspn(b.data, ",\"")])
			put_quoted(b.data);
		else
			(void)fputs(b.data, stdout);
		if (at == columns - 1)
			(void)putchar('\n');
	}
	return buf_ok(&b) ? 0 : DVER_ENOMEM;
}

static size_t limit(size_t columns, size_t at)
{
	return at == columns - 1 ? WIDTH_LAST : WIDTH_MAX;
}

static void pad(size_t n, char c)
{
	while (n--)
		(void)putchar(c);
}

static void put_rule(size_t columns, const size_t *width)
{
	for (size_t i = 0; i < columns; i++) {
		(void)fputs("|", stdout);
		pad(width[i] + 2, '-');
	}
	(void)fputs("|\n", stdout);
}

static void put_cell(const struct table_cell *c, const char *text, size_t have,
		     size_t width, bool last, enum table_style style)
{
	bool colour = c->coloured && style == TABLE_TEXT;

	(void)fputs(style == TABLE_MD ? "| " : "", stdout);
	if (colour)
		out_colour(c->colour);
	(void)fputs(text, stdout);
	if (colour)
		out_plain();
	/* Nothing stands at the end of a line on a terminal. */
	if (style == TABLE_MD || !last)
		pad(width - have, ' ');
	(void)fputs(style == TABLE_MD ? " " : last ? "" : GAP, stdout);
}

/* Cells of a row up to the last that has something. */
static size_t used(const struct table_cell *row, size_t n,
		   enum table_style style)
{
	while (style == TABLE_TEXT && n > 1 && row[n - 1].text &&
	       !*row[n - 1].text)
		n--;
	return n;
}

static void put_row(const struct table_cell *row, size_t columns,
		    const size_t *width, struct buf *b,
		    enum table_style style)
{
	size_t n = used(row, columns, style);

	for (size_t i = 0; i < n; i++) {
		size_t have = shown(b, row[i].text, limit(columns, i), style);

		put_cell(&row[i], b->data, have, width[i], i == n - 1, style);
	}
	(void)fputs(style == TABLE_MD ? "|\n" : "\n", stdout);
}

static bool measure(const struct table *t, size_t columns, size_t *width,
		    enum table_style style)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < t->n; i++) {
		size_t at = i % t->columns;

		width[at] = MAX(width[at], shown(&b, t->v[i].text,
						 limit(columns, at), style));
	}
	return buf_ok(&b);
}

size_t table_width(const struct table *t)
{
	AUTO_FREE size_t *width = mem_array(t->columns + 1, sizeof(*width));
	size_t sum = 0;

	if (!width || !measure(t, t->columns, width, TABLE_TEXT))
		return 0;
	for (size_t i = 0; i + 1 < t->columns; i++)
		sum += width[i] + (i ? strlen(GAP) : 0);
	return sum;
}

int table_put(const struct table *t, enum table_style style)
{
	AUTO_FREE size_t *width = mem_array(t->columns + 1, sizeof(*width));
	AUTO_BUF struct buf b = BUF_BIG;
	size_t columns;

	if (t->failed || !width)
		return DVER_ENOMEM;
	if (t->n <= t->columns)
		return 0;
	columns = columns_of(t);
	if (style == TABLE_CSV)
		return put_csv(t, columns);
	if (!measure(t, columns, width, style))
		return DVER_ENOMEM;
	for (size_t i = 0; i < t->n; i += t->columns) {
		put_row(t->v + i, columns, width, &b, style);
		if (i == 0 && style == TABLE_MD)
			put_rule(columns, width);
	}
	return buf_ok(&b) ? 0 : DVER_ENOMEM;
}
