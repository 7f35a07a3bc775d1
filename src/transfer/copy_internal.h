/*
 * copy_internal - what the files of copy share.
 */
#ifndef TRANSFER_COPY_INTERNAL_H
#define TRANSFER_COPY_INTERNAL_H

#include <pthread.h>

#include "base/err.h"
#include "base/pool.h"
#include "store/writer.h"
#include "transfer/copy.h"

/* What is read out of packs, in this order. */
enum copy_pass {
	COPY_PARTS,	/* to plain: recipes, for the ids of chunks */
	COPY_META,	/* trees, and chunks of trees and recipes */
	COPY_DATA,	/* what lies in packs/ */
	COPY_RECIPES	/* to packed: when all that they name is there */
};

struct copy {
	struct store *from, *to;
	const struct transfer_opts *opts;
	struct transfer_stats *stats;
	int threads;
	struct pool *pool;
	struct store_io **io;		/* one a thread, and the main one's:
					   io[threads] */
	const char *stage;
	/* to packed: */
	struct writer *w;
	char *journal;			/* owned */
	struct keymap relied;		/* packs of `to` that are counted on */
	bool published;			/* an index was put */
	/* to plain: */
	struct pool *puts;		/* small objects out of packs */
	bool listed;			/* `there` is all that it has */
	struct keymap there;		/* id -> uint64_t size */
	struct keymap parts;		/* ids that recipes name */
	struct keymap also;		/* those of them that are objects, too;
					   under mutex while there are jobs */
	struct oid *trees;		/* that are cut; under mutex */
	size_t ntrees, trees_cap;
	struct index_root *roots;	/* of `from` */
	size_t nroots, roots_cap;
	struct keymap rooted;		/* their ids */
	pthread_mutex_t mutex;		/* of what follows */
	struct keymap claimed;		/* to plain: ids in the works */
	struct dver_err why;		/* of the first that is missing */
};

static inline struct store_io *copy_main_io(const struct copy *c)
{
	return c->io[c->threads];
}

/* An object of `from` that cannot be had: counted, told in the end. */
void copy_missing(struct copy *c, const struct dver_err *why);
/* Is it damage, so that the rest can still be copied? */
bool copy_is_damage(int r);
/* One more to do, or done. */
void copy_planned(struct copy *c, uint64_t bytes);
void copy_done(struct copy *c, uint64_t bytes);

/*
 * Does `to` lack the object?  1, 0, < 0.  The pack that a packed one has it in
 * is relied on, so there only the main thread asks.  `size` UINT64_MAX: not
 * known.
 */
int copy_lacks(struct copy *c, const struct oid *id, uint64_t size,
	       struct dver_err *err);
/* 1: it is this job's to put it. */
int copy_claim(struct copy *c, const struct oid *id, struct dver_err *err);
/* Before a job is handed out: publish when what was put is a slice. */
int copy_slice(struct copy *c, struct dver_err *err);
/* Wait for all jobs; the error of before (`r`) goes first. */
int copy_wait(struct copy *c, int r, struct dver_err *err);
/* Wait for all jobs and publish what they put; the writer goes on. */
int copy_publish_slice(struct copy *c, struct dver_err *err);

/* Is this the place that store_find() takes for the best?  1, 0, < 0. */
int copy_is_best(struct copy *c, const struct fact *f, struct dver_err *err);
/* All frames of a pass, out of packs. */
int copy_packs(struct copy *c, enum copy_pass pass, struct dver_err *err);
/* A frame of a pass, as it lies there; errors are of `to` only. */
int copy_take(struct copy *c, enum copy_pass pass, int worker,
	      const struct fact *f, const void *frame, struct dver_err *err);
/* From packed to plain: the entries of trees that are cut. */
int copy_cut_trees(struct copy *c, struct dver_err *err);
/* If it is a tree: which of its files are also chunks, in `also`. */
int copy_note_tree(struct copy *c, const void *data, size_t len,
		   struct dver_err *err);

/* All that the listing of a plain remote shows. */
int copy_listed(struct copy *c, struct dver_err *err);
/* From packed to plain: all that are cut. */
int copy_cut_objects(struct copy *c, struct dver_err *err);

/* Read the roots of `from`; then, at the end, record them in `to`. */
int copy_read_roots(struct copy *c, struct dver_err *err);
int copy_put_roots(struct copy *c, struct dver_err *err);

#endif
