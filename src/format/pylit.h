/*
 * pylit - the literals that a Python module gives to names, without Python.
 *
 * Taken are assignments at the top of the module and of classes, "NAME = 1"
 * and "NAME: int = 1", and "self.NAME = 1" at the top of a class's __init__;
 * a class is a map.  Literals are numbers, strings, bytes, True, False, None,
 * lists, tuples, sets (these three are lists) and dictionaries of such.  All
 * else is passed over, and a name that is set again has its last value.
 */
#ifndef FORMAT_PYLIT_H
#define FORMAT_PYLIT_H

#include "format/value.h"

struct dver_err;

/* As values_parse(), of which this is a part. */
int python_values(struct value_doc *out, const char *name, const void *data,
		  size_t len, struct dver_err *err);

#endif
