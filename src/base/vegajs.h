/*
 * vegajs - the scripts of Vega (https://vega.github.io) that interactive
 * pages hold: vega, vega-lite and vega-embed, in this order.
 *
 * vegajs.sh gets them, the Makefile builds them in if they are there.
 * Thread-safe.
 */
#ifndef BASE_VEGAJS_H
#define BASE_VEGAJS_H

#include <stddef.h>

struct buf;

#define VEGAJS_FILES 3

/* The i-th; NULL: this library was built without them. */
const char *vegajs(size_t i, size_t *len);
/* "vega 6.4.0, vega-lite ...", or NULL. */
const char *vegajs_versions(void);
/* The licences of what these files hold, which go with them. */
const char *vegajs_licences(size_t *len);

/* Append names and versions, or "no vega". */
void vegajs_library(struct buf *out);

#endif
