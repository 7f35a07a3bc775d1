/*
 * sweep - take what is not live out of the local store.
 *
 * Dead packs and dead loose objects are deleted; a pack that is less than
 * half alive is rewritten first, and so are many small ones.  Order (a killed
 * run leaves nothing that the next does not finish): a gc/ file condemns the
 * packs, live frames are copied to new packs and published, the indexes are
 * merged without what is gone, then files are deleted.
 */
#ifndef STORE_SWEEP_H
#define STORE_SWEEP_H

#include "base/cancel.h"
#include "store/store.h"

struct sweep {
	struct store *s;	/* local; its lock is held exclusively */
	bool (*live)(void *data, const struct oid *id);
	void *data;
	bool dry_run;		/* only count; a shared lock or none will do */
	const struct cancel *cancel;
};

struct sweep_stats {
	uint64_t objects;	/* chunks, trees and loose files that go */
	uint64_t freed;		/* bytes on the disk */
	uint64_t packs_deleted, packs_rewritten, loose_deleted;
	uint64_t kept;		/* dead bytes in packs that stay */
};

int store_sweep(const struct sweep *sw, struct sweep_stats *stats,
		struct dver_err *err);

#endif
