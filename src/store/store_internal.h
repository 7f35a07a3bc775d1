/*
 * store_internal - the struct behind store.h, for the files that share it.
 */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "store/plain.h"
#include "store/store.h"

/* One listed index, opened when it is first asked. */
struct listed {
	char *name;		/* owned */
	uint64_t size;
	int64_t born;		/* by the clock of the server */
	struct index_file *file;	/* NULL until opened */
	struct index_tail tail;		/* local: names of loose objects */
	bool has_tail;
	bool gone;		/* listed, but not there */
	void *map;		/* of a local or fetched file, or NULL */
	struct store *store;
};

struct store {
	struct transport *t;	/* owned */
	char *local;		/* owned; NULL: remote */
	char *index_cache;	/* owned; may be NULL */
	struct plain *plain;	/* owned; NULL: packed */
	bool nosync;
	mode_t mode_mask;
	bool create;		/* write the `store` key if there is none */
	_Atomic bool assumed;	/* its `store` key was good when last seen */
	bool listed;		/* the listings were made */
	struct listed *index;
	size_t n;
	struct strvec index_names;
	struct strvec gc_names;
	struct strvec published;	/* names of indexes, since it is open */
	struct strvec published_runs;	/* "key size" */
	struct keymap condemned;	/* of 16-byte pack names */
	pthread_mutex_t overlay_mutex;
	struct keymap overlay;		/* id -> struct buf, under mutex */
	store_fallback_fn open_fallback;	/* NULL: there is none */
	void *fallback_data;
	struct store *fallback;		/* borrowed, once opened */
	pthread_mutex_t tail_mutex;	/* of the three that follow */
	struct buf tail;		/* the end of the pack last learned */
	uint8_t tail_pack[RAND_NAME];
	uint64_t tail_off;
	struct keymap learned;		/* id -> struct fact, from footers */
};

/* What store_overlay() put; it stays where it is until the store closes. */
bool overlay_get(struct store *s, const struct oid *id, const char **data,
		 size_t *len);
void overlay_release(struct store *s);
/* Make the listings unless they are there. */
int store_ensure(struct store *s, struct dver_err *err);
/* Take what is gone off the list. */
int store_drop_gone(struct store *s, struct dver_err *err);
/* Open an index that is listed. */
int listed_open(struct listed *l, struct dver_err *err);

#endif
