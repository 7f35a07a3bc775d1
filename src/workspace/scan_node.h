/*
 * scan_node - what the parts of a scan share: a scan, and a folder of it.
 */
#ifndef WORKSPACE_SCAN_NODE_H
#define WORKSPACE_SCAN_NODE_H

#include <pthread.h>

#include "workspace/scan.h"

struct scan {
	struct scanner *s;
	char *index_path;		/* owned */
	struct statidx *old;		/* owned; may be NULL */
	struct statidx_out *out;	/* owned */
	struct statidx_entry root;
	bool rewrite;			/* write every block anew */
	bool distrust;			/* the old STAT_STORED are void */
	bool stores;			/* what is found */
	_Atomic uint64_t live;
	bool changed;
	_Atomic bool passed;		/* some name was passed over */
	struct scan_base base;		/* borrows until the scan ends */
	struct rules_set *set;		/* of files below the root; owned */
	pthread_mutex_t mutex;
	struct node *nodes;		/* all that live; under mutex */
	struct winnames winnames;	/* under mutex */
};

struct node {
	struct pool_job job;
	struct scan *sc;
	struct node *parent;		/* NULL: the root */
	size_t slot;			/* in parent->v */
	char *path;			/* owned */
	int fd;
	struct buf names;
	struct statidx_entry *v;	/* owned; sorted by name */
	size_t n;
	struct statidx_entry was;	/* what the parent's block had */
	struct buf old_bytes;
	struct statidx_entry *old;	/* owned; borrows from old_bytes */
	size_t nold, old_cap;
	const struct rules *rules;	/* for its names; NULL: none */
	bool ignored;			/* all its names are, unless tracked */
	bool has_rules;			/* a file of its own */
	_Atomic bool passed;		/* some name was passed over */
	_Atomic bool holes;		/* some of v have STAT_HOLE */
	_Atomic(struct tracked *) tracked[SCAN_TRACKED]; /* NULL: not read */
	_Atomic int pending;
	_Atomic bool changed;
	struct node *next, **link;	/* in sc->nodes */
};

int node_by_name(const void *a, const void *b);	/* of statidx_entry */

/* Open the folder and gather its names. */
int node_list(struct node *d, struct dver_err *err);
/* Make the entries of d->v, once the old block is read. */
int node_entries(struct node *d, int worker, struct dver_err *err);
/* Names that other file systems cannot hold; only what is stored matters. */
int node_check_names(struct node *d, int worker, struct dver_err *err);

/* What the old block has of that name; NULL: nothing. */
const struct statidx_entry *node_old(const struct node *d,
				     const struct statidx_entry *e);

/* Of a folder's entry until it was scanned: ignored, but tracked. */
#define STAT_IGNORED 0x80
/* Of one that turned out to be passed over. */
#define STAT_HOLE 0x40

/* What the rules say of a name; < 0. */
enum { NODE_PLAIN, NODE_PASSED, NODE_TRACKED };
int node_passes(struct node *d, int worker, struct rules_at *at,
		const struct statidx_entry *e, struct dver_err *err);
/* Does a tracked tree have that name?  1, 0, < 0. */
int node_tracks(struct node *d, int worker, const struct statidx_entry *e,
		struct dver_err *err);
void node_forget_tracked(struct node *d);

#endif
