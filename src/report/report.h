/*
 * report - what all revisions of one report share: what was asked, what was
 * parsed, the store.
 *
 * Across commits whose dver.yaml is the same it is read once, and a file is
 * parsed once an id: history is mostly repetition.  One thread.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/hash.h"
#include "report/flat.h"
#include "repo/repo.h"
#include "store/store.h"
#include "workspace/session.h"

struct plan;

struct report {
	struct dver_repo *repo;
	enum dver_values what;
	bool deps;		/* parameters of stages only */
	/* Of a folder: is this a file for the report? */
	bool (*is_name)(const char *path);
	struct strvec targets;	/* clean paths; none: what plans say */
	struct plan *plans[8];	/* owned; used last first */
	size_t nplans;
	struct keymap without;	/* git's trees without a dver.yaml */
	struct keymap flats;	/* REPORT_KEY bytes -> struct flat *, owned */
	struct keymap locks;	/* the same -> struct tracked *, owned */
	size_t bytes;		/* of flats */
	struct store *store;	/* NULL until it is asked for */
	struct store_io *io;
	struct lock *lock;
	struct reading_remote rr;
};
#define REPORT_KEY HASH_SIZE

/* Released by the caller, also after an error. */
int report_open(struct report *rep, struct dver_repo *repo,
		enum dver_values what, unsigned flags,
		const char *const *targets, size_t n, struct dver_err *err);
void report_release(struct report *rep);
#define AUTO_REPORT __attribute__((cleanup(report_release)))

/* A key for what has this id (of `len` bytes) and is called so: SHA-256. */
int report_key(uint8_t key[REPORT_KEY], const uint8_t *id, size_t len,
	       const void *name, size_t name_len, struct dver_err *err);
/* Forget what was parsed, when it is very much; no flat may be in use. */
void report_trim(struct report *rep);
/* Have the store open. */
int report_store(struct report *rep, struct dver_err *err);

#endif
