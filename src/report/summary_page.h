/*
 * summary_page - what a page of the report is made of while it is told.
 */
#ifndef REPORT_SUMMARY_PAGE_H
#define REPORT_SUMMARY_PAGE_H

#include "base/buf.h"
#include "dver/report.h"

enum page_part { PAGE_DATA, PAGE_ROWS, PAGE_PARAMS, PAGE_METRICS,
		 PAGE_IMAGES, PAGE_PLOTS, PAGE_STAGES, PAGE_RUNS,
		 PAGE_PROBLEMS, PAGE_PARTS };

#define PAGE_ROWS_MAX 1000u

struct summary_page {
	struct buf ends;	/* what is compared */
	struct buf text[PAGE_PARTS];
	uint64_t n[PAGE_PARTS];
	uint64_t better, worse;	/* metrics */
	uint64_t shown;		/* images */
	bool live;		/* scripts are to draw charts */
};

/* May one more line be shown?  All are counted. */
bool page_more(struct summary_page *g, enum page_part p);
/* 0, or DVER_ENOMEM. */
int page_done(const struct buf *b);
void page_cell(struct buf *b, const char *text);
void page_count(struct buf *b, uint64_t n);	/* a cell, too */
/* A word beside a name: 'A', 'D', or nothing. */
void page_status(struct buf *b, char status);
int page_problem(struct summary_page *g, const char *name, const char *text);

/* Callbacks; `data` is the page. */
int page_output(void *data, const struct dver_report_output *o);
int page_rows(void *data, const struct dver_report_rows *x);
int page_param(void *data, const struct dver_value_change *c);
int page_metric(void *data, const struct dver_value_change *c);
int page_images(void *data, uint64_t n);
int page_image(void *data, const struct dver_report_image *x);
int page_plots(void *data, const struct dver_report_plots *x);
int page_stage(void *data, const struct dver_report_stage *s);
int page_run(void *data, const struct dver_stage_event *e);

#endif
