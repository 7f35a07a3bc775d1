/*
 * plots_page - charts as parts of a page (report/page.h).
 *
 * They stand in an element of the class "charts", before which scripts put
 * their controls.
 */
#ifndef REPORT_PLOTS_PAGE_H
#define REPORT_PLOTS_PAGE_H

#include "dver/plots.h"

struct buf;

#define PLOTS_PAGE_LIVE 1u	/* with what scripts draw it anew from */
#define PLOTS_PAGE_TWO 2u	/* of two revisions one may lack it */

extern const char plots_page_style[];
/* The i-th as a <section> with a heading. */
int plots_page_plot(struct buf *b, const struct dver_plots *p, size_t i,
		    unsigned how, struct dver_err *err);
/* What scripts must know of the revisions: in the order of their colours. */
void plots_page_revs(struct buf *b, const struct dver_plots *p);
/* A comment with the licences of the scripts. */
void plots_page_licences(struct buf *b);

#endif
