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
	struct report_part data, folders, moves, params, metrics, stages,
			   runs, problems;
	struct buf head;	/* what is compared */
	uint64_t outputs, better, worse;
};

void report_md_init(struct report_md *m);
void report_md_release(struct report_md *m);
/* Callbacks that fill it; its `data` is the struct. */
struct dver_report_calls report_md_calls(struct report_md *m);
/* All of it on stdout; < 0: out of memory. */
int report_md_put(const struct report_md *m);

#endif
