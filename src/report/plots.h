/*
 * plots - the charts and images that dver_plots_load() gathers.
 */
#ifndef REPORT_PLOTS_H
#define REPORT_PLOTS_H

#include "dver/plots.h"
#include "plot/plot.h"
#include "report/plots_def.h"
#include "report/revs.h"
#include "report/view.h"

struct plots_chart {
	struct dver_plot pub;
	struct plot chart;		/* its series are those of `series` */
	struct dver_plot_series *series;	/* these three owned */
	size_t series_cap;
	struct dver_plot_image *images;
	size_t nimages, images_cap;
	struct dver_plot_problem *problems;
	size_t nproblems, problems_cap;
	const char *text;		/* of a template of the workspace, in */
	size_t text_len;		/* the arena; else NULL */
	bool sorted;			/* bars, the longest first */
	bool shares;			/* a matrix, normalized */
	bool smooth;			/* lines */
	/* Revisions for which there is no room: how many, one of them. */
	size_t left;
	const struct rev *left_first, *left_last;
};

struct dver_plots {
	struct arena arena;		/* strings, bytes of images */
	struct plots_chart *v;		/* owned */
	size_t n, cap;
	struct keymap ids;		/* REPORT_KEY bytes -> place in v */
	struct strvec revs;		/* with points or images; in order */
	const char *project;		/* its folder's name */
	size_t image_bytes;
	bool many;			/* revisions */
	size_t points;			/* of a series at most */
	const struct dver_plots_opts *opts;	/* these while it is loaded */
	const char *template_name;	/* its, a path seen from the root */
	const struct strvec *only;	/* ids of charts to read; NULL: all */
};

/*
 * dver_plots_load() of declared plots alone, and of these the charts of these
 * ids, whose files are at most PLOTS_ONLY_MAX bytes.
 */
#define PLOTS_ONLY_MAX (32u << 20)
int plots_load_only(struct dver_plots **out, struct dver_repo *repo,
		    const struct strvec *ids,
		    const struct dver_plots_opts *opts, struct dver_err *err);
/* Of a folder: is this a file of plots? */
bool plots_is_name(const char *path);
/* What all of a revision is added with. */
struct plots_rev {
	struct dver_plots *p;
	const struct rev *rev;
	struct view *view;
	const struct plots_defs *defs;
};

/* The chart of this id, a new one if need be; valid until the next one. */
int plots_chart(struct dver_plots *p, const char *id, struct plots_chart **out,
		struct dver_err *err);
int plots_problem(const struct plots_rev *at, struct plots_chart *c,
		  const char *path, int code, const char *message,
		  struct dver_err *err);
/* All that one definition has at a revision, unless that was read. */
int plots_read_def(const struct plots_rev *at, struct plots_def *def,
		   struct dver_err *err);
/* "image/png", or NULL: no name of an image. */
const char *plots_image_type(const char *path);
/* How a template of dver's is drawn; c->chart is empty; false: it is none. */
bool plots_kind(struct plots_chart *c, const char *name);
/*
 * The same of any template, of dver's, or of the workspace (plots_template.c).
 * 1; 0: it is not drawn, and *why says so.
 */
int plots_template(const struct plots_rev *at, struct plots_chart *c,
		   const char *name, const char **why, struct dver_err *err);
/* What is smoothed has so many points at most. */
#define PLOTS_SMOOTH_POINTS 5000
int plots_smooth(struct plot_series *s, struct dver_err *err);
/*
 * Once all is read: p->revs, and the look of each series.  A revision has one
 * colour in all charts; what else a chart has of it differs otherwise.
 */
int plots_look(struct dver_plots *p, const struct revs *revs,
	       struct dver_err *err);
/* Once all is read: labels in their order, shares of matrices. */
int plots_finish(struct plots_chart *c, struct dver_err *err);

#endif
