/*
 * plan - which files have metrics or parameters, as the dver.yaml files of a
 * revision say.
 */
#ifndef REPORT_PLAN_H
#define REPORT_PLAN_H

#include "pipeline/pipeline.h"
#include "pipeline/source.h"
#include "repo/git_snapshot.h"
#include "report/report.h"

struct plan_file {
	const char *path;	/* a file or a folder */
	struct strvec keys;	/* of its parameters; owned */
	bool whole;		/* all of them */
	bool maybe;		/* nothing is wrong when it is not there */
	const struct value *better; /* "higher_is_better"; NULL: not said */
};

/* A file of git that it was made from. */
struct plan_read {
	char *path;		/* owned */
	struct git_entry entry;
};

struct plan {
	struct pipeline *p;	/* owned; NULL: it cannot be read */
	struct plan_file *v;	/* owned; by path, none twice */
	size_t n, cap;
	struct strvec dirs;	/* of the dver.yaml files */
	char *problem;		/* why it cannot be read; owned */
	int code;
	struct plan_read *files, *reads; /* dver.yaml; what they name; owned */
	size_t nfiles, nreads, files_cap, reads_cap;
};
void plan_free(struct plan *plan);

/*
 * That of the workspace (`snap` NULL) or of a commit; borrowed from the
 * report until seven others were asked for.
 */
int plan_for(const struct plan **out, struct report *rep,
	     struct git_snapshot *snap, struct dver_err *err);

/* Which way is better for this value, as "higher_is_better" has it. */
enum dver_better plan_better(const struct value *better, const char *name);

#endif
