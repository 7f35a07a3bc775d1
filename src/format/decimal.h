/*
 * decimal - decimal numbers in text, fast: the same doubles that strtod()
 * gives, to the last bit.
 *
 * Nearly all numbers have few digits and a small power of ten, for which one
 * division or multiplication rounds rightly (W. D. Clinger, "How to Read
 * Floating Point Numbers Accurately", 1990); strtod() reads the others.
 * Thread-safe.
 */
#ifndef FORMAT_DECIMAL_H
#define FORMAT_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All of text is "12", "-1.5", "+.5", "2.", "1e-3" or the like; false: it is
 * not, as "", "inf", "0x1" and "1 " are not.  Behind it stands a byte that is
 * no part of a number, such as a NUL.  Beyond doubles it is infinite, or 0.
 */
bool decimal_parse(double *out, const char *text, size_t len);

#endif
