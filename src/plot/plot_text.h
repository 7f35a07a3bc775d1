/*
 * plot_text - names as they can be shown: whatever their bytes are, what
 * comes out is UTF-8 without control characters, so that it harms no terminal
 * and is allowed in XML.
 */
#ifndef PLOT_PLOT_TEXT_H
#define PLOT_PLOT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Append at most `columns` columns of s, the last one "..." in one character
 * when it is longer.  What cannot be shown becomes U+FFFD, and a tab or a
 * line's end a blank; with `ascii` all but ASCII becomes "?".
 */
void plot_text(struct buf *out, const char *s, size_t columns, bool ascii);
/*
 * The same, but what is left out is in the middle: of names that begin alike
 * the end tells them apart.
 */
void plot_text_ends(struct buf *out, const char *s, size_t columns,
		    bool ascii);
/* plot_text() with & < > " ' as references. */
void plot_text_xml(struct buf *out, const char *s, size_t columns);

/* The fewest digits that are this number ("0.1", "12", "1e-05"). */
void plot_number(struct buf *out, double x);
/* About this number, in about six characters ("0.1235", "1.5M"). */
void plot_number_short(struct buf *out, double x);
/* Seconds since 1970 as "2026-11-25 14:03:22.5", what is 0 at its end left
   out; in UTC. */
void plot_time(struct buf *out, double x);
/* "1,000,000" */
void plot_count(struct buf *out, uint64_t n);

#endif
