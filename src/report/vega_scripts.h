/*
 * vega_scripts - the scripts of Vega (https://vega.github.io) that interactive
 * pages hold: vega, vega-lite and vega-embed, in this order.
 *
 * vega_scripts.sh gets them, the Makefile builds them in if they are there.
 * Thread-safe.
 */
#ifndef REPORT_VEGA_SCRIPTS_H
#define REPORT_VEGA_SCRIPTS_H

#include <stddef.h>

#define VEGA_SCRIPTS 3

/* The i-th; NULL: this library was built without them. */
const char *vega_script(size_t i, size_t *len);
/* "vega 6.4.0, vega-lite ...", or NULL. */
const char *vega_scripts_versions(void);
/* The licences of what these files hold, which go with them. */
const char *vega_scripts_licences(size_t *len);

#endif
