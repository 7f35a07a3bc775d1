/*
 * fetch_internal - what the files of fetch share.
 *
 * fetch.c walks and plans in the main thread; fetch_trees.c brings trees;
 * fetch_read.c reads spans of packs in threads that wait for the network and
 * decodes them in threads that work; fetch_large.c puts large files together;
 * partial.c keeps what was got of one when a run is killed.
 */
#ifndef TRANSFER_FETCH_INTERNAL_H
#define TRANSFER_FETCH_INTERNAL_H

#include <pthread.h>

#include "base/pool.h"
#include "store/recipe.h"
#include "store/writer.h"
#include "transfer/plan.h"

struct span;
struct large;

#define SPANS_OPEN 8	/* packs that spans are gathered of at once */
#define AHEADS 8
#define SPARES 64

/* A stretch of a meta pack, read because trees lie together. */
struct ahead {
	uint8_t pack[RAND_NAME];
	uint64_t off;
	struct buf bytes;
	unsigned long used;	/* the larger, the later */
};

struct fetch {
	struct store *local, *remote;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	struct pool *reads;		/* threads that wait for the remote */
	struct pool *pool;		/* threads that work */
	struct store_io **io;		/* one a worker, and one for the main
					   thread: io[opts->jobs] */
	struct writer *w;
	const char *stage;
	struct plan plan;
	uint64_t span_max;		/* bytes */
	struct span *open[SPANS_OPEN];	/* main thread's; the oldest first */
	struct ahead ahead[AHEADS];	/* main thread's */
	unsigned long clock;
	size_t ahead_size;
	uint64_t tree_bytes;		/* in the local store's overlay */
	int64_t published;		/* seconds; when a slice ended */
	pthread_mutex_t find_mutex;	/* look-ups in the remote's indexes */
	uint64_t lookups;		/* by range; under find_mutex */
	uint64_t expected;		/* look-ups to come; main thread's */
	uint64_t index_away;		/* bytes of indexes to be brought */
	bool whole;			/* the indexes are here; the same */
	pthread_mutex_t mutex;		/* of the stats, of callbacks, and of */
	struct buf *spare;		/* owned: SPARES for the next reads */
	int nspare;
	struct dver_err why;
};

/* A chunk that is wanted: a small file, or a part of a large one. */
struct part {
	struct fact f;
	bool local;		/* the local store has it: nothing is read */
	struct large *l;	/* NULL: a small file, `w` */
	struct want w;		/* path owned */
	struct stretch *stretch; /* large: what it belongs to */
	uint64_t off;		/* large: where it goes first */
	uint64_t repeat;
};
void part_release(struct part *p);

/*
 * Look an id up in the remote: 1, 0, < 0.  One by one while few are wanted;
 * as soon as that would read more than all indexes that are not in the cache,
 * these are fetched whole.  With `learn` the neighbours in its pack are
 * remembered.
 */
int fetch_find(struct fetch *p, const struct oid *id, bool learn,
	       struct fact *f, struct dver_err *err);
/* An object from any place of the remote; from any thread. */
int fetch_object(struct fetch *p, int worker, const struct oid *id,
		 struct buf *out, struct dver_err *err);
int fetch_missing(struct fetch *p, const struct want *w,
		  const struct dver_err *why, struct dver_err *err);
/* One is done; `bytes` of its file were not counted before. */
void fetch_count(struct fetch *p, const struct want *w, bool moved,
		 uint64_t bytes);
/*
 * What came of it: r >= 0 (1: it was brought) counts it, an object that is
 * missing or damaged is told, all else is returned.
 */
int fetch_settle(struct fetch *p, const struct want *w, int r,
		 const struct dver_err *why, struct dver_err *err);

/* Have it read and put; takes the part.  Main thread. */
int fetch_part(struct fetch *p, struct part *part, struct dver_err *err);
/* Start all reads that were gathered. */
int fetch_flush(struct fetch *p, struct dver_err *err);
/* Wait until nothing is on its way. */
int fetch_wait(struct fetch *p, struct dver_err *err);
void fetch_spans_release(struct fetch *p);
/* Publish locally what arrived, if that is enough to be worth it. */
int fetch_slice(struct fetch *p, struct dver_err *err);

/*
 * Bring a tree (not what is below it), unless it is here; `all` of its files
 * are wanted.  Main thread.
 */
int fetch_tree(struct fetch *p, const struct oid *id, bool all,
	       struct dver_err *err);
void fetch_ahead_release(struct fetch *p);

/* Of a remote of layout plain: a file (takes w->path), a tree's bytes. */
int fetch_plain(struct fetch *p, struct want *w, struct dver_err *err);
int fetch_plain_tree(struct fetch *p, const struct oid *id, struct buf *out,
		     struct dver_err *err);

/* A file that is cut: plan its chunks; takes w->path.  Main thread. */
int fetch_large(struct fetch *p, struct want *w, struct dver_err *err);
/* A chunk of it, checked; `frame` is how it lies in its pack, or NULL. */
int large_take(struct part *part, int worker, const uint8_t *data,
	       const void *frame, struct dver_err *err);
/* It cannot be had: missing or damaged. */
void large_fail(struct large *l, const struct dver_err *why);
/* The run ends: nothing is said of it. */
void large_abort(struct large *l);
/* One part less is on its way; whoever is last finishes the file. */
int large_let_go(struct large *l, int worker, struct dver_err *err);

#endif
