/*
 * writer_internal - what the files of the writer share.
 */
#ifndef STORE_WRITER_INTERNAL_H
#define STORE_WRITER_INTERNAL_H

#include <pthread.h>

#include "base/pool.h"
#include "store/pack.h"
#include "store/writer.h"
#include "store/writer_loose.h"

#define SHARDS 64
#define UPLOAD_AHEAD 8	/* finished packs that wait for their upload */

struct shard {
	pthread_mutex_t mutex;
	struct keymap ids;	/* under mutex */
};

struct done_pack {
	char *path;		/* owned; NULL once it is in the store */
	struct fact *facts;	/* owned */
	size_t n;
	enum fact_place place;
};

struct writer {
	struct store *s;
	char *stage;			/* owned */
	char *journal;			/* owned; NULL: none */
	bool reuse;
	int workers;
	struct pack_out **open;		/* two a worker: data, meta */
	struct shard shard[SHARDS];
	struct pool *uploads;		/* NULL: packs are put by the commit */
	_Atomic bool given_up;		/* what waits is not uploaded */
	pthread_mutex_t mutex;		/* of all that follows */
	struct done_pack *done;
	size_t ndone, done_cap;
	struct index_root *roots;
	size_t nroots, roots_cap;
	struct keymap relied;		/* packs that found objects lie in */
	struct loose_set loose;		/* files and notes to publish */
	uint64_t stored;		/* bytes of packs that were put */
	_Atomic uint64_t bytes;
};

/* Is the id new in this run?  1, 0, < 0. */
int writer_claim(struct writer *w, const struct oid *id,
		 struct dver_err *err);
/* Close a pack that is full or the last, and have it uploaded. */
int writer_finish_pack(struct writer *w, struct pack_out **p,
		       enum fact_place place, struct dver_err *err);
/* List in this run's index what a killed run left in the remote. */
int writer_adopt_journal(struct writer *w, struct dver_err *err);

#endif
