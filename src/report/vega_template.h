/*
 * vega_template - the templates that come with the program: texts of
 * Vega-Lite with anchors.
 */
#ifndef REPORT_VEGA_TEMPLATE_H
#define REPORT_VEGA_TEMPLATE_H

#include <stddef.h>

/* The text of a template; NULL: there is none of that name. */
const char *vega_template(const char *name, size_t *len);
/* The name of the i-th, in the order of DVC; NULL: there are no more. */
const char *vega_template_name(size_t i);

#endif
