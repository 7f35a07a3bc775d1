/*
 * xml - read XML 1.0 as it arrives, element by element: expat's one door.
 *
 * For the listings and errors of servers, which are not to be trusted: a
 * document type declaration (and with it every entity of one's own) is
 * refused, depth, text and total size are bounded, and nothing of the document
 * is kept.  Namespaces are resolved: <D:href xmlns:D="DAV:"> is `href` of
 * "DAV:".  One thread per struct xml.
 */
#ifndef FORMAT_XML_H
#define FORMAT_XML_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct dver_err;
struct xml;

#define XML_DEPTH_MAX 64
#define XML_TEXT_MAX 65536	/* bytes of text in one element */

/* What start and end are told; all borrowed, for the call only. */
struct xml_node {
	const char *name;	/* without prefix */
	const char *ns;		/* namespace, "": none */
	const char *path;	/* names from the root, "list/key" */
	/* At the start: name, value, name, value, NULL. */
	const char *const *attrs;
	/*
	 * At the end: the text after the last tag inside, which in an element
	 * without children is all of it; references are replaced.
	 */
	const char *text;
	size_t len;		/* text has a NUL behind it */
};
/* Return < 0 with err filled in to stop; xml_feed() returns it. */
typedef int (*xml_fn)(void *data, const struct xml_node *node,
		      struct dver_err *err);

/*
 * `name` is for messages: "name:line:col: ..."; `max` bytes of document at
 * most.  Either function may be NULL.
 */
int xml_new(struct xml **out, const char *name, uint64_t max, xml_fn start,
	    xml_fn end, void *data, struct dver_err *err);
void xml_free(struct xml *x);		/* NULL is fine */
static inline void xml_freep(struct xml **x) { xml_free(*x); }
#define AUTO_XML __attribute__((cleanup(xml_freep)))

/* The next piece.  DVER_EFORMAT: this is no XML, or more than is allowed. */
int xml_feed(struct xml *x, const void *bytes, size_t len,
	     struct dver_err *err);
/* That was all: DVER_EFORMAT when the document is not complete. */
int xml_finish(struct xml *x, struct dver_err *err);
/* A document in memory: xml_new(), xml_feed(), xml_finish(). */
int xml_parse(const char *name, const void *bytes, size_t len, xml_fn start,
	      xml_fn end, void *data, struct dver_err *err);

/* The value of an attribute (without namespace), or NULL. */
const char *xml_attr(const struct xml_node *node, const char *name);
/*
 * Append text with & < > " ' and control characters as references.  (XML 1.0
 * has no way at all to write most control characters: readers refuse them.)
 */
void xml_escape(struct buf *out, const char *text);

/* Append name and version of the library behind this. */
void xml_library(struct buf *out);

#endif
