/*
 * copy - everything that one remote lists, into another, whatever the layouts.
 *
 * Nothing is looked up in commits and nothing of the local store is needed:
 * what the indexes of a packed remote name, or what the listing of a plain one
 * shows, is compared with what the other has.
 *
 *	packed to packed	frames as they are, packs read in ranges
 *	packed to plain		objects: chunks of larger ones are left out
 *	plain to packed		objects, cut and compressed
 *	plain to plain		objects
 *
 * Each object's or chunk's bytes are checked against its id on the way; a
 * recipe is copied when all that it names is there.  The order is a push's
 * (store.md): packs, index, gc/ again; recipes after the chunks, roots after
 * everything.  So who is killed leaves a store, and the next run sends the
 * rest.
 *
 * Memory: a few MiB a thread, the indexes of both, 40 bytes for each object of
 * a plain remote, and to a plain one 33 for each chunk.  Disk: what a push
 * stages; to a plain remote each thread has one object of over 1 MiB there.
 */
#ifndef TRANSFER_COPY_H
#define TRANSFER_COPY_H

#include "transfer/transfer.h"

/*
 * `cache` is the local store's folder, for what is staged; opts->folder is
 * what is known of `to`.  DVER_EMISSING: some of it is damaged or gone in
 * `from`; all else was copied, but no root was recorded.
 */
int transfer_copy(struct store *from, struct store *to, const char *cache,
		  const struct transfer_opts *opts,
		  struct transfer_stats *stats, struct dver_err *err);

#endif
