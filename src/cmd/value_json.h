/*
 * value_json - values of files as JSON.
 */
#ifndef CMD_VALUE_JSON_H
#define CMD_VALUE_JSON_H

#include "format/json.h"
#include "format/value.h"

/*
 * A value and all in it: numbers as they are, but {"float": "nan"} ("inf",
 * "-inf") for what JSON has no numbers for.  `key` as json_string() has it.
 */
void value_json(struct json *j, const char *key, const struct value *v);
void value_json_float(struct json *j, const char *key, double x);
/* The same of YAML's flow text; what is none is written as a string. */
void value_json_text(struct json *j, const char *key, const char *text);

#endif
