/* die - end the program with a message on standard error. */
#ifndef DIE_H
#define DIE_H

#include <stddef.h>

/* Print "classify: " and the message, exit 1. */
void die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));
/* Memory for n things of `size` bytes, all zero; dies when there is none. */
void *need(size_t n, size_t size);

#endif
