/*
 * history_names - commits of a history as people know them.
 */
#ifndef REPORT_HISTORY_NAMES_H
#define REPORT_HISTORY_NAMES_H

#include "base/mem.h"
#include "report/history.h"

/* Owns the strings of all that it is asked for. */
struct history_names {
	struct git_who *v;
	size_t n, cap;
	struct arena arena;	/* ids, and what else goes with them */
};
void history_names_release(struct history_names *names);

/* An id in hex; NULL: no memory. */
const char *history_hex(struct history_names *names,
			const uint8_t id[GIT_ID_SIZE], struct dver_err *err);
int history_commit(struct history_names *names, struct dver_commit *out,
		   const struct history *h, const uint8_t id[GIT_ID_SIZE],
		   struct dver_err *err);

#endif
