/*
 * plots_def_x - inside of plots_def: the "x" of a definition.
 */
#ifndef REPORT_PLOTS_DEF_X_H
#define REPORT_PLOTS_DEF_X_H

#include "pipeline/reader.h"
#include "report/plots_def.h"

/* For all sources of def, which have their y; `x` NULL: nothing is said. */
int plots_def_x(struct plots_defs *d, const struct reader *rd,
		struct plots_def *def, const struct value *x,
		struct dver_err *err);

#endif
