/*
 * dver/plots.h - charts of data at any revision, side by side.
 *
 * A plot is declared by a stage (`plots`) or by the `plots` of a dver.yaml, in
 * the grammar of DVC (https://dvc.org/doc/command-reference/plots), or is any
 * file that is named.  Data are CSV, TSV, JSON, YAML and TensorBoard's event
 * files; images (png, jpg, jpeg, gif, svg) are shown as they are.
 *
 * A revision is read from git's objects and the store, never checked out: its
 * own dver.yaml says which plots there are.  Of several revisions each is a
 * series of the same chart.  What cannot be read is told in `problems` and
 * ends nothing.
 *
 * Long series are thinned to DVER_PLOTS_POINTS points, down to an eighth of
 * these where there are more than eight revisions, so that every peak keeps its
 * height, while the file is read: memory does not grow with it.
 */
#ifndef DVER_PLOTS_H
#define DVER_PLOTS_H

#include "dver/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DVER_PLOTS_POINTS 2000		/* of a series */
#define DVER_PLOTS_IMAGE (8u << 20)	/* bytes of an image at most */
#define DVER_PLOTS_IMAGES (64u << 20)	/* of all of them */
#define DVER_PLOTS_MAX 2000		/* plots of all revisions */

/* What templates ask for, and images. */
enum dver_plot_kind {
	DVER_PLOT_LINES,	/* templates linear (the default), simple,
				   smooth */
	DVER_PLOT_POINTS,	/* scatter, scatter_jitter */
	DVER_PLOT_BARS,		/* bar_horizontal, bar_horizontal_sorted */
	DVER_PLOT_MATRIX,	/* confusion, confusion_normalized */
	DVER_PLOT_IMAGES
};

struct dver_plot_series {
	const char *rev;	/* a person's word for it, see metrics.h */
	const char *commit;	/* full id; NULL: the workspace */
	const char *path;	/* the file; of TensorBoard's event files that
				   a folder holds the folder, "." the top */
	const char *name;	/* what the chart calls it */
	const char *column;	/* that y is */
	size_t n;		/* points */
	uint64_t total;		/* rows that were read; > n: thinned */
	size_t nraw;		/* points before smoothing; 0: it is not
				   smoothed */
	uint64_t values;	/* in these rows: numbers, NaN, infinite */
	uint64_t odd;		/* of them NaN or infinite, which no point is */
	double last;		/* of the values, NaN and infinite too, the one
				   at the highest x; odd is 0: unspecified */
};
struct dver_plot_image {
	const char *rev, *commit, *path;
	const char *type;	/* "image/png" */
	const void *bytes;
	size_t len;
};
struct dver_plot_problem {
	const char *rev, *path;
	const char *message;
	int code;		/* as in dver_values_file */
};
struct dver_plot {
	const char *id;		/* a path, or a name of dver.yaml's; where two
				   are called the same "dver.yaml::name" */
	enum dver_plot_kind kind;
	const char *template_name;
	/*
	 * It is a file of the workspace, by which pages and specifications
	 * are drawn; pictures and text are drawn as `kind` is.
	 */
	bool own;
	const char *title;	/* these and the labels may be NULL */
	const char *x_label, *y_label;
	/* x is times, seconds since 1970, to be shown in UTC. */
	bool x_time;
	double smooth;		/* as asked for; 0: it is not smoothed */
	/*
	 * Words that are x, and of a matrix y, too: a point has places in
	 * them.  n 0: numbers.
	 */
	const char *const *labels;
	size_t nlabels;
	const struct dver_plot_series *series;
	size_t nseries;
	const struct dver_plot_image *images;
	size_t nimages;
	const struct dver_plot_problem *problems;
	size_t nproblems;
};

enum { DVER_PLOTS_NO_HEADER = 1 };	/* columns of tables are "0", "1" */

/* What is said here goes before what dver.yaml says; NULL, 0: nothing is. */
struct dver_plots_opts {
	unsigned flags;
	const char *x;
	const char *const *y;	/* columns */
	size_t ny;
	const char *template_name, *title, *x_label, *y_label;
	/*
	 * 0 < smooth < 1: lines, but those of the template smooth, are smoothed
	 * as TensorBoard does it, by an average that moves over all rows in the
	 * order of the file: each counts `smooth` times as much as the next.
	 * Rows without a number count as none; a line whose numbers are all
	 * the same stays.
	 */
	double smooth;
	/* Which revisions, as dver_values_each() takes them. */
	struct dver_values_opts at;
};

