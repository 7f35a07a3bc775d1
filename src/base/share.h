/*
 * share - folders that several users write to: what is made in them gets mode
 * bits that the umask would take away, as git's core.sharedRepository wants.
 */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * From now on everything that is made at or below the absolute path `root`
 * gets the bits of `mask` (of 0666) too, or with `exact` these and no others:
 * write bits only where the owner has them, x bits where there is r, folders
 * the set-group-ID bit.  Before threads are started.  A few roots at most.
 */
void share_add(const char *root, mode_t mask, bool exact);
/* Is anything shared? */
bool share_any(void);
/* After something was made: `path`, or what `fd` (unless -1) is open on. */
void share_made(const char *path, int fd);
/*
 * "umask", "group", "all" and git's other words, or an octal mode: 0 and the
 * mask, -1: it is none of these.
 */
int share_parse(const char *word, mode_t *mask, bool *exact);

#endif
