/*
 * json - write one JSON document to a stream (RFC 8259), piece by piece.
 *
 * Commas and nesting are the writer's business.  Strings are bytes: what is
 * not UTF-8 is written as U+FFFD.  Failures of the stream are the caller's to
 * look for at the end (ferror).
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	unsigned depth;
	bool first;	/* nothing was written at this level yet */
};

void json_begin(struct json *j, FILE *to);
/* `key` is NULL in an array and at the top. */
void json_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_string(struct json *j, const char *key, const char *s);
void json_number(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
void json_end(struct json *j);		/* a newline */

#endif
