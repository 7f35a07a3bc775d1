/*
 * values_rows - files of revisions as rows of a table, values as columns.
 */
#ifndef CMD_VALUES_ROWS_H
#define CMD_VALUES_ROWS_H

#include "base/vec.h"
#include "cmd/values.h"

struct row;

struct rows {
	enum dver_values what;
	struct row *v;			/* owned */
	size_t n, cap;
	struct strvec names;		/* of columns, in the order they came */
	struct keymap columns;		/* name, hashed -> size_t */
	enum dver_better *better;	/* of columns; owned */
	size_t better_cap;
	size_t sort_by;			/* a column */
	bool many;			/* of more than one revision */
};

void rows_init(struct rows *s, enum dver_values what);
void rows_release(struct rows *s);
/* DVER_ENOMEM, without an error set. */
int rows_add(struct rows *s, const struct dver_values_file *f);
/* The best first, by what is called so; DVER_ENOTFOUND: nothing is. */
int rows_sort(struct rows *s, const char *name, struct dver_err *err);
/*
 * A row a file; a row a value instead with `list`, and where rows were wider
 * than the terminal.
 */
int rows_put(const struct rows *s, const struct values_args *a, bool revs,
	     bool list, enum table_style style, struct dver_err *err);

#endif
