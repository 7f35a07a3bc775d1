/*
 * transfer - the planner behind push, fetch and check.
 *
 * Both sides are stores (store/store.h).  Everything below a root is looked
 * at, because a tree that is there proves nothing about what is below it; but
 * what lay below a root that was complete before is not looked at again: only
 * the difference from it is.
 */
#ifndef TRANSFER_TRANSFER_H
#define TRANSFER_TRANSFER_H

#include "base/vec.h"
#include "store/index.h"
#include "store/store.h"

/* Something whose data is to be there. */
struct transfer_root {
	enum root_kind kind;
	struct oid id;
	uint64_t size;
	const char *label;	/* the output's path: finds what was complete
				   of it before, and names it in messages */
	const struct strvec *parts; /* fetch: only these paths; NULL: all */
	const void *tag;	/* the caller's, for `missing` */
};

struct transfer_opts {
	int jobs;		/* threads that work */
	int requests;		/* in flight at once */
	bool dry_run;		/* count, move nothing */
	bool prove;		/* check: believe nothing that was seen before,
				   and see that each pack is there in full */
	const char *folder;	/* remote_folder(): what is known of it */
	uint64_t loose_above;	/* fetch: larger files go loose */
	uint64_t slice;		/* bytes that are published at a time */
	const struct cancel *cancel;
	/* Progress; each may be NULL. */
	_Atomic uint64_t *files, *files_total, *bytes, *bytes_total;
	/* A file whose bytes are nowhere; `path` is below the root. */
	int (*missing)(void *data, const struct transfer_root *root,
		       const char *path, const struct oid *id, uint64_t size);
	void *data;
};

struct transfer_stats {
	uint64_t files, bytes;	/* of files that were (or would be) moved */
	uint64_t objects;
	uint64_t wire;		/* bytes from and to the remote */
	uint64_t requests;
	uint64_t missing;
};

/*
 * Make the remote hold everything below the roots, and record them there.
 * DVER_EMISSING: something is in neither store; all else was sent, but roots
 * that lack something are not recorded.
 */
int transfer_push(struct store *local, struct store *remote,
		  const struct transfer_root *roots, size_t n,
		  const struct transfer_opts *opts,
		  struct transfer_stats *stats, struct dver_err *err);
/* Make the local store hold it. */
int transfer_fetch(struct store *local, struct store *remote,
		   const struct transfer_root *roots, size_t n,
		   const struct transfer_opts *opts,
		   struct transfer_stats *stats, struct dver_err *err);
/*
 * What of it the remote lacks: each such file is told through `missing` and
 * counted.  Reads trees and indexes only.  0 also when something is missing.
 */
int transfer_check(struct store *local, struct store *remote,
		   const struct transfer_root *roots, size_t n,
		   const struct transfer_opts *opts,
		   struct transfer_stats *stats, struct dver_err *err);

#endif
