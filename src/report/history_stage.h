/*
 * history_stage - what a stage was in the versions of its files.
 */
#ifndef REPORT_HISTORY_STAGE_H
#define REPORT_HISTORY_STAGE_H

#include "pipeline/pipeline.h"
#include "pipeline/source.h"
#include "repo/lockfile.h"
#include "report/history.h"

enum { PART_COMMAND, PART_INPUT, PART_PARAMETER, PART_OUTPUT, PART_OPTION,
       PARTS };
extern const char *const stage_part_kinds[PARTS];

/* One that dver.yaml has had; the first of all is none. */
struct stage_definition {
	struct strvec parts[PARTS];	/* texts */
	char *problem;			/* owned */
};
/* One that dver.lock has had; the first of all is none. */
struct stage_record {
	struct locked_stage stage;
	char *problem;			/* owned */
};
struct stage_state { uint32_t definition, record; };

struct stage_history {
	struct history h;	/* first: callbacks are given this */
	const char *file, *name;	/* borrowed */
	char *lock;			/* the lock file's path; owned */
	struct stage_definition *definitions;	/* owned */
	struct stage_record *records;		/* owned */
	struct stage_state *states;		/* owned; versions are these */
	size_t ndefinitions, nrecords, nstates;
	size_t definitions_cap, records_cap, states_cap;
	struct keymap known_definitions, known_records, known_states;
};

/* Released by the caller, also after an error. */
int stage_history_open(struct stage_history *s, struct dver_repo *repo,
		       const char *file, const char *name, const char *rev,
		       struct dver_err *err);
void stage_history_close(struct stage_history *s);
/* The number of what the workspace has. */
int stage_history_here(struct stage_history *s, uint32_t *state,
		       struct dver_err *err);

#endif
