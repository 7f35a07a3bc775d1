/*
 * drop - free the local store of what a remote holds.
 */
#ifndef WORKSPACE_DROP_H
#define WORKSPACE_DROP_H

#include "dver/exchange.h"
#include "store/mark.h"
#include "workspace/session.h"

/* A version of an output whose files may go. */
struct dropping {
	const char *path;		/* of the output; borrowed */
	enum root_kind kind;
	struct oid id;
	uint64_t size;
	const struct strvec *parts;	/* only these; NULL: all; borrowed */
	const void *tag;
};

struct drop_store {
	struct dver_repo *repo;
	struct store *store;
	struct store_io *io;
	const struct dropping *v;
	size_t n;
	/* Files that stay although they are among these. */
	const struct keymap *spared;	/* NULL: none */
	/* Marks what this workspace needs. */
	int (*keep)(void *data, struct mark *m, struct dver_err *err);
	void *data;
	bool dry_run;
};
/*
 * Free the files of `v` that neither keep() nor any other workspace of the
 * store needs; trees stay.  The caller holds no lock of the store.
 */
int drop_from_store(const struct drop_store *d, uint64_t *freed,
		    struct dver_err *err);
/* dver_drop() with opts->keep. */
int drop_old(struct dver_repo *repo, const char *const *targets, size_t n,
	     const struct dver_drop_opts *opts, struct dver_drop_stats *stats,
	     struct dver_err *err);

#endif
