/*
 * progress - a thread that shows how far the library is, on stderr: a live
 * line on a terminal, else a plain line every 30 s after the first 10 s.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>

#include "dver/repo.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_NONE };

struct progress;
/* NULL when nothing is to be shown. */
struct progress *progress_start(struct dver_repo *repo,
				enum progress_mode mode);
/* Show nothing for a while: somebody is asked something.  NULL is fine. */
void progress_hold(struct progress *p, bool hold);
/* Ends the thread and clears the line; NULL is fine. */
void progress_stop(struct progress *p);

#endif
