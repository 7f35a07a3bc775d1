/*
 * history_value - what a value was in the versions of its file.
 */
#ifndef REPORT_HISTORY_VALUE_H
#define REPORT_HISTORY_VALUE_H

#include "report/history.h"
#include "report/view.h"

struct value_history {
	struct history h;	/* first: callbacks are given this */
	struct report rep;
	const char *path, *name;	/* borrowed */
	enum dver_better better;
	/* Files of the versions, and their states or UNREAD. */
	struct value_version *versions;	/* owned */
	size_t nversions, versions_cap;
	struct dver_moment *states;	/* owned; texts are the arena's */
	size_t nstates, states_cap;
	struct keymap known;	/* what a state says -> its number */
	struct arena arena;
};
struct value_version {
	struct item item;
	bool read;
	uint32_t state;
};

/* Released by the caller, also after an error. */
int value_history_open(struct value_history *v, struct dver_repo *repo,
		       enum dver_values what, const char *path,
		       const char *name, const char *rev,
		       struct dver_err *err);
void value_history_close(struct value_history *v);
/* Bring what versions of the line need and is not here, in one go. */
int value_history_fetch(struct value_history *v, struct dver_err *err);
/* The number of what the workspace has: 1, 0: its file was not fetched. */
int value_history_here(struct value_history *v, uint32_t *state,
		       struct dver_err *err);

#endif
