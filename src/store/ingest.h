/*
 * ingest - one workspace file into the local store, read once.
 *
 * The bytes that are hashed are the bytes that are stored.  A file that
 * changes while it is read is noticed (its stat is compared) and read again
 * twice, then reported as DVER_ECONFLICT.
 */
#ifndef STORE_INGEST_H
#define STORE_INGEST_H

#include "base/os.h"
#include "store/link.h"
#include "store/writer.h"

struct ingest_opts {
	uint64_t loose_above;	/* larger files go loose; 0: all */
	const struct link_order *order;
	bool hash_only;		/* compute the id, store nothing */
	const struct cancel *cancel;
	_Atomic uint64_t *progress;	/* bytes read so far; may be NULL */
};

/*
 * Read the regular file `name` in `dir`, whose stat the caller has in *st.
 * *id and *st, as it was stored, come back; *linked: the file shares its
 * inode with the stored object now and is read-only.  Symlinks by the order
 * are made later, by whoever commits.  `writer` may be NULL when hash_only.
 * 1: new to the store, 0: it was there, < 0.
 */
int ingest_file(struct writer *w, int worker, struct store_io *io, int dir,
		const char *name, const struct ingest_opts *opts,
		struct oid *id, struct os_stat *st, bool *linked,
		struct dver_err *err);
/* Bytes in memory: the target of a symlink. */
int ingest_bytes(struct writer *w, int worker, struct store_io *io,
		 const void *data, size_t len, bool hash_only, struct oid *id,
		 struct dver_err *err);

/*
 * Cut the loose object `id` into chunks and note its recipe and where its
 * chunks lie: done when it is first pushed.
 */
int ingest_chunk_loose(struct writer *w, int worker, struct store_io *io,
		       const struct oid *id, const struct cancel *cancel,
		       struct dver_err *err);

#endif
