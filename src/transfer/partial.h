/*
 * partial - what was got of a large file, kept when a run is cut off.
 *
 * `partial/<id>` in the local store's folder, as long as the file will be,
 * with the chunks that arrived at their places.  The next fetch of the object
 * checks each chunk in it before it asks the remote.  Nothing rests on it: it
 * can be deleted at any time, and is after two weeks.
 */
#ifndef TRANSFER_PARTIAL_H
#define TRANSFER_PARTIAL_H

#include <stdbool.h>

#include "store/oid.h"

struct dver_err;
struct lock;

struct partial {
	int fd;			/* read and write */
	char *path;		/* owned */
	bool was_there;		/* something of an earlier run is in it */
	struct lock *lock;	/* owned; NULL: a scratch file of this run */
};

/*
 * Open it, `size` bytes long.  While another process is at it, a file in the
 * folder `stage` stands in.
 */
int partial_open(struct partial *out, const char *root, const char *stage,
		 const struct oid *id, uint64_t size, struct dver_err *err);
/* A file of this run alone. */
int partial_scratch(struct partial *out, const char *stage, uint64_t size,
		    struct dver_err *err);
/* Close; `keep` it for a later run, unless it is only this one's. */
void partial_close(struct partial *p, bool keep);
/* Remove those that nobody came back for. */
void partial_sweep(const char *root);

#endif
