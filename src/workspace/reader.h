/*
 * reader - tracked data of a revision, straight from the stores: what ls, cat
 * and export share.
 */
#ifndef WORKSPACE_READER_H
#define WORKSPACE_READER_H

#include "store/walk.h"
#include "workspace/session.h"

struct reader {
	struct dver_repo *repo;
	struct store *store;
	struct store_io *io;
	struct outputs outputs;
	struct reading_remote rr;
	struct lock *lock;	/* owned; against gc */
};

/* `rev` NULL: the pointers on the disk.  Closed also after an error. */
int reader_open(struct reader *rd, struct dver_repo *repo, const char *rev,
		struct dver_err *err);
void reader_close(struct reader *rd);
/* The output that holds `path`, readable; *sub is what is below it: 1, 0. */
int reader_holding(struct reader *rd, const char *path,
		   const struct output **o, const char **sub,
		   struct dver_err *err);
/* What lies at `sub` in an output; DVER_ENOTFOUND. */
int reader_find(struct reader *rd, const struct output *o, const char *sub,
		struct walk_found *out, struct dver_err *err);

#endif
