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

struct dver_err;
#define VEGA_TEMPLATE_MAX (1u << 20)	/* bytes */
/*
 * Can this text be filled?  *like becomes the template of dver's whose data
 * it takes, and which stands for it where Vega does not draw: what it says in
 * usermeta.dver.like, else "scatter" or "linear" by its mark.
 *
 * DVER_EFORMAT "name:line:col: ..."
 */
int vega_check(const char *name, const char *text, size_t len,
	       const char **like, struct dver_err *err);

#endif
