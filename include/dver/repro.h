/*
 * dver/repro.h - run the stages of a pipeline whose inputs changed.
 *
 * Stages are those of the workspace's dver.yaml files (dver/pipeline.h); what
 * they were run with and what came out is in dver.lock beside each.
 */
#ifndef DVER_REPRO_H
#define DVER_REPRO_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_reason_kind {
	DVER_REASON_NEW,	/* it never ran */
	DVER_REASON_COMMAND,	/* was, is: the commands */
	DVER_REASON_INPUT,	/* name: the path; was, is: ids */
	DVER_REASON_PARAM,	/* name: "file:key"; was, is: values, as YAML
				   has them on one line: "0.1", "[1, 2]" */
	DVER_REASON_OUTPUT,	/* name: the path; was, is: ids */
	DVER_REASON_ALWAYS,	/* always_changed, or nothing to compare */
	DVER_REASON_FORCED	/* somebody asked for it */
};
/* `was` or `is` is NULL for what is new or gone. */
struct dver_reason {
	enum dver_reason_kind kind;
	const char *name, *was, *is;
};
/*
 * How it reads: the words before its name, and *after it: "input ", " is
 * gone".  *after is NULL where there is no name.  Both live for ever.  Any
 * thread.
 */
DVER_API const char *dver_reason_words(const struct dver_reason *x,
				       const char **after);

enum dver_stage_event_kind {
	DVER_STAGE_SAME,	/* nothing to do */
	DVER_STAGE_START,	/* its command runs: reasons */
	DVER_STAGE_LINE,	/* text: a line that it wrote */
	DVER_STAGE_DONE,	/* it ran and is recorded: seconds, memory */
	DVER_STAGE_RESTORED,	/* a run of before was the same: its outputs
				   were brought back */
	DVER_STAGE_ACCEPTED,	/* what is there was taken as its result */
	DVER_STAGE_FROZEN,	/* left alone; reasons: it would else run */
	DVER_STAGE_WAITING,	/* another dver runs it */
	DVER_STAGE_FAILED,	/* text: why */
	DVER_STAGE_BLOCKED,	/* text: the stage that failed before it */
	DVER_STAGE_DROPPED	/* no dver.yaml has it any more: its entry of
				   the lock file (text) was dropped */
};
struct dver_stage_event {
	enum dver_stage_event_kind kind;
	const char *stage;
	const char *text;		/* or NULL */
	const char *const *commands;	/* START: ncommands of them */
	size_t ncommands;
	const struct dver_reason *reasons;	/* START, dry runs */
	size_t nreasons;
	double seconds;
	uint64_t memory;		/* peak of its largest process, bytes */
	int code;			/* FAILED: exit code, or -1 */
};

struct dver_repro_opts {
	bool force;		/* run also what did not change */
	bool single;		/* the named stages alone */
	bool downstream;	/* the named stages and what follows */
	bool pull;		/* fetch inputs and outputs that lack */
	bool allow_missing;	/* data that is not here is as recorded */
	bool keep_going;	/* after a failure, with all that can go on */
	bool dry;		/* say what would run, and run nothing */
	bool no_run_cache;	/* do not bring back results of before */
	bool no_commit;		/* record ids, store no data */
	bool accept;		/* take what is there as the result */
	bool glob;		/* targets are patterns of names */
	bool known;		/* only dver.yaml files of git's index, and the
				   root's: nothing is searched */
	int jobs;		/* stages at once; 0: 1 */
	/* Run this stage?  1 yes, 0 no, < 0 stops; NULL: yes. */
	int (*ask)(void *data, const char *stage);
	/* Called by the thread of the call; non-zero stops. */
	int (*event)(void *data, const struct dver_stage_event *e);
	void *data;		/* of both */
};
struct dver_repro_stats {
	size_t same, ran, restored, failed, blocked, frozen;
	size_t changed;		/* dry: how many would run or be restored */
};
/*
 * Bring stages up to date, after those that they need: the named ones
 * (targets of dver/pipeline.h), none is all of the workspace.  A stage that
 * fails or is stopped leaves its entry of dver.lock as it was.  What lies at
 * outputs and was not recorded is stored before it is removed; dver_undo()
 * brings it back.  DVER_ECHILD: a command failed (told by the event).
 */
DVER_API int dver_repro(struct dver_repo *repo, const char *const *targets,
			size_t n, const struct dver_repro_opts *opts,
			struct dver_repro_stats *stats, struct dver_err *err);

/* How a stage ran last in this workspace. */
struct dver_stage_run {
	const char *stage;
	bool ran;		/* false: never here; nothing below is set */
	int64_t time;		/* when it ended: seconds since 1970 */
	double seconds;
	uint64_t memory;	/* as in struct dver_stage_event */
	int code;		/* exit code, or 128 + signal */
	const struct dver_reason *reasons;
	size_t nreasons;
	const char *log;	/* the file with its output; or NULL */
};
/* DVER_EINVAL: the word means several stages. */
DVER_API int dver_stage_last(struct dver_repo *repo, const char *stage,
			     int (*fn)(void *data,
				       const struct dver_stage_run *run),
			     void *data, struct dver_err *err);

/* Is there a dver.yaml or dver.lock at the root of the workspace?  Cheap. */
DVER_API bool dver_has_stages(struct dver_repo *repo);

#ifdef __cplusplus
}
#endif

#endif
