/*
 * page - the frame of an HTML page that needs nothing but itself.
 *
 * One file, light or dark as the reader's system is, for a phone as for a
 * wide screen.  Its Content-Security-Policy forbids the network and every
 * script but those that are asked for here; names and texts go through
 * plot_text_xml() or page_text().
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stddef.h>

struct buf;

/*
 * Append all up to the heading <h1>, which is `title`, as text.  `style`
 * are rules of CSS after those that all pages have; NULL: none.
 */
void page_begin(struct buf *out, const char *title, const char *style);
/* Append a text for people, as text and as the value of an attribute. */
void page_text(struct buf *out, const char *text);
void page_end(struct buf *out);

#endif
