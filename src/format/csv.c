/*
 * csv - a state machine over pieces of text.  Runs of bytes without meaning
 * are copied at once, so that short fields cost little more than long ones.
 *
 * The fields of a row lie one behind the other in `row`, a NUL after each:
 * their lengths alone say where they begin, however often `row` moves.
 */
#include "format/csv.h"

#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

#define READ_SIZE (128u << 10)

enum state {
	FIELD,		/* a field begins here */
	PLAIN,		/* in a field without quotes */
	QUOTED,		/* in a field with quotes */
	CLOSED		/* behind a quote in such a field */
};

struct csv {
	char *name;		/* owned */
	csv_fn fn;
	void *data;
	char delimiter;
	bool ragged;
	bool special[256];	/* bytes that end a run of a plain field */

	enum state state;
	bool cr;		/* a line ended in CR: an LF belongs to it */
	unsigned bom;		/* bytes of a byte order mark seen; 3: past */
	uint64_t line;		/* here */
	uint64_t row_line;	/* where the row began */
	uint64_t quote_line;	/* where the quoted field began */
	struct buf row;
	size_t field;		/* where in `row` the field begins */
	struct csv_field *v;	/* owned */
	size_t n, cap;
	size_t columns;		/* in the first row; 0: none was there yet */

	int result;		/* sticky */
	struct dver_err err;	/* its message */
};

static const char mark[] = "\xef\xbb\xbf";

char csv_delimiter(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcasecmp(dot, ".tsv") == 0 ||
		       strcasecmp(dot, ".tab") == 0) ? '\t' : ',';
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	buf_release(&c->row);
	free(c->v);
	free(c->name);
	free(c);
}

int csv_new(struct csv **out, const char *name, const struct csv_opts *opts,
	    csv_fn fn, void *data, struct dver_err *err)
{
	char delimiter = opts && opts->delimiter ? opts->delimiter
						 : csv_delimiter(name);
	AUTO_CSV struct csv *c = NULL;

	if (strchr("\"\r\n", delimiter) || (delimiter & 0x80))
		return err_set(err, DVER_EINVAL, "'%s': no byte that can part "
			       "fields", name);
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_nomem(err);
	buf_init(&c->row, CSV_ROW_MAX);
	c->name = strdup(name);
	if (!c->name)
		return err_nomem(err);
	c->fn = fn;
	c->data = data;
	c->delimiter = delimiter;
	c->ragged = opts && opts->ragged;
	c->special[(unsigned char)delimiter] = true;
	c->special['\r'] = c->special['\n'] = c->special['\0'] = true;
	c->line = c->row_line = 1;
	*out = TAKE(c);
	return 0;
}

static int bad(struct csv *c, uint64_t line, const char *what)
{
	return err_set(&c->err, DVER_EFORMAT, "%s:%llu: %s", c->name,
		       (unsigned long long)line, what);
}

static int add(struct csv *c, const char *bytes, size_t len)
{
	/* Mostly there is room: this is done twice for each field. */
	if (len < c->row.cap - c->row.len && !c->row.failed) {
		memcpy(c->row.data + c->row.len, bytes, len);
		c->row.len += len;
		c->row.data[c->row.len] = '\0';
		return 0;
	}
	buf_add(&c->row, bytes, len);
	if (buf_ok(&c->row))
		return 0;
	if (c->row.len + len <= CSV_ROW_MAX)
		return err_nomem(&c->err);
	return bad(c, c->row_line, "the row is longer than 4 MiB");
}

static int end_field(struct csv *c, bool quoted)
{
	if (c->n == CSV_FIELDS_MAX)
		return bad(c, c->row_line, "more than 262144 fields");
	if (!mem_grow(&c->v, &c->cap, c->n + 1, sizeof(*c->v)))
		return err_nomem(&c->err);
	c->v[c->n++] = (struct csv_field){ .len = c->row.len - c->field,
					   .quoted = quoted };
	c->state = FIELD;
	if (add(c, "", 1) < 0)
		return c->err.code;
	c->field = c->row.len;
	return 0;
}

static int tell(struct csv *c)
{
	struct csv_row row = { .v = c->v, .n = c->n, .line = c->row_line };
	const char *text = c->row.data;

	if (c->columns == 0)
		c->columns = c->n;
	if (c->n != c->columns && !c->ragged)
		return err_set(&c->err, DVER_EFORMAT, "%s:%llu: %zu field%s, "
			       "but %zu in the first row", c->name,
			       (unsigned long long)c->row_line, c->n,
			       c->n == 1 ? "" : "s", c->columns);
	for (size_t i = 0; i < c->n; i++) {
		c->v[i].text = text;
		text += c->v[i].len + 1;
	}
	return c->fn(c->data, &row, &c->err);
}

