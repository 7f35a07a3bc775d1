/*
 * plots_live - what makes the charts of a page move: Vega, and scripts of
 * our own.  Static, any thread.
 */
#ifndef REPORT_PLOTS_LIVE_H
#define REPORT_PLOTS_LIVE_H

#include "report/page.h"

/* Fills v; how many there are; 0: this library was built without Vega. */
#define PLOTS_LIVE_SCRIPTS 8
size_t plots_live_scripts(struct page_script v[PLOTS_LIVE_SCRIPTS]);
extern const char plots_live_style[];

#endif