/* The plots of some revisions.  Any thread may read what nobody frees. */
struct dver_plots;
/*
 * Read them.  `targets` are ids of plots, files or folders (n == 0: all that
 * are declared); files need not be declared.  The caller frees *out.
 *
 * DVER_ENOTFOUND: a revision that git does not know; DVER_EINVAL: `smooth` is
 * none.
 */
DVER_API int dver_plots_load(struct dver_plots **out, struct dver_repo *repo,
			     const char *const *targets, size_t n,
			     const struct dver_plots_opts *opts,
			     struct dver_err *err);
DVER_API void dver_plots_free(struct dver_plots *p);	/* NULL is fine */
DVER_API size_t dver_plots_count(const struct dver_plots *p);
/* The i-th, in the order of the files; valid as long as p. */
DVER_API const struct dver_plot *dver_plots_get(const struct dver_plots *p,
						size_t i);
/* A point; a `y` that is NaN is a gap in a line. */
DVER_API void dver_plots_point(const struct dver_plots *p, size_t plot,
			       size_t series, size_t point, double *x,
			       double *y);
/* One of the `nraw` points of a series before it was smoothed. */
DVER_API void dver_plots_raw(const struct dver_plots *p, size_t plot,
			     size_t series, size_t point, double *x,
			     double *y);
/*
 * How often a point of a matrix stands in the file, or of
 * confusion_normalized its share among those of the same y; else 1.
 */
DVER_API double dver_plots_weight(const struct dver_plots *p, size_t plot,
				  size_t series, size_t point);

/* Takes what is drawn, piece by piece; < 0 stops and is returned. */
typedef int (*dver_plots_write)(void *data, const char *text, size_t len);

/* Takes the name of a template; `own` as in dver_plot.  As above. */
typedef int (*dver_plots_template_fn)(void *data, const char *name, bool own);
/*
 * The templates there are: those of dver, in the order of DVC, and by their
 * names those of the workspace, .dver/plots/NAME.json, which go before them.
 */
DVER_API int dver_plots_templates(struct dver_repo *repo,
				  dver_plots_template_fn fn, void *data,
				  struct dver_err *err);
/*
 * The text of one: JSON of Vega-Lite with anchors.  DVER_ENOTFOUND: there is
 * none of this name.
 */
DVER_API int dver_plots_template(struct dver_repo *repo, const char *name,
				 dver_plots_write fn, void *data,
				 struct dver_err *err);

struct dver_plots_text {
	unsigned width;		/* columns, 0: 80 */
	unsigned height;	/* lines, 0: 20 */
	bool ascii;		/* no Braille, nothing but ASCII */
	bool colour;		/* escape sequences of 256 colours */
};
/* A chart as lines of text; of images a line each. */
DVER_API int dver_plots_draw_text(const struct dver_plots *p, size_t plot,
				  const struct dver_plots_text *opts,
				  dver_plots_write fn, void *data,
				  struct dver_err *err);
/*
 * A chart as SVG 1.1, light or dark as the reader's system is, without
 * scripts.  DVER_EUNSUPPORTED: these are images.
 */
DVER_API int dver_plots_draw_svg(const struct dver_plots *p, size_t plot,
				 dver_plots_write fn, void *data,
				 struct dver_err *err);
/*
 * A chart as a specification of Vega-Lite 6: one JSON object with the points
 * in data.values, in which there is no "<".  DVER_EUNSUPPORTED: these are
 * images.
 */
DVER_API int dver_plots_draw_vega(const struct dver_plots *p, size_t plot,
				  dver_plots_write fn, void *data,
				  struct dver_err *err);
/*
 * All of them as one HTML page that needs no network; its
 * Content-Security-Policy forbids that, and all scripts but the page's own.
 * These draw the charts with Vega, with which readers look closer; without
 * scripts they are still pictures, as all are if dver_plots_vega() is NULL.
 */
DVER_API int dver_plots_draw_page(const struct dver_plots *p,
				  dver_plots_write fn, void *data,
				  struct dver_err *err);

/* "vega 6.4.0, ..."; NULL: this library was built without it. */
DVER_API const char *dver_plots_vega(void);

#ifdef __cplusplus
}
#endif

#endif
