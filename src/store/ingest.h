/*
 * ingest - one workspace file into the local store, read once.
 *
 * The bytes that are hashed are the bytes that are stored.  A file that
 * changes while it is read is noticed (stat before and after) and read again
 * twice, then reported as DVER_ECONFLICT.
 */
#ifndef STORE_INGEST_H
#define STORE_INGEST_H

#include "base/os.h"
#include "store/link.h"
#include "store/writer.h"

struct ingest_opts {
	uint64_t loose_above;	/* larger files go loose; 0: all */
	struct link_order order;
	bool hash_only;		/* status: compute the id, store nothing */
	const struct cancel *cancel;
	_Atomic uint64_t *progress;	/* bytes read so far, may be NULL */
};

/*
 * Read the regular file `name` in `dir`.  *id and *st (as it was stored) come
 * back; *linked is true when the workspace file is now a link of the stored
 * object (hard link or symlink order), so its inode may have changed.
 * `writer` may be NULL when hash_only.
 */
int ingest_file(struct writer *w, int worker, struct store_io *io, int dir,
		const char *name, const struct ingest_opts *opts,
		struct oid *id, struct os_stat *st, bool *linked,
		struct dver_err *err);

/*
 * Cut a large object of the local store into chunks and note its recipe and
 * where the chunks lie in the loose file: done when it is first pushed.
 */
int ingest_chunk_loose(struct writer *w, int worker, struct store_io *io,
		       const struct oid *id, const struct cancel *cancel,
		       struct dver_err *err);

#endif
