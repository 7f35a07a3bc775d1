/*
 * plots_run - what is drawn as one: a file, or the event files of a folder,
 * which are one run, whatever they are called.
 *
 * TensorBoard has it so: names of event files hold the time, the host and the
 * process, and are others each time that a program runs.
 */
#ifndef REPORT_PLOTS_RUN_H
#define REPORT_PLOTS_RUN_H

#include "plot/plot_data.h"
#include "report/plots.h"

struct plots_group {
	char *path;		/* of the file, or the run's folder; owned */
	const struct item *v;	/* one, or the run's files by name */
	size_t n;
	bool run;
};

/* Put the files of each run side by side, all else by path. */
void plots_sort(struct item *v, size_t n);
/*
 * What the first of these, which are sorted, is a part of.  A file that is a
 * source for itself is no run.
 */
int plots_group(struct plots_group *out, const struct plots_source *s,
		const struct item *v, size_t n, struct dver_err *err);
static inline void plots_group_release(struct plots_group *g)
{
	free(g->path);
}
#define AUTO_PLOTS_GROUP __attribute__((cleanup(plots_group_release)))

/* The id of the chart that it goes to, by its path; owned by the caller. */
char *plots_chart_id(const struct plots_def *def, const struct plots_source *s,
		     const char *path);

/*
 * Feed a run as plot_data.h has it.  A file that cannot be read is told as a
 * problem of `c`, unless none can.
 */
int plots_feed_run(const struct plots_rev *at, struct plots_chart *c,
		   const struct plots_group *g, const struct plot_want *want,
		   struct dver_err *err);

#endif
