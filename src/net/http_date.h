/*
 * http_date - the dates of HTTP (RFC 9110 section 5.6.7), all three forms:
 *
 *	Sun, 06 Nov 1994 08:49:37 GMT
 *	Sunday, 06-Nov-94 08:49:37 GMT
 *	Sun Nov  6 08:49:37 1994
 *
 * Thread-safe.
 */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970 (years 1600 to 9999); false: it is no such date. */
bool http_date_parse(int64_t *out, const char *text);
#define HTTP_DATE_SIZE 30
/* The first form; `when` must be in these years. */
void http_date_format(char out[HTTP_DATE_SIZE], int64_t when);

#endif
