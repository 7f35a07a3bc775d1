/*
 * pylit_read - inside of pylit: literals, and getting past all else.
 */
#ifndef FORMAT_PYLIT_READ_H
#define FORMAT_PYLIT_READ_H

#include "format/scan.h"

/*
 * Blanks, comments and a backslash at a line's end; line ends too where
 * `lines` (between brackets).
 */
void py_blanks(struct scan *s, bool lines);
/* Past a name; its length, or 0. */
size_t py_name(struct scan *s);
/*
 * A literal.  1: read; 0: something else stands here, and s->p is anywhere
 * before its end; < 0: an error.
 */
int py_literal(struct scan *s, struct value *v, bool lines);
/* As py_literal(), without brackets: "1, 2" is a tuple. */
int py_right_side(struct scan *s, struct value *v);
/*
 * A string, joined with those that follow it.  The same returns; `v` NULL:
 * only past one.
 */
int py_strings(struct scan *s, struct value *v, bool lines);
/* Does a string begin here, with a prefix perhaps? */
bool py_is_string(const struct scan *s);
/* Past one string, whatever is in it. */
int py_skip_string(struct scan *s);
/*
 * Past what is left of a statement: to a line's end or a ";" that are in no
 * bracket or string, and over it.  1: ";", 0: the line's end, < 0: a string
 * or bracket that does not end.
 */
int py_skip(struct scan *s);

#endif
