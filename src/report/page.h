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
struct dver_err;

/*
 * Append all up to the heading <h1>, which is `title`, as text.  `style`
 * are rules of CSS after those that all pages have; NULL: none.
 */
void page_begin(struct buf *out, const char *title, const char *style);

/*
 * The same for a page that runs these scripts and no others: each is known
 * by its hash.  None may have "</script" or "<!--" in it.  page_scripts()
 * appends them, where all that they look for stands already.
 */
struct page_script { const char *text; size_t len; };
int page_begin_scripts(struct buf *out, const char *title, const char *style,
		       const struct page_script *v, size_t n,
		       struct dver_err *err);
void page_scripts(struct buf *out, const struct page_script *v, size_t n);

/* Append a text for people, as text and as the value of an attribute. */
void page_text(struct buf *out, const char *text);
void page_end(struct buf *out);

#endif
