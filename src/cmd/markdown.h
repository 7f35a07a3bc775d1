/*
 * markdown - names and texts of others in a comment on a forge (GitHub
 * Flavored Markdown, https://github.github.com/gfm/), so that they stay what
 * they are: no link, no mention, no HTML, no end of a table's cell.
 */
#ifndef CMD_MARKDOWN_H
#define CMD_MARKDOWN_H

#include "base/buf.h"

/*
 * Append a text as code: between backticks, or where it has something odd in
 * <code> with entities (and a space of no width before @).  What cannot be
 * shown becomes '?', and what goes on after 100 characters "...".  "" becomes
 * nothing.
 */
void markdown_code(struct buf *out, const char *text);
/* The same with 400 characters: for messages. */
void markdown_long(struct buf *out, const char *text);
/*
 * The same for a line of a fenced block: as it is, and never the end of the
 * block if something else than a blank stands before it.
 */
void markdown_line(struct buf *out, const char *text);

#endif
