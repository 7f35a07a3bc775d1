/*
 * tidy - fewer, larger indexes.
 */
#ifndef STORE_TIDY_H
#define STORE_TIDY_H

#include "store/store.h"

/*
 * Merge all indexes of the local store into one (or, past 64 MiB, several).
 * keep() may drop places that are of no use; NULL keeps all.  The caller
 * holds the store's lock exclusively, or knows that nobody else writes.  The
 * old ones are deleted at once: readers list again.
 */
int tidy_merge_all(struct store *s, bool (*keep)(void *data,
						 const struct fact *f),
		   void *data, struct dver_err *err);
/*
 * After a commit: when a level has 16 indexes or more they become one of the
 * next level.  On the local store the inputs are deleted at once if the
 * store's lock can be taken exclusively, else nothing is done.  On a remote
 * they stay for a grace period of 7 days by the server's times, then a later
 * push deletes them.  `stage` is a local folder for the new file.
 */
int tidy_after_commit(struct store *s, const char *stage,
		      struct dver_err *err);

#endif
