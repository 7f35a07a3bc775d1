/*
 * table - rows and columns for people (aligned by what a terminal shows), for
 * Markdown, and as CSV.
 *
 * Texts are others': control characters are shown as '?', and what Markdown or
 * HTML would take for its own is written so that it does not.
 */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include <stddef.h>

#include "cmd/out.h"

enum table_style { TABLE_TEXT, TABLE_MD, TABLE_CSV };

struct table_cell {
	char *text;		/* owned; NULL: there is nothing */
	bool coloured;
	enum out_colour colour;
};
struct table {
	size_t columns;
	struct table_cell *v;	/* owned; row by row, the first is the head */
	size_t n, cap;
	bool failed;		/* out of memory */
};

void table_init(struct table *t, size_t columns);
void table_release(struct table *t);
/* The next cell; copies. */
void table_add(struct table *t, const char *text);
void table_add_coloured(struct table *t, const char *text,
			enum out_colour colour);
/*
 * How wide its rows are on a terminal, without the last column; 0: out of
 * memory.
 */
size_t table_width(const struct table *t);
/*
 * < 0: out of memory.  A table without rows below its head prints nothing; a
 * last column that is "" in all rows is left out.
 */
int table_put(const struct table *t, enum table_style style);

#endif
