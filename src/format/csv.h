/*
 * csv - tables in text: CSV as RFC 4180 has it and TSV, row by row, of any
 * size.
 *
 * Lines end in LF, CRLF or CR; the last one need not.  A byte order mark at
 * the start is passed over, and so are empty lines.  A field in double quotes
 * may hold delimiters, line ends and, doubled, quotes; a quote inside a field
 * that does not begin with one stands for itself.  TSV has the same quotes.
 * All of it is bytes: whether they are UTF-8 is for who shows them.  A NUL is
 * refused.  The first row, a header or not, is a row like the others.
 *
 * Memory is bounded by the longest row.  One thread per struct csv.
 */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dver_err;
struct csv;

#define CSV_ROW_MAX (4u << 20)		/* bytes in a row */
#define CSV_FIELDS_MAX (256u << 10)	/* fields in a row */

struct csv_field {
	const char *text;	/* len bytes without the quotes, and a NUL */
	size_t len;
	bool quoted;
};

/* All borrowed, for the call only. */
struct csv_row {
	const struct csv_field *v;
	size_t n;		/* 1 at least */
	uint64_t line;		/* where it begins, from 1 */
};

/*
 * Called with each row.  0: go on; 1: that is enough, csv_feed() returns 1
 * and no row comes any more; < 0 with err filled in: csv_feed() returns it.
 */
typedef int (*csv_fn)(void *data, const struct csv_row *row,
		      struct dver_err *err);

struct csv_opts {
	char delimiter;		/* 0: csv_delimiter(name) */
	bool ragged;		/* rows need not be as long as the first */
};

/* A tab for names that end in ".tsv" or ".tab", a comma for all others. */
char csv_delimiter(const char *name);

/*
 * `name` is for the delimiter and for messages.  `opts` NULL: all zero.
 * DVER_EINVAL for a delimiter that is a quote, a line end or not ASCII.
 */
int csv_new(struct csv **out, const char *name, const struct csv_opts *opts,
	    csv_fn fn, void *data, struct dver_err *err);
void csv_free(struct csv *c);		/* NULL is fine */
static inline void csv_freep(struct csv **c) { csv_free(*c); }
#define AUTO_CSV __attribute__((cleanup(csv_freep)))

/*
 * The next piece; the first error is returned by all later calls too.
 *
 * DVER_EFORMAT "name:line: ..." for a row that has not as many fields as the
 * first (unless `ragged`), more than CSV_FIELDS_MAX of them or more than
 * CSV_ROW_MAX bytes, for text behind a closing quote, and for a NUL.
 */
int csv_feed(struct csv *c, const void *bytes, size_t len,
	     struct dver_err *err);
/* That was all.  DVER_EFORMAT also for a quote that is never closed. */
int csv_finish(struct csv *c, struct dver_err *err);

/* csv_new(), csv_feed(), csv_finish() of a text in memory. */
int csv_parse(const char *name, const void *bytes, size_t len,
	      const struct csv_opts *opts, csv_fn fn, void *data,
	      struct dver_err *err);
/* The same of an open file from where it stands; `name` is its path. */
int csv_read(const char *name, int fd, const struct csv_opts *opts, csv_fn fn,
	     void *data, struct dver_err *err);

#endif
