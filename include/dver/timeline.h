/*
 * dver/timeline.h - since when a metric, a parameter or a stage is as it is,
 * by whom, and what it was before.
 *
 * Read from git's objects (and, where a file of metrics is tracked data, from
 * the local store and the default remote): nothing is checked out, and what
 * many commits share is read once.
 *
 * What is told follows a value to where it came from: at a merge it goes on at
 * the first parent that has the same value, as git blame does with a line, so
 * that the commit that made a change is named, whichever branch it was on.  At
 * a commit that no parent agrees with, it goes on at the first parent.
 *
 * All strings are borrowed until the callback returns.
 */
#ifndef DVER_TIMELINE_H
#define DVER_TIMELINE_H

#include "dver/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_meaning_kind {
	DVER_MEANS_DATA = 1,	/* tracked data, or a folder that has some */
	DVER_MEANS_METRIC = 2,
	DVER_MEANS_PARAM = 4,
	DVER_MEANS_STAGE = 8,
	DVER_MEANS_NOW = 16	/* asked for: do not look into older commits */
};
struct dver_meaning {
	enum dver_meaning_kind kind;
	/* From the root: the file of a value, the dver.yaml of a stage; of
	   data the word itself. */
	const char *path;
	const char *name;	/* of the value; of the stage in its file; "" */
	const char *word;	/* what can be typed for this and no other */
};
/*
 * What a word can mean of the kinds that are asked for (0: all): a value by
 * its name ("acc", "train.acc"; where nothing is called "acc", also values
 * whose names end in ".acc"), with its file before a colon, or a file for all
 * values in it; a stage or a group as in dver/pipeline.h; a path of data.
 * As `rev` (NULL: the workspace) has it, else the newest commit along the first
 * parents of it (of HEAD) that knows the word.  Where data is asked for, too,
 * older files that only a remote may have are not read for that.
 */
DVER_API int dver_meanings(struct dver_repo *repo, const char *word,
			   unsigned kinds, const char *rev,
			   int (*fn)(void *data, const struct dver_meaning *m),
			   void *data, struct dver_err *err);

struct dver_commit {
	const char *id;		/* full hex; NULL: there is none */
	const char *author, *mail, *subject;
	int64_t time;		/* of the author: seconds since 1970 */
};

enum dver_moment_kind {
	DVER_MOMENT_NOTHING,	/* it was not there */
	DVER_MOMENT_VALUE,
	DVER_MOMENT_PROBLEM	/* its file cannot be read */
};
struct dver_moment {
	enum dver_moment_kind kind;
	struct dver_value value;
	const char *problem;
};
/* Commits one after the other that have the same. */
struct dver_stretch {
	struct dver_moment moment;
	const char *commit;	/* the oldest of them: full hex */
	int64_t time;		/* when that was committed */
	uint64_t commits;	/* how many they are */
};
struct dver_value_turn {
	struct dver_commit commit;
	/* Its old and now are of kind NONE where there was no value: with a
	   problem where the file could not be read. */
	struct dver_value_change change;
	uint64_t ago;		/* commits on the way from the end of it */
};
struct dver_value_history {
	const char *path, *name;
	enum dver_better better;	/* of metrics */
	bool in_git;		/* `at` is what a commit has: there is one */
	struct dver_moment at;	/* at the revision, or HEAD */
	struct dver_moment here; /* in the workspace, when no revision was
				    named and its file is not only missing */
	bool has_here, differs;	/* it is not what HEAD has */
	/*
	 * The commit that `at` comes from.  Without one, what is before the
	 * oldest commit that is here is not known (`cut`), or it never was.
	 */
	struct dver_commit since;
	uint64_t ago;		/* commits on the way from there to the end */
	bool cut;		/* a shallow clone: history ends here */
	const char *oldest;	/* the last commit on the way; or NULL */

	/* Along first parents, the oldest first. */
	const struct dver_stretch *line;
	size_t nline;
	uint64_t commits;	/* of the line, all in all */
	/* Stretches with the lowest and highest number; the best, if it is
	   known which way is better: SIZE_MAX: there is none. */
	size_t lowest, highest, best;
	struct dver_commit best_commit;	/* that it comes from */

	/* Commits at which it changed, the newest first, */
	const struct dver_value_turn *turns;
	size_t nturns;
	uint64_t more;		/* and how many were left out */
	/* What it was called in the commit before the first one that has it:
	   a file with a value of this name; or NULL. */
	const char *before;
	const char *before_commit;
};
struct dver_timeline_opts {
	const char *rev;	/* or a range "A..B"; NULL: HEAD */
	uint64_t max;		/* turns; 0: all */
};
/* The history of one value of a file (a path from the root). */
DVER_API int dver_value_history(struct dver_repo *repo, enum dver_values what,
				const char *path, const char *name,
				const struct dver_timeline_opts *opts,
				int (*fn)(void *data,
					  const struct dver_value_history *h),
				void *data, struct dver_err *err);

/* A part of a stage that is not what it was; was or is NULL: it was not. */
struct dver_stage_difference {
	bool recorded;		/* in dver.lock; false: in dver.yaml */
	const char *kind;	/* "command", "input", "parameter", "output",
				   "option" */
	/* Of dver.lock: a path, or "file:key"; "" of a command and all of
	   dver.yaml, whose texts say it all. */
	const char *name;
	const char *was, *is;	/* texts, values; ids of recorded data */
	bool has_was_size, has_is_size;
	uint64_t was_size, is_size;	/* bytes of recorded data */
};
struct dver_stage_turn {
	struct dver_commit commit;
	uint64_t ago;
	char definition, results; /* 'A', 'M', 'D', '=': as it was; '?': what
				     cannot be read comes or goes */
	const struct dver_stage_difference *v;
	size_t n;
	const char *problem;	/* what cannot be read since, or NULL */
};
/* What of a stage is as it is since when. */
struct dver_stage_since {
	bool there;
	const char *problem;	/* it cannot be read: why; or NULL */
	bool differs;		/* the workspace has another, */
	const char *here_problem; /* which cannot be read: why; or NULL */
	struct dver_commit commit; /* as `since` of a value */
	uint64_t ago;
	bool cut;
	const char *oldest;
};
struct dver_stage_history {
	const char *stage, *file;	/* its address, its dver.yaml */
	bool in_git;			/* there is a commit */
	bool has_here, here;	/* the workspace counts, and has the stage */
	struct dver_stage_since definition, results;
	const struct dver_stage_turn *turns;	/* the newest first */
	size_t nturns;
	uint64_t more;
};
/*
 * The history of a stage of the dver.yaml `file` (from the root) called `name`
 * in it ("train", "train@small"): what the file says, templates resolved, and
 * what dver.lock has of it.
 */
DVER_API int dver_stage_history(struct dver_repo *repo, const char *file,
				const char *name,
				const struct dver_timeline_opts *opts,
				int (*fn)(void *data,
					  const struct dver_stage_history *h),
				void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
