/*
 * cancel - one flag that stops long work, set from any thread or a signal
 * handler; looked at per block of I/O.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct dver_err;

struct cancel { atomic_int set; };

static inline void cancel_set(struct cancel *c) { atomic_store(&c->set, 1); }
static inline bool cancel_is_set(const struct cancel *c)
{
	return c && atomic_load_explicit(&c->set, memory_order_relaxed);
}
/* 0, or DVER_ECANCEL ("interrupted"). */
int cancel_check(const struct cancel *c, struct dver_err *err);

#endif
