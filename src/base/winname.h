/*
 * winname - can Windows hold a file of that name?
 *
 * By "Naming Files, Paths, and Namespaces" of its documentation: no control
 * characters, none of <>:"/\|?*, no dot or space at the end, no name of a
 * device (also with spaces and any extension behind it); and Unicode.  How
 * long a path may be is a matter of settings there, and not looked at.
 */
#ifndef BASE_WINNAME_H
#define BASE_WINNAME_H

#include <stddef.h>

/* NULL: yes.  Else why not, to be said after the name. */
const char *winname_problem(const char *name, size_t len);

#endif
