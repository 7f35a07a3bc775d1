/*
 * report_md - dver_report() as Markdown: one comment, at most as long as
 * forges take.
 */
#ifndef CMD_REPORT_MD_H
#define CMD_REPORT_MD_H

#include "base/buf.h"
#include "dver/report.h"

/* A table or a list, gathered while the report is told. */
struct report_part {
	struct buf text;
	uint64_t rows;		/* that are in it */
	uint64_t left_out;
};
struct report_md {
	struct report_part data, folders, moves, rows, params, metrics,
			   plots, images, stages, runs, problems;
	struct buf head;	/* what is compared */
	uint64_t outputs, nplots, nimages, better, worse;
};

void report_md_init(struct report_md *m);
void report_md_release(struct report_md *m);
/* Callbacks that fill it; its `data` is the struct. */
struct dver_report_calls report_md_calls(struct report_md *m);
/* All of it on stdout; < 0: out of memory. */
int report_md_put(const struct report_md *m);

/*
 * For report_md*.c.  Append lines to a part; once something was left out all
 * that follows is, too.
 */
int report_md_row(struct report_part *p, const struct buf *row);
int report_md_output(void *data, const struct dver_report_output *o);
int report_md_stage(void *data, const struct dver_report_stage *s);
int report_md_run(void *data, const struct dver_stage_event *e);
int report_md_image(void *data, const struct dver_report_image *x);
int report_md_rows(void *data, const struct dver_report_rows *x);

#endif
