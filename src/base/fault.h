/*
 * fault - let the n-th system call of os.h fail, in tests.
 *
 * Compiled in with -DDVER_FAULT only (make SAN=asan); else it costs nothing.
 * Counted over all threads.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef DVER_FAULT
/* From now on the n-th call (1: the next one) fails with `error`, once. */
void fault_arm(int nth, int error);
/* Let none fail any more.  Did one? */
bool fault_disarm(void);
/* os.c asks before each call; true: errno is set, return failure. */
bool fault_now(void);
#else
static inline bool fault_now(void) { return false; }
#endif

#endif
