/*
 * scalar - what an unquoted word of YAML 1.2 means (its core schema, section
 * 10.3.2), and numbers in one spelling.
 *
 * As ruamel.yaml has it, underscores may stand between digits ("1_000") and
 * "0b101" is a number.  "017" is seventeen, "yes", "12:30" and "2020-01-01"
 * are strings.  Thread-safe.
 */
#ifndef FORMAT_SCALAR_H
#define FORMAT_SCALAR_H

#include <stddef.h>

struct buf;

enum scalar { SCALAR_NULL, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT,
	      SCALAR_STRING };

enum scalar scalar_of(const char *text, size_t len);
/*
 * Append an integer as decimal digits, whatever its size: "0xFF" is 255,
 * "+1_000" is 1000.  One of over 2048 digits that is not decimal keeps
 * its base.
 */
void scalar_put_int(struct buf *out, const char *text, size_t len);
/* What a word that is a float or an integer is worth. */
double scalar_double(const char *text, size_t len);
/*
 * Append the shortest decimal that reads as exactly this number, spelled as
 * Python's repr() does ("0.1", "1.0", "1e-05", "1e+16"); ".inf", "-.inf" and
 * ".nan" as YAML has them.
 */
void scalar_put_float(struct buf *out, double x);

#endif
