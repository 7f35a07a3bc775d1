/*
 * dver/report.h - what a branch changed, for a pull request: data, parameters,
 * metrics, stages.
 *
 * Compared are two ends: where the branch began, and what it is now.  Both are
 * read from git's objects, lock files and lists of files; nothing is checked
 * out.  What is told and the local store lacks (lists of files, metrics, the
 * rows of small files) is read from the default remote, nothing else; a remote
 * that does not answer is asked once, and what is not to be had is told.
 */
#ifndef DVER_REPORT_H
#define DVER_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/metrics.h"
#include "dver/plots.h"
#include "dver/repro.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_report_opts {
	/*
	 * The report begins where this revision and `rev` parted.  NULL: the
	 * upstream of the branch, else refs/remotes/origin/HEAD, whichever has
	 * not all of `rev`; else the parent of `rev` (with `workspace`: HEAD).
	 */
	const char *base;
	const char *rev;	/* NULL: HEAD */
	bool workspace;		/* to the files on the disk, not to a commit */
	bool no_fetch;		/* ask no remote */
	/*
	 * How many images are read, at most DVER_REPORT_IMAGES_LISTED; 0:
	 * DVER_REPORT_IMAGES; < 0: none.
	 */
	int images;
};
#define DVER_REPORT_IMAGES 24
#define DVER_REPORT_IMAGES_LISTED 1000u
#define DVER_REPORT_IMAGE (8u << 20)	/* bytes of one that is read */
#define DVER_REPORT_IMAGE_BYTES (32u << 20)	/* of all of them */

/* What is compared. */
struct dver_report_ends {
	const char *asked;	/* the base that was asked for or found, as a
				   word; "" where there is none */
	const char *base;	/* full id; NULL: before the first commit */
	const char *rev;	/* the word for what is now */
	const char *commit;	/* full id; NULL: the workspace */
};

/* Files of a folder of an output, not of those that are listed themselves. */
struct dver_report_folder {
	const char *path;	/* from the workspace's root */
	uint64_t added, modified, deleted, moved;
};
struct dver_report_move { const char *from, *to; };
/* An output that differs. */
struct dver_report_output {
	const char *path;
	char status;		/* 'A', 'D', 'M' */
	/*
	 * 'A': an output that is gone and was the same, so that this one is it
	 * under another name; 'D': the reverse; or NULL.
	 */
	const char *other;
	bool directory;
	uint64_t added, modified, deleted, moved;	/* files */
	uint64_t added_bytes, deleted_bytes;	/* of files that came, went */
	uint64_t old_files, new_files, old_bytes, new_bytes;
	/* Folders with the most changes, at most 20, by path. */
	const struct dver_report_folder *folders;
	size_t nfolders;
	struct dver_report_folder rest;	/* of all others; path "" */
	uint64_t nrest;			/* how many these are, or more */
	const struct dver_report_move *moves;	/* the first 20 */
	size_t nmoves;
	/* Why nothing is known of its files, or NULL; with its code. */
	const char *problem;
	int code;
};

/* A part of a stage that is only on one side. */
struct dver_report_part {
	char sign;		/* '+', '-' */
	const char *kind;	/* "command", "input", "parameter", "output",
				   "row" */
	const char *text;
};
/* What was recorded of a stage and differs. */
struct dver_report_result {
	char status;		/* 'A', 'D', 'M' */
	const char *kind;	/* "command", "input", "parameter", "output" */
	const char *name;	/* path, or "file:key"; "" of the command */
	/* Ids in hex, or values as texts; NULL on a side that has none. */
	const char *old, *now;
	bool sized;		/* of inputs and outputs: these are known */
	uint64_t old_size, new_size, old_files, new_files;
};
/* A stage that differs. */
struct dver_report_stage {
	const char *name;	/* as people name it from the root */
	char status;		/* 'A', 'D', 'M'; '=': its lock alone differs */
	char lock;		/* what was recorded of it: 'A', 'D', 'M', or
				   0: the same */
	const struct dver_report_part *parts;	/* at most 100 */
	size_t nparts;
	size_t more;		/* parts beyond these */
	const struct dver_report_result *results;	/* at most 100 */
	size_t nresults;
	size_t more_results;
};