/* A line's end; `quoted` is of the field before it. */
static int end_row(struct csv *c, bool quoted)
{
	bool empty = c->n == 0 && c->row.len == 0 && !quoted;
	int r = empty ? 0 : end_field(c, quoted);

	if (r == 0 && !empty)
		r = tell(c);
	buf_clear(&c->row);
	c->state = FIELD;
	c->field = 0;
	c->n = 0;
	c->row_line = ++c->line;
	return r;
}

/* A delimiter, a line's end or a NUL, behind a field. */
static int end(struct csv *c, char byte, bool quoted)
{
	if (byte == c->delimiter)
		return end_field(c, quoted);
	if (byte == '\0')
		return bad(c, c->line, "a NUL, so this is no table in text "
			   "(or it is UTF-16)");
	c->cr = byte == '\r';
	return end_row(c, quoted);
}

/* The part of a field without quotes that is here. */
static const char *plain(struct csv *c, const char *p, const char *stop)
{
	const char *from = p;

	while (p < stop && !c->special[(unsigned char)*p])
		p++;
	c->state = PLAIN;
	if (p > from && add(c, from, (size_t)(p - from)) < 0)
		c->result = c->err.code;
	else if (p < stop)
		c->result = end(c, *p++, false);
	return p;
}

static const char *quoted(struct csv *c, const char *p, const char *stop)
{
	const char *q = memchr(p, '"', (size_t)(stop - p));
	const char *to = q ? q : stop;
	const char *nul = memchr(p, '\0', (size_t)(to - p));

	if (nul)
		to = nul;
	if (to > p && add(c, p, (size_t)(to - p)) < 0)
		c->result = c->err.code;
	for (; p < to; p++)
		c->line += *p == '\n';
	if (nul && c->result == 0)
		c->result = bad(c, c->line, "a NUL inside quotes");
	if (q) {
		c->state = CLOSED;
		p++;
	}
	return p;
}

static int closed(struct csv *c, char byte)
{
	if (byte == '"') {
		c->state = QUOTED;
		return add(c, "\"", 1);
	}
	if (c->special[(unsigned char)byte])
		return end(c, byte, true);
	return bad(c, c->line, "text behind a closing quote (a quote inside "
		   "quotes is doubled)");
}

static const char *begin(struct csv *c, const char *p, const char *stop)
{
	bool lf = c->cr && *p == '\n';

	c->cr = false;
	if (lf)
		return p + 1;
	if (*p != '"')
		return plain(c, p, stop);
	c->state = QUOTED;
	c->quote_line = c->line;
	return p + 1;
}

static void run(struct csv *c, const char *p, size_t len)
{
	const char *stop = p + len;

	while (p < stop && c->result == 0) {
		switch (c->state) {
		case FIELD:
			p = begin(c, p, stop);
			break;
		case PLAIN:
			p = plain(c, p, stop);
			break;
		case QUOTED:
			p = quoted(c, p, stop);
			break;
		case CLOSED:
			c->result = closed(c, *p++);
			break;
		}
	}
}

static int result(const struct csv *c, struct dver_err *err)
{
	return c->result < 0 ? err_set(err, c->result, "%s", c->err.msg)
			     : c->result;
}

int csv_feed(struct csv *c, const void *bytes, size_t len,
	     struct dver_err *err)
{
	const char *p = bytes;

	for (; len > 0 && c->bom < 3; p++, len--) {
		unsigned seen = c->bom;

		if (*p == mark[seen]) {
			c->bom++;
			continue;
		}
		c->bom = 3;
		run(c, mark, seen);
		break;
	}
	run(c, p, len);
	return result(c, err);
}

int csv_finish(struct csv *c, struct dver_err *err)
{
	if (c->bom < 3)
		run(c, mark, c->bom);
	c->bom = 3;
	if (c->result == 0 && c->state == QUOTED)
		c->result = bad(c, c->quote_line, "a quote that is never "
				"closed");
	else if (c->result == 0)
		c->result = end_row(c, c->state == CLOSED);
	return result(c, err);
}

int csv_parse(const char *name, const void *bytes, size_t len,
	      const struct csv_opts *opts, csv_fn fn, void *data,
	      struct dver_err *err)
{
	AUTO_CSV struct csv *c = NULL;
	int r = csv_new(&c, name, opts, fn, data, err);

	if (r == 0)
		r = csv_feed(c, bytes, len, err);
	return r != 0 ? r : csv_finish(c, err);
}

int csv_read(const char *name, int fd, const struct csv_opts *opts, csv_fn fn,
	     void *data, struct dver_err *err)
{
	AUTO_FREE char *piece = malloc(READ_SIZE);
	AUTO_CSV struct csv *c = NULL;
	int r = piece ? csv_new(&c, name, opts, fn, data, err)
		      : err_nomem(err);

	while (r == 0) {
		ssize_t n = os_read(fd, piece, READ_SIZE);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		if (n == 0)
			return csv_finish(c, err);
		r = csv_feed(c, piece, (size_t)n, err);
	}
	return r;
}
