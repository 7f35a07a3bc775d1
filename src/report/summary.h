/*
 * summary - the parts of dver_report().
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "base/mem.h"
#include "dver/report.h"
#include "repo/git.h"
#include "repo/lockfile.h"
#include "repo/outputs.h"
#include "report/view.h"

/* A small file that changed; its rows may be compared. */
struct summary_file {
	char *path;		/* owned */
	struct oid old, now;
};
#define SUMMARY_FILES 10
#define SUMMARY_FILE_MAX (1u << 20)	/* bytes */

/* An image that differs, and where both are. */
struct summary_image {
	char *path;		/* owned */
	char status;
	bool shown;		/* it is to be read */
	/* ITEM_NOWHERE: not on this side; their paths are not set. */
	struct item old, now;
	bool sized;		/* both sizes are known; 0: not there */
	uint64_t old_size, new_size;
};
/* Changed ones, and those that are new or gone: the first of each. */
struct summary_images {
	struct summary_image *v; /* owned */
	size_t n, cap;
	uint64_t all;
};

struct summary {
	struct dver_repo *repo;
	const struct dver_report_opts *o;
	const struct dver_report_calls *calls;
	char *asked;		/* the base's word; owned; "" for none */
	char base[GIT_HEX];	/* full id; "": before the first commit */
	char commit[GIT_HEX];	/* full id; "": the workspace */
	char head[GIT_HEX];	/* of HEAD; "": unborn */
	struct summary_file files[SUMMARY_FILES]; /* of summary_data() */
	size_t nfiles;
	uint64_t more_files;	/* beyond these */
	/* Of summary_data() and summary_plots(). */
	struct summary_images changed, lone;
};

/* Outputs that have another name now. */
struct summary_move { const char *from, *to; };
struct summary_moved {
	struct outputs old, now;
	struct summary_move *by_from, *by_to;	/* owned; the same, sorted */
	size_t n, cap;
};
/* Released by the caller, also after an error. */
int summary_moved_find(struct summary_moved *m, const struct summary *s,
		       struct dver_err *err);
void summary_moved_release(struct summary_moved *m);
/* What an output that is new was called, or where one that is gone is. */
const char *summary_moved_other(const struct summary_moved *m,
				const char *path, bool is_new);

/* What differs in the records of a stage. */
#define SUMMARY_RESULTS 100
struct summary_results {
	struct dver_report_result v[SUMMARY_RESULTS];
	size_t n, more;
	struct arena arena;	/* their strings */
};
/* `a` or `b` NULL: nothing was recorded.  Cleared by the caller. */
int summary_locked(struct summary_results *out, const struct locked_stage *a,
		   const struct locked_stage *b, struct dver_err *err);
void summary_results_clear(struct summary_results *x);

#define SUMMARY_PLOTS 20	/* that are read */

/* Find both ends. */
int summary_ends(struct summary *s, struct dver_err *err);
int summary_data(struct summary *s, struct dver_err *err);
int summary_rows(struct summary *s, struct dver_err *err);
int summary_plots(struct summary *s, struct dver_err *err);
int summary_images(struct summary *s, struct dver_err *err);
int summary_stages(struct summary *s, struct dver_err *err);

/*
 * Note that an image differs, but for its path and status; where it is not
 * on a side NULL.
 */
int summary_image_note(struct summary *s, const char *path,
		       const struct item *old, const struct item *now,
		       struct summary_image **out);
void summary_images_release(struct summary *s);

/* Does the name say that it is text; a table? */
bool summary_is_text(const char *path, bool *table);
/*
 * Rows that differ between two texts; what is shown of them is owned by the
 * caller (summary_rows_release()).
 */
int summary_compare_rows(struct dver_report_rows *out, const char *a,
			 size_t alen, const char *b, size_t blen,
			 struct dver_err *err);
void summary_rows_release(struct dver_report_rows *rows);

#endif
