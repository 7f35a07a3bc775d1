/*
 * report_plots - plots that differ, in the report.
 */
#ifndef CMD_REPORT_PLOTS_H
#define CMD_REPORT_PLOTS_H

#include "dver/report.h"
#include "format/json.h"

struct report_md;

/* A line a chart, or a series of it, of the report in Markdown. */
int report_md_plots(void *data, const struct dver_report_plots *x);
/* All of them, as objects of a list that is open. */
void report_plots_json(struct json *j, const struct dver_report_plots *x);

#endif
