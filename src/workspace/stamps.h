/*
 * stamps - the clock that a file system stamps its files by, and how fine its
 * stamps are, found out with a file that is gone afterwards.
 */
#ifndef WORKSPACE_STAMPS_H
#define WORKSPACE_STAMPS_H

#include <stdbool.h>
#include <stdint.h>

struct stamps {
	int64_t now_ns;		/* the stamp of a file just made */
	bool fine;		/* it has a part of a second */
};
/* false: no file can be made in `dir`. */
bool stamps_read(const char *dir, struct stamps *out);
/*
 * The smallest step between the stamps of a file that is written again and
 * again, in nanoseconds; 0: none within `limit_ms`, < 0: no file can be made.
 * Multigrain stamps (Linux 6.13, statx(2)) step with each write that somebody
 * looks at, all others with a timer.
 */
int64_t stamps_step(const char *dir, int limit_ms);

#endif
