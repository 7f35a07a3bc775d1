/*
 * plot_data_internal - inside of plot_data: rows of any kind of file go
 * through here into series.
 */
#ifndef PLOT_PLOT_DATA_INTERNAL_H
#define PLOT_PLOT_DATA_INTERNAL_H

#include "base/buf.h"
#include "base/err.h"
#include "format/csv.h"
#include "format/tfevents.h"
#include "format/value.h"
#include "plot/plot_data.h"
#include "plot/plot_thin.h"

/* What stands at one place of a row. */
struct plot_cell {
	enum { PLOT_GAP, PLOT_NUMBER, PLOT_TIME, PLOT_WORD } kind;
	double number;
	bool odd;		/* a gap, as `number` is NaN or infinite */
	const char *text;	/* as written; of a gap perhaps NULL */
	size_t len;
};

/* Rows that are left out, and what is wrong with the first. */
struct plot_note {
	char *first;		/* owned */
	uint64_t rows;
};

struct plot_sink {
	char *column;		/* owned */
	size_t index;		/* of the column in a table */
	bool seen;		/* a row had it */
	bool any;		/* a row had a number, or a gap */
	struct plot_note no_y;
	struct plot_odd odd;
	size_t file;		/* of a run, that its last point is from */
	double odd_x, last_x;	/* of the first odd one, of the last value */
	struct plot_thin *thin;	/* owned */
	struct plot_ema *ema;	/* owned; it is smoothed, `raw` is not */
	struct plot_thin *raw;	/* owned */
	uint64_t total;
	struct keymap pairs;	/* of a matrix: struct plot_pair, by place */
};

/* How often two labels stand in a row. */
struct plot_pair { size_t x, y; uint64_t n; };

struct plot_data {
	struct plot *to;
	char *path;		/* owned */
	const struct plot_want *want;
	struct plot_sink *v;	/* owned, a series each */
	size_t n, cap;
	uint64_t row;		/* the number of the next one */
	size_t near;		/* label of the last one */
	size_t labels;		/* that were there before */
	bool was_open;		/* x_kind was PLOT_X_OPEN */
	bool done;

	struct csv *csv;		/* one of these, owned */
	struct tfevents *events;
	size_t file;		/* of a run, from 1 */
	struct buf text;		/* of a document */

	bool any_x;		/* a row had one */
	struct plot_note no_x, ragged;

	bool header;		/* a table's columns are known */
	size_t columns;
	size_t x_index;
	double start;		/* the first wall time; NaN: none yet */
};

/* A series for this column. */
int plot_sink_add(struct plot_data *d, const char *column, size_t index,
		  struct dver_err *err);
void plot_sink_release(struct plot_sink *s);
/* The next point; forget those from this x on; into the chart. */
int plot_sink_point(struct plot_sink *s, struct plot_point p,
		    struct dver_err *err);
void plot_sink_cut(struct plot_sink *s, double x);
/* A value, which may be odd, is at this x. */
void plot_sink_count(struct plot_sink *s, double x,
		     const struct plot_cell *cell);
int plot_sink_finish(struct plot_data *d, struct plot_sink *s,
		     struct dver_err *err);

/* One more row that is left out, for this reason. */
int plot_note(struct plot_note *n, const struct dver_err *why,
	      struct dver_err *err);
/* Tell of them; is too much left out? */
int plot_notes_tell(const struct plot_data *d, struct dver_err *err);
int plot_notes_check(const struct plot_data *d, struct dver_err *err);

/* The column of x in this file, or NULL. */
const char *plot_x_column(const struct plot_data *d);

/* What text in a table is, what a value of a document (NULL: a gap). */
struct plot_cell plot_cell_text(const char *text, size_t len);
struct plot_cell plot_cell_value(const struct value *v);

/*
 * The x of a row; `cell` NULL: its number.  1: *x is set; 0: a gap.  Errors
 * name path, line and column.
 */
int plot_row_x(struct plot_data *d, const struct plot_cell *cell,
	       uint64_t line, double *x, struct dver_err *err);
/* One y of a row whose x is a gap or not. */
int plot_row_y(struct plot_data *d, struct plot_sink *s, bool has_x, double x,
	       const struct plot_cell *cell, uint64_t line,
	       struct dver_err *err);
/* One more pair of a matrix; its pairs as a series. */
int plot_pair_add(struct plot_sink *s, size_t x, size_t y,
		  struct dver_err *err);
int plot_pairs_finish(const struct plot_sink *s, struct plot_series *out,
		      struct dver_err *err);
/* There is no such column; `list` has those that are, ", " before each. */
int plot_no_column(const struct plot_data *d, const char *column,
		   const struct buf *list, struct dver_err *err);

/* The kinds of files. */
int plot_table_row(void *data, const struct csv_row *row,
		   struct dver_err *err);
int plot_tree(struct plot_data *d, struct dver_err *err);
int plot_event(void *data, const struct tfevents_value *v,
	       struct dver_err *err);

#endif
