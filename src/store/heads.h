/*
 * heads - the key `heads` of a remote: what is in index/, gc/ and runs/, for
 * readers that cannot list.  A hint: a listing is always better.
 */
#ifndef STORE_HEADS_H
#define STORE_HEADS_H

#include "store/store.h"

/* The store has this index now, whatever a listing says. */
int heads_note(struct store *s, const char *index_name, struct dver_err *err);
/* The same of a bundle of runs, by its whole key. */
int heads_note_run(struct store *s, const char *key, uint64_t size,
		   struct dver_err *err);
/*
 * List all that and write it.  Two that do so at once leave the one or
 * the other, and the next writes both.
 */
int heads_write(struct store *s, struct dver_err *err);
/*
 * Does the key name all indexes that were listed?  1, 0, < 0: who was killed
 * after he published did not write it.
 */
int heads_current(struct store *s, struct dver_err *err);

#endif
