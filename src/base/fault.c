/*
 * fault - a countdown; at zero it is not armed or has struck.
 */
#include "base/fault.h"

#ifdef DVER_FAULT
#include <errno.h>
#include <stdatomic.h>

static atomic_int left;
static atomic_int with;

void fault_arm(int nth, int error)
{
	atomic_store(&with, error);
	atomic_store(&left, nth);
}

bool fault_disarm(void)
{
	return atomic_exchange(&left, 0) <= 0;
}

bool fault_now(void)
{
	int n = atomic_load(&left);

	while (n > 0)
		if (atomic_compare_exchange_weak(&left, &n, n - 1)) {
			if (n > 1)
				return false;
			errno = atomic_load(&with);
			return true;
		}
	return false;
}
#endif
