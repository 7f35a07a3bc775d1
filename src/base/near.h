/*
 * near - which of many names a mistyped one may have meant.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

#define NEAR_MAX 2

struct near {
	const char *typed;	/* borrowed */
	const char *v[NEAR_MAX]; /* borrowed, the nearest first */
	size_t cost[NEAR_MAX];
	size_t n;
};

void near_init(struct near *near, const char *typed);
/* Look at one of the names that there are. */
void near_look(struct near *near, const char *name);

#endif
