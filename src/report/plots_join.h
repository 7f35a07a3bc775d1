/*
 * plots_join - the files of a series into a chart.
 */
#ifndef REPORT_PLOTS_JOIN_H
#define REPORT_PLOTS_JOIN_H

#include "plot/plot_data.h"
#include "plot/plot_xs.h"
#include "report/plots.h"

/* Git gives a blob as a whole. */
#define PLOTS_BLOB_MAX ((size_t)1 << 30)

/* How many bytes are read of a file. */
size_t plots_max(const struct dver_plots *p, const struct item *item);
/* One file of a revision, as plot_data.h has it. */
int plots_feed(const struct plots_rev *at, struct plot *to,
	       const struct item *item, const struct plot_want *want,
	       struct dver_err *err);
/*
 * The same with want->x in another file, `x`: the rows go together one by one.
 * DVER_EFORMAT: one has more of them than the other.
 */
int plots_join(const struct plots_rev *at, struct plot *to,
	       const struct item *x, const struct item *item,
	       const struct plot_want *want, struct dver_err *err);

#endif
