/*
 * log - lines for people who debug, off unless asked for (-v, DVER_TRACE).
 *
 * The library itself never prints: it hands lines to the function that the
 * program set, if any.  Thread-safe; secrets are never passed in.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_set(void (*sink)(void *data, int level, const char *line), void *data,
	     int max_level);
/* level 1: what a curious user wants (-v); 2: requests, timings (-vv). */
void log_at(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int log_level(void);

#endif