/*
 * Rows or lines that differ of a small file (at most 1 MiB on both sides) of
 * an output, by its name a table or a text.
 */
struct dver_report_rows {
	const char *path;
	bool table;		/* CSV, TSV */
	/*
	 * Rows of a table whose first column says which is which, on both
	 * sides, may be `changed`; else what is not on the other side is
	 * added or deleted, wherever it stands.
	 */
	uint64_t added, deleted, changed;
	/* Some of them: '-' and '+', a changed one as both, in this order. */
	const struct dver_report_part *shown;
	size_t nshown;
	const char *problem;	/* why they are not known, or NULL */
	int code;
};

/* Plots that differ, by their definition or by what is in their files. */
struct dver_report_plots {
	const char *const *ids;		/* sorted */
	const char *status;		/* of each 'A', 'D', 'M' */
	size_t n;
	const char *base;	/* the commit that is old; NULL: none */
	/* Those of both revisions, read; the first 20, in their own order. */
	const struct dver_plots *plots;
};

/* An image, before or now. */
struct dver_report_picture {
	bool there;
	bool sized;		/* its size is known */
	uint64_t size;
	/* All of it, if it was read; type: "image/png" and so on, else NULL. */
	const char *type;
	const void *bytes;
	uint32_t width, height;	/* pixels; 0: its header does not say */
	const char *problem;	/* why it was not read, or NULL */
	int code;
};
/*
 * An image that differs (PNG, JPEG, GIF, SVG, WebP, by its name): an output,
 * in one, or a plot that git keeps.  Those that are read are the first that
 * changed, then those that are new or gone; they are told before all others.
 */
struct dver_report_image {
	const char *path;
	char status;		/* 'A', 'D', 'M' */
	bool shown;		/* it was to be read */
	struct dver_report_picture old, now;
};

/*
 * Told in this order, each sorted by path or name; NULL: it is not read.  A
 * value change is as dver_values_diff() tells it.
 */
struct dver_report_calls {
	int (*ends)(void *data, const struct dver_report_ends *e);
	int (*output)(void *data, const struct dver_report_output *o);
	/* Of the first 10 files; only besides output(). */
	int (*rows)(void *data, const struct dver_report_rows *r);
	int (*param)(void *data, const struct dver_value_change *c);
	int (*metric)(void *data, const struct dver_value_change *c);
	/* Once, where any differ. */
	int (*plots)(void *data, const struct dver_report_plots *p);
	/* How many images differ, if any do; then some of them. */
	int (*images)(void *data, uint64_t n);
	/* The first DVER_REPORT_IMAGES_LISTED that differ. */
	int (*image)(void *data, const struct dver_report_image *i);
	int (*stage)(void *data, const struct dver_report_stage *s);
	/*
	 * A stage that would run, as of a dry run of dver_repro(); told only
	 * when the workspace is at the commit that is reported.
	 */
	int (*run)(void *data, const struct dver_stage_event *e);
	/* Something that could not be compared as a whole. */
	int (*problem)(void *data, const char *text);
	void *data;
};
/*
 * DVER_EINVAL: there is no git.  DVER_ENOTFOUND: a revision that git does not
 * know, or no common ancestor (a shallow clone may lack it: the message says
 * what brings it).
 */
DVER_API int dver_report(struct dver_repo *repo,
			 const struct dver_report_opts *opts,
			 const struct dver_report_calls *calls,
			 struct dver_err *err);

/*
 * The same as one HTML page that needs no network, with images before and now
 * and with plots as charts of both revisions; it is written at the end.  Its
 * only scripts are those that draw these charts (dver_plots_vega()); without
 * them they are pictures.
 */
DVER_API int dver_report_page(struct dver_repo *repo,
			      const struct dver_report_opts *opts,
			      dver_plots_write fn, void *data,
			      struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
