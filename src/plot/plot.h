/*
 * plot - one chart: its series of points, and what is written around them.
 *
 * plot_data.h fills it, plot_svg.h and plot_term.h draw it.  Any thread may
 * read a plot that nobody changes.
 */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct buf;
struct dver_err;

#define PLOT_SERIES_MAX 64	/* in a chart */
#define PLOT_LABELS_MAX 1000	/* different words on the x axis */
#define PLOT_BARS_MAX 100	/* of them, that bars are drawn for */
#define PLOT_MATRIX_MAX 40	/* that are rows and columns of a matrix */

/* No coordinate is infinite; a `y` that is NaN is a gap in a line. */
struct plot_point { double x, y; };

/* What a series lacks since nobody can draw it. */
struct plot_odd {
	uint64_t values;	/* that stand in the file, no empty places */
	uint64_t odd;		/* of them NaN or infinite */
	double last;		/* the one at the highest x, as it is */
};

/* Which colour, dashes and mark: places in the lists of who draws. */
struct plot_look { uint8_t colour, dash, mark; };
#define PLOT_COLOURS 8
#define PLOT_DASHES 4
#define PLOT_MARKS 4

struct plot_series {
	char *name;		/* owned */
	char *column;		/* that it is of; owned */
	struct plot_point *v;	/* owned; of a line with rising x */
	size_t n;
	uint64_t total;		/* rows that were read */
	bool thinned;		/* there are more than these */
	struct plot_odd odd;
	double *weight;		/* of a matrix: of each point; owned */
	struct plot_point *raw;	/* owned; v is smoothed, this is not */
	size_t n_raw;
	struct plot_look look;
};
void plot_series_release(struct plot_series *s);
#define AUTO_PLOT_SERIES __attribute__((cleanup(plot_series_release)))

enum plot_kind {
	PLOT_LINE,
	PLOT_SCATTER,
	PLOT_BAR,		/* x are labels; bars lie, to be read */
	PLOT_MATRIX		/* x and y are labels: how often each pair is */
};

struct plot {
	enum plot_kind kind;
	char *title;		/* these owned; NULL: none */
	char *x_label, *y_label;
	char *x_column;		/* of the first series */
	bool x_auto, y_auto;	/* these are columns: nobody said them */
	double smooth;		/* how much lines are smoothed; 0: not */
	struct plot_series *v;	/* owned */
	size_t n, cap;
	/*
	 * What x is: numbers, seconds since 1970, or words, x being places in
	 * `labels`, as y of a matrix are.
	 */
	enum { PLOT_X_OPEN, PLOT_X_NUMBERS, PLOT_X_TIMES, PLOT_X_LABELS }
		x_kind;
	struct strvec labels;
	bool jitter;		/* points stand beside their places */
};

void plot_init(struct plot *p, enum plot_kind kind);
void plot_release(struct plot *p);
#define AUTO_PLOT __attribute__((cleanup(plot_release)))

/*
 * The place of a label, a new one if need be.  DVER_EFORMAT when there are
 * PLOT_LABELS_MAX.  `near` is where the last one was: labels mostly come in
 * the same order again.
 */
int plot_label(struct plot *p, const char *text, size_t len, size_t near,
	       size_t *out, struct dver_err *err);
/* The look of the i-th of several. */
struct plot_look plot_look(size_t i);
/*
 * One more series, with the look of its place; what it owns is adopted, and
 * *s is empty afterwards.
 */
int plot_add(struct plot *p, struct plot_series *s, struct dver_err *err);
/* Take back all labels but the first n, and, if `open`, what x is. */
void plot_forget(struct plot *p, size_t n, bool open);
/* Take back all series but the first n. */
void plot_truncate(struct plot *p, size_t n);
/*
 * Append "1,564 of 1,000,000 points" if a series is thinned, and "smoothed
 * 0.6" if it is; or the same of labels, of which bars show PLOT_BARS_MAX and
 * matrices PLOT_MATRIX_MAX.
 */
void plot_note_points(struct buf *out, const struct plot *p);
void plot_note_labels(struct buf *out, const struct plot *p);
/* The same of values that are NaN or infinite: "7 of 11 values not finite". */
void plot_note_odd(struct buf *out, const struct plot *p);
/* The last value of a label; false: there is none. */
bool plot_bar(const struct plot_series *s, size_t label, double *out);

/*
 * Of matrices: make the weights shares of their row, of all points of this y.
 */
void plot_normalize(struct plot *p);
/* Append a weight as it is drawn: a number, or "0.25". */
void plot_weight(struct buf *out, double weight);

/*
 * How far the i-th point is off its place, of x or else of y: from -1 to 1,
 * always the same; 0 without jitter.
 */
double plot_jitter(const struct plot *p, size_t i, bool x);

/* Where points lie; lo <= hi, both finite. */
struct plot_range { double lo, hi; };
/*
 * Of all points that are no gaps, with `raw` also of lines before they were
 * smoothed; false: there are none.
 */
bool plot_ranges(const struct plot *p, bool raw, struct plot_range *x,
		 struct plot_range *y);

#endif
