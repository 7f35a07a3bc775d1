/*
 * plan_files - the files that a pipeline names for reports.
 */
#ifndef REPORT_PLAN_FILES_H
#define REPORT_PLAN_FILES_H

#include "report/plan.h"

/* Fill in plan->v and plan->dirs from plan->p. */
int plan_files(struct plan *plan, const struct report *rep,
	       struct dver_err *err);

#endif
