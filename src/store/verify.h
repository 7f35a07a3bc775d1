/*
 * verify - read everything that a store holds and hash it.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "base/pool.h"
#include "store/store.h"

struct verify_damage {
	const struct oid *id;	/* NULL: the file `key` itself */
	const struct fact *fact; /* NULL: not in a pack */
	const char *key;
	const char *problem;
};

struct verify {
	struct store *s;
	struct pool *pool;
	struct store_io **io;		/* one a worker */
	const struct cancel *cancel;
	_Atomic uint64_t *objects, *bytes;	/* counted as it goes */
	/* One call at a time, from any thread. */
	int (*damage)(void *data, const struct verify_damage *d,
		      struct dver_err *err);
	void *data;
};

/*
 * Every index page, every frame that an index names, every loose object.
 * 0 also when there is damage; < 0 when looking itself failed.
 */
int store_verify(struct verify *v, struct dver_err *err);

#endif
