/*
 * summary - the parts of dver_report().
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "dver/report.h"
#include "repo/git.h"

struct summary {
	struct dver_repo *repo;
	const struct dver_report_opts *o;
	const struct dver_report_calls *calls;
	char *asked;		/* the base's word; owned; "" for none */
	char base[GIT_HEX];	/* full id; "": before the first commit */
	char commit[GIT_HEX];	/* full id; "": the workspace */
	char head[GIT_HEX];	/* of HEAD; "": unborn */
};

/* Find both ends. */
int summary_ends(struct summary *s, struct dver_err *err);
int summary_data(struct summary *s, struct dver_err *err);
int summary_stages(struct summary *s, struct dver_err *err);

#endif
