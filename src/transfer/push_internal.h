/*
 * push_internal - what the files of push share.
 */
#ifndef TRANSFER_PUSH_INTERNAL_H
#define TRANSFER_PUSH_INTERNAL_H

#include <pthread.h>

#include "base/pool.h"
#include "store/writer.h"
#include "transfer/plan.h"

struct push {
	struct store *local, *remote;
	const struct transfer_root *roots;
	size_t n;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	struct pool *pool;
	struct store_io **io;		/* one a worker, and one for the main
					   thread: io[opts->jobs] */
	struct writer *w;		/* of the remote; NULL: it is plain */
	struct pool *puts;		/* plain: threads that wait for it */
	struct keymap relied;		/* packs of the slices before */
	const char *stage;
	char *journal;			/* owned */
	struct writer *notes;		/* of the local store: recipes */
	struct complete complete;
	struct strvec gc;		/* names in gc/ when that was read */
	int64_t began;			/* this attempt, by the clock here */
	pthread_mutex_t mutex;		/* of what follows, and of callbacks */
	struct strvec lacking;		/* labels of incomplete roots */
	struct dver_err why;
};

/* An object whose bytes are nowhere, or damaged. */
int push_missing(struct push *p, const struct want *w,
		 const struct dver_err *why, struct dver_err *err);
/* One is done; `bytes` of its file were not counted before. */
void push_count(struct push *p, const struct want *w, bool moved,
		uint64_t bytes);
/* One chunk from wherever the local store has it. */
int push_chunk(struct push *p, int worker, const struct oid *id, bool tree,
	       struct dver_err *err);
/* A batch of objects that are one chunk each; takes it. */
int push_batch(struct push *p, struct batch *b, struct dver_err *err);
/*
 * Objects that are cut, and files that are to be: 1, it was one and is on its
 * way; 0: it is one chunk.  Main thread only.
 */
int push_large(struct push *p, struct want *w, struct dver_err *err);
/* Publish what was sent so far if that is a slice. */
int push_slice(struct push *p, struct dver_err *err);

/* To a remote of layout plain: a batch (taken), the wait, the end. */
int push_plain_batch(struct push *p, struct batch *b, struct dver_err *err);
int push_plain_wait(struct push *p, struct dver_err *err);
int push_plain_publish(struct push *p, struct dver_err *err);

#endif
