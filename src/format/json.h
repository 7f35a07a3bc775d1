/*
 * json - write one JSON document to a stream (RFC 8259), piece by piece.
 *
 * Nothing is written before the first value or the first end of a level: what
 * fails before it has anything to say leaves no half document.  Keys are
 * borrowed until then.  Commas and nesting are the writer's business.
 * Strings are bytes: what is not UTF-8 is written as U+FFFD.  Failures of the
 * stream are the caller's to look for at the end (ferror).
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;

#define JSON_HELD 4

struct json {
	FILE *to;
	unsigned depth;
	bool first;	/* nothing was written at this level yet */
	bool started;
	unsigned held;	/* levels that were opened before the start */
	const char *held_key[JSON_HELD];
	char held_char[JSON_HELD];
};

void json_begin(struct json *j, FILE *to);
/* `key` is NULL in an array and at the top. */
void json_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_array(struct json *j, const char *key);
void json_end_array(struct json *j);
void json_string(struct json *j, const char *key, const char *s);
void json_number(struct json *j, const char *key, uint64_t v);
/* A number that is text already, in the grammar of JSON. */
void json_token(struct json *j, const char *key, const char *text);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
void json_end(struct json *j);		/* a newline */

/*
 * Append a string in quotes.  There is no "<" in it: it may stand in a script
 * of HTML.
 */
void json_put_string(struct buf *out, const char *s, size_t len);
/* The same without the quotes. */
void json_put_piece(struct buf *out, const char *s, size_t len);

#endif
