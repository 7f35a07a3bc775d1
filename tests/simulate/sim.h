/*
 * sim - the store's protocols (dver-store(5)) as a deterministic simulation.
 *
 * Pushers, readers and collectors run the real code on stores over one place
 * in memory.  Each actor is a thread, but only one of them runs at a time: at
 * each request to the place a seeded scheduler decides who goes on, how late
 * it has become, and whether somebody's machine dies.  Jobs of thread pools
 * run at once in the thread that submits them (pool.c) and random names come
 * from the seed, so a seed is one history and can be run again.
 *
 * The world is touched only by the actor that runs (or by main() when none
 * does), so nothing in it is locked.
 */
#ifndef TESTS_SIMULATE_SIM_H
#define TESTS_SIMULATE_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define GRACE (7 * DAY)		/* as tidy.c has it */
#define ROOT_AGE (30 * DAY)
#define ACTORS_MAX 8
#define ROOTS_MAX 64
#define NEVER INT64_MAX

/* Rules that can be broken on purpose: then a seed must find it. */
enum rule {
	ALL_RULES,
	NO_RECHECK,	/* a writer does not list gc/ again at its end */
	RELY_ON_CONDEMNED, /* a writer never looks at gc/ */
	NO_RELIST,	/* a collector deletes by what it saw at first */
	TAKEN_BACK,	/* a collector removes its gc/ file when done */
	REFS_ONLY,	/* a collector does not count roots */
	NO_GRACE,	/* a collector does not wait */
	RULES
};
extern const char *const rule_names[RULES];

struct rng { uint64_t x; };
uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);	/* 0 .. n - 1 */
static inline bool rng_chance(struct rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

/* A dataset's version; its objects lie in the source store. */
struct version {
	struct oid id;
	uint64_t size;
	const char *label;
};

struct data {
	char *root;		/* folder of the source store */
	struct version v[ROOTS_MAX];
	int n;
};
/* Fill a store at `root` with versions of two datasets. */
int data_make(struct data *d, const char *root, struct dver_err *err);
/* The versions' objects as files: what a reader must get (data.c). */
int data_source(struct store **out, const struct data *d,
		struct dver_err *err);

/* What is said to be safe: a version some push of which came to its end. */
struct claim {
	bool in_git;		/* a ref has it */
	int64_t until;		/* protected without one till then */
};

/* A key and when it was there. */
struct key {
	char *name;		/* owned */
	uint64_t size;
	int64_t born, died;
};

enum role { PUSHER, READER, COLLECTOR };

struct actor {
	struct world *w;
	enum role role;
	int id;
	struct rng rng;		/* of its names and choices */
	pthread_t thread;
	pthread_cond_t turn;
	char *folder;		/* owned: its machine */
	bool done;
	int64_t wake;		/* sleeps till then */
	int dies_in;		/* requests; < 0: it does not */
	bool dead;		/* until it starts again */
	int64_t first_gc;	/* NO_RECHECK: gc/ as it was then */
	int64_t index_put;	/* when its last index came to be */
	int64_t listed;		/* when it last began to list index/ */
};

struct world {
	struct rng rng;
	enum rule broken;
	int64_t now;
	struct transport *mem;	/* the bytes */
	struct key *keys;	/* all there ever were */
	size_t n, cap;
	struct pending { char *key; int64_t at; } late[64]; /* deletes */
	int nlate;
	struct actor actor[ACTORS_MAX];
	int nactors, alive;
	int running;		/* index of an actor, -1: main */
	pthread_mutex_t mutex;
	pthread_cond_t over;
	int page;		/* keys that one LIST request gives */
	int64_t stale;		/* listings may be that old */
	int pace;		/* how fast time passes, 0 to 3 */
	int deaths;		/* percent of pushes that die */
	const struct data *data;
	struct claim claim[ROOTS_MAX];
	uint64_t steps;
	char why[1500];		/* the first violation; empty: none */
	bool trace;
};

struct world *world_new(uint64_t seed, enum rule broken,
			const struct data *data);
void world_free(struct world *w);
/* Copy what is in another world, at the same time. */
int world_copy(struct world *to, struct world *from);
struct actor *world_actor(struct world *w, enum role role, const char *dir);
/* Time stands still, and what was under way has arrived. */
void world_settle(struct world *w);
/* Run all actors to their ends. */
void world_run(struct world *w, void *(*main_of)(struct actor *a));
/* A key comes (perhaps instead of an older one) or goes. */
void world_add_key(struct world *w, const char *name, uint64_t size,
		   int64_t born);
void world_remove_key(struct world *w, const char *name);
/* Note a violation; only the first counts. */
void world_violated(struct world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void world_trace(const struct actor *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Whose claims hold now. */
bool world_protects(const struct world *w, int version);

/* Let others run, for one request each or more. */
void actor_yield(struct actor *a);
/* The same, until `seconds` have passed. */
void actor_sleep(struct actor *a, int64_t seconds);
/* A new process on the actor's machine. */
void actor_restart(struct actor *a);
/* The place as this actor reaches it; a store on it. */
int actor_transport(struct actor *a, struct transport **out,
		    struct dver_err *err);
int actor_store(struct actor *a, struct store **out, struct dver_err *err);

/* The actors' lives. */
void *actor_main(struct actor *a);
void pusher_run(struct actor *a);
void reader_run(struct actor *a);
void collector_run(struct actor *a);
/* Push one version: 0 when it is done; dies as the world wants. */
int pusher_push(struct actor *a, int version, struct dver_err *err);
/* Is all of a version there?  Reads every byte of it. */
int reader_verify(struct store *s, const struct oid *root,
		  struct dver_err *err);

#endif
