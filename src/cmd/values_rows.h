/*
 * values_rows - files of revisions as rows of a table, values as columns.
 */
#ifndef CMD_VALUES_ROWS_H
#define CMD_VALUES_ROWS_H

#include "base/vec.h"
#include "cmd/values.h"

struct cell {
	size_t column;
	struct dver_value value;	/* text owned */
};
struct row {
	char *rev;		/* for people; owned */
	struct strvec names;	/* for programs */
	char *commit;		/* owned; NULL: the workspace */
	int64_t time;
	char *path, *problem;	/* owned */
	int code;
	struct cell *v;		/* owned; by column */
	size_t n, nth, rev_nth;
};

struct rows {
	enum dver_values what;
	struct row *v;			/* owned */
	size_t n, cap, revs;
	struct strvec names;		/* of columns, in the order they came */
	struct keymap columns;		/* name, hashed -> size_t */
	enum dver_better *better;	/* of columns; owned */
	size_t better_cap;
	size_t sort_by;			/* a column */
	const char *sort_path;		/* of this file alone; NULL: of any */
	bool many;			/* of more than one revision */
};

void rows_init(struct rows *s, enum dver_values what);
void rows_release(struct rows *s);
/* DVER_ENOMEM, without an error set. */
int rows_add(struct rows *s, const struct dver_values_file *f);
/* What a row has in a column; NULL: nothing. */
const struct dver_value *rows_value(const struct row *r, size_t column);
/*
 * The best first, by what is called so: in full, by its last parts, or with
 * its file before a colon.  DVER_ENOTFOUND: nothing is; DVER_EINVAL: several
 * are.
 */
int rows_sort(struct rows *s, const char *name, struct dver_err *err);
/*
 * Tell the rows as files, those of a revision together, at the place of its
 * first one; stops when fn is not 0.  DVER_ENOMEM without an error set.
 */
int rows_each(const struct rows *s,
	      int (*fn)(void *data, const struct dver_values_file *f),
	      void *data);
/*
 * A row a file; a row a value instead with `list`, and where rows were wider
 * than the terminal.
 */
int rows_put(const struct rows *s, const struct values_args *a, bool revs,
	     bool list, enum table_style style, struct dver_err *err);

#endif
