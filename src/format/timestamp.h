/*
 * timestamp - a day or a moment as programs write it into tables: what is
 * common of ISO 8601 and RFC 3339.
 *
 *	2026-11	2026-11-25	2026/11/25
 *	2026-11-25 14:03	2026-11-25T14:03:22	20261125T140322Z
 *	2026-11-25 14:03:22.123456	2026-11-25T14:03:22,5Z
 *	2026-11-25 14:03:22+01:00	... +0100	... +01	... UTC
 *
 * What names no zone is taken as UTC.  Nothing here knows of time zones by
 * name, nor of leap seconds: 23:59:60 is the first second of the next day.
 * Thread-safe.
 */
#ifndef FORMAT_TIMESTAMP_H
#define FORMAT_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The years 1 to 9999, as seconds since 1970. */
#define TIMESTAMP_MIN (-62135596800.0)
#define TIMESTAMP_MAX 253402300799.0

/* Seconds since 1970; false: text is none of these. */
bool timestamp_parse(double *out, const char *text, size_t len);

/* A day of the Gregorian calendar. */
struct timestamp_day { int year, month, day; };	/* month, day: from 1 */
/* Days since 1970-01-01; a month beyond 1 to 12 is of another year. */
int64_t timestamp_days(struct timestamp_day d);
struct timestamp_day timestamp_day(int64_t days);

#endif
