/*
 * dver/doctor.h - look at this machine and this workspace: what is fine, what
 * is not, and what to do about it.
 *
 * Nothing is changed.  What can only be known by trying (links, locks, time
 * stamps, the price of an fsync) is tried in temporary files, which are gone
 * afterwards, also after a stop.
 */
#ifndef DVER_DOCTOR_H
#define DVER_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "dver/api.h"
#include "dver/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_verdict {
	DVER_VERDICT_OK,
	DVER_VERDICT_NOTE,	/* worth knowing */
	DVER_VERDICT_WARNING,	/* slow, or it will go wrong one day */
	DVER_VERDICT_PROBLEM	/* a command fails, or data is at risk */
};

/* Strings are borrowed until the callback returns. */
struct dver_finding {
	const char *check;	/* "links"; dver-doctor(1) lists them */
	enum dver_verdict verdict;
	const char *found;	/* one line */
	const char *advice;	/* what to do, often a command; or NULL */
};

struct dver_doctor_opts {
	bool offline;		/* leave remotes out */
	long timeout_ms;	/* for all remotes together; 0: 10 seconds */
	const char *libraries;	/* the caller's, as "vega 6.4.0": told beside
				   those of dver; or NULL */
	/* Asked now and then: true ends it with DVER_ECANCEL.  May be NULL. */
	bool (*stop)(void *data);
	void *data;		/* of stop() */
};
struct dver_doctor_stats {
	uint64_t ok, notes, warnings, problems;
};

/*
 * Look at the workspace that `dir` (NULL: the current directory) lies in.
 * Outside of one, or where it cannot be opened, what can be looked at is.  fn
 * hears of each finding, in the order of the checks; non-zero from it ends
 * this, and is returned.  0 whatever was found: *stats has the numbers.
 *
 * Each remote is asked by a child process, so that one that hangs can be
 * given up: call this where fork(2) may be called.  `opts` may be NULL.
 */
DVER_API int dver_doctor(const char *dir, const struct dver_doctor_opts *opts,
			 int (*fn)(void *data, const struct dver_finding *f),
			 void *data, struct dver_doctor_stats *stats,
			 struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
