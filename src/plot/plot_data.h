/*
 * plot_data - the series of a chart out of a file of data.
 *
 * By its name a file is
 *   .csv, .tsv		a table whose first row names the columns
 *   .json, .yaml, .yml	a list of maps, or a map with such lists in it, at
 *			any depth; of several lists with columns that are
 *			wanted the maps are merged one by one, however long
 *			each list is
 *   *.tfevents.*	scalars of TensorBoard, tags being the columns
 *
 * Numbers are decimals, "nan", "inf" and the like.  What is empty, null, NaN
 * or infinite is a gap, and so is a word among numbers, which is told.  Whether
 * x is a number, a date (timestamp.h) or a label is for the first row to say:
 * where numbers or dates were, a row with another is left out, and told; where
 * words were, all are words.  A row of a table that has more or less fields
 * than the first one is left out and told, as the last one of a file that is
 * being written is.  Of columns, or keys, of the same name the last counts.
 *
 * CSV, TSV and event files are read in bounded memory, whatever their size,
 * and series thinned as they come (plot_thin.h); JSON and YAML are as large
 * as values.h allows.  One thread per struct plot_data, and per plot.
 */
#ifndef PLOT_PLOT_DATA_H
#define PLOT_PLOT_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "plot/plot.h"

struct dver_err;
struct plot_data;
struct plot_xs;

#define PLOT_POINTS 2000	/* in a series, when nothing else is said */

struct plot_want {
	/*
	 * The column of x.  NULL: the row's number, from 0; of event files
	 * the step, where "wall_time" (seconds since 1970) and "relative"
	 * (seconds since the first value) are other columns.  Where a run
	 * began again at a step, what it had given up goes if x is the step.
	 */
	const char *x;
	/*
	 * The columns of y, a series each.  None: the last column, which is
	 * the last key of the first map, or where that is x of the first one
	 * in another list; of event files every tag.
	 */
	const char *const *y;
	size_t n_y;
	/* Of the series: a revision.  With several, "name: column" each. */
	const char *name;	/* NULL: the column */
	bool no_header;		/* a table's columns are "0", "1", ... */
	size_t points;		/* of a series at most; 0: PLOT_POINTS */
	double smooth;		/* lines by plot_ema.h, all rows; 0: not */
	/*
	 * x is in another file, `x_path`, than y: of that one is only read
	 * what `collect` gets, and of this one what `given` goes with, row by
	 * row.  Not of event files.
	 */
	struct plot_xs *collect, *given;
	/*
	 * The path is a folder, of whose event files plot_data_next() begins
	 * each.  A tag that goes back in one of them to a step that was there
	 * goes on from it, and what was from there on goes, as in TensorBoard.
	 */
	bool run;
	const char *x_path;
	/* Gets a line for each kind of rows that were left out; or NULL. */
	int (*tell)(void *data, const char *text, struct dver_err *err);
	void *tell_data;
};

/* Can a file of this name be plotted? */
bool plot_data_name(const char *path);

/*
 * Series for a chart, of which the kind is set.  `path` says what kind of
 * file it is, and is for messages; `want` and `to` must outlive this.
 * DVER_EUNSUPPORTED: !plot_data_name(path), and want->run is not set.
 */
int plot_data_new(struct plot_data **out, struct plot *to, const char *path,
		  const struct plot_want *want, struct dver_err *err);
/* NULL is fine.  What was not finished adds nothing to the chart. */
void plot_data_free(struct plot_data *d);
static inline void plot_data_freep(struct plot_data **d)
{
	plot_data_free(*d);
}
#define AUTO_PLOT_DATA __attribute__((cleanup(plot_data_freep)))

/* Begin a file of a run; its path is for messages. */
int plot_data_next(struct plot_data *d, const char *path,
		   struct dver_err *err);
/*
 * The next piece of the file, and its end, with which the chart gets the
 * series, and labels for its axes if it has none.
 *
 * DVER_EFORMAT "path:line: ..." for what is no such file, a column that is
 * not there (with those that are), nothing but words where numbers should be,
 * or more or less rows than `given` has.
 */
int plot_data_feed(struct plot_data *d, const void *bytes, size_t len,
		   struct dver_err *err);
int plot_data_finish(struct plot_data *d, struct dver_err *err);

/* All of it, from memory, or from an open file. */
int plot_data_parse(struct plot *to, const char *path,
		    const struct plot_want *want, const void *bytes,
		    size_t len, struct dver_err *err);
int plot_data_read(struct plot *to, const char *path, int fd,
		   const struct plot_want *want, struct dver_err *err);

#endif
