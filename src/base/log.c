/*
 * log - one sink for the process, set once before threads start.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
	void (*sink)(void *data, int level, const char *line);
	void *data;
	int level;
} logger;

void log_set(void (*sink)(void *data, int level, const char *line), void *data,
	     int max_level)
{
	logger.sink = sink;
	logger.data = data;
	logger.level = max_level;
}

int log_level(void)
{
	return logger.sink ? logger.level : 0;
}

void log_at(int level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (level > log_level())
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	logger.sink(logger.data, level, line);
}
