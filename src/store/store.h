/*
 * store - objects over a transport: find, read, verify.
 *
 * The local cache and a remote are the same code: a store opened over a
 * transport.  The local one has a root folder besides (`local`), from which
 * come loose objects and the memory maps of its indexes.
 *
 * Thread-safe after store_open() and between store_refresh() calls: look-ups
 * and reads may come from many threads, refreshing from one.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/vec.h"
#include "store/facts.h"
#include "store/index.h"
#include "store/transport.h"

struct store;
struct codec;
struct hash;

struct store_opts {
	const char *local;	/* root folder of a local store, else NULL */
	const char *index_cache; /* folder that keeps a remote's indexes */
	bool create;		/* write the `store` key if there is none */
	bool plain;		/* a remote of layout plain (plain.h) */
	bool nosync;		/* core.fsync = false */
	mode_t mode_mask;	/* bits that core.sharedRepository adds */
};

/*
 * Open.  Takes the transport, also when it fails.  A store of a newer format
 * or with an unknown `requires:` word is DVER_EUNSUPPORTED; no store there
 * and no `create` is DVER_ENOTFOUND.  The key `store` of a remote
 * that was open here before is read by the first look-up (store_check()); the
 * listings come with that or with store_refresh().
 */
int store_open(struct store **out, struct transport **t,
	       const struct store_opts *opts, struct dver_err *err);
/* Read the `store` key, if it was only believed to be good. */
int store_check(struct store *s, struct dver_err *err);
void store_close(struct store *s);
static inline void store_closep(struct store **s) { store_close(*s); }
#define AUTO_STORE __attribute__((cleanup(store_closep)))

struct transport *store_transport(struct store *s);
const char *store_local_root(const struct store *s);	/* NULL: remote */
bool store_nosync(const struct store *s);
/*
 * Of layout plain: has no indexes and no facts, so of what follows only
 * store_refresh(), store_has(), store_length() and reads are for it.
 */
bool store_is_plain(const struct store *s);

/* LIST index/ and gc/ again; what was opened is opened anew when asked. */
int store_refresh(struct store *s, struct dver_err *err);
/* Names of the listed indexes and of the gc/ files, sorted; borrowed. */
const struct strvec *store_index_names(struct store *s);
const struct strvec *store_gc_names(struct store *s);
/* Names of the indexes that listed ones say they replace. */
int store_replaced_names(struct store *s, struct strvec *out,
			 struct dver_err *err);
/* Entries of all indexes that are open. */
uint64_t store_count(const struct store *s);
/* Keep a finished index beside the fetched ones: it need not be fetched. */
void store_keep_index(struct store *s, const char *path, const char *name);
/* Bytes of the listed indexes that neither lie here nor in the cache. */
uint64_t store_index_away(const struct store *s);
/* LIST gc/ again: is one of these packs condemned by now?  1, 0, < 0. */
int store_recheck_condemned(struct store *s, const struct keymap *packs,
			    struct dver_err *err);
bool store_is_condemned(const struct store *s, const uint8_t pack[RAND_NAME]);
/*
 * Fetch (local: open) all indexes whole, once: for callers about to look many
 * ids up.  On the local store this comes before look-ups from many threads.
 */
int store_load_indexes(struct store *s, struct dver_err *err);

/*
 * Where is `id`?  1 and a fact (the best location; in an uncondemned pack if
 * `alive` is asked), 0, or < 0.  Without store_load_indexes() on a remote this
 * costs a ranged read or two, whichever is fewer bytes.  Loose objects are
 * not facts: ask loose_has().
 */
int store_find(struct store *s, const struct oid *id, bool alive,
	       struct fact *out, struct dver_err *err);
/* Up to max facts of all indexes: for a reader whose first location failed. */
int store_find_all(struct store *s, const struct oid *id, struct fact *out,
		   int max, struct dver_err *err);
/* Read the footer of `near`'s pack and remember its facts for store_find(). */
int store_learn_pack(struct store *s, const struct fact *near,
		     struct dver_err *err);
/* Only what was learned: is `id` among it? */
bool store_learned(const struct store *s, const struct oid *id,
		   struct fact *out);
/* Has the store the object, in a pack or loose?  1, 0, < 0. */
int store_has(struct store *s, const struct oid *id, struct dver_err *err);

/*
 * An object in memory that reads of this handle see besides what is stored:
 * trees of a workspace that are only being compared.  Copies; thread-safe.
 */
int store_overlay(struct store *s, const struct oid *id, const void *data,
		  size_t len, struct dver_err *err);
/* Forget them; nothing may be reading. */
void store_overlay_clear(struct store *s);

/*
 * Where objects are read from that this store lacks: `open` is called once,
 * by the first read that misses one, and lends a store.
 */
typedef int (*store_fallback_fn)(void *data, struct store **out,
				 struct dver_err *err);
void store_set_fallback(struct store *s, store_fallback_fn open, void *data);

/*
 * Scratch of one reading thread: buffers, codec and hash contexts.
 */
struct store_io;
int store_io_new(struct store_io **out, struct dver_err *err);
void store_io_free(struct store_io *io);
struct hash *store_io_hash(struct store_io *io);
struct codec *store_io_codec(struct store_io *io);
struct buf *store_io_frame(struct store_io *io);	/* of 2 MiB at most */
uint8_t *store_io_chunk(struct store_io *io);		/* of CHUNK_MAX */
static inline void store_io_freep(struct store_io **io)
{
	store_io_free(*io);
}
#define AUTO_STORE_IO __attribute__((cleanup(store_io_freep)))

/* The frame of a fact as it is stored, into *out (cleared first). */
int store_read_frame(struct store *s, const struct fact *f, struct buf *out,
		     struct dver_err *err);
/*
 * A whole object of any kind into memory, at most `max` bytes, checked
 * against its id.  DVER_EMISSING: the store has it not.  DVER_ECORRUPT names
 * id and key; another location is tried first.
 */
int store_read(struct store *s, struct store_io *io, const struct oid *id,
	       size_t max, struct buf *out, struct dver_err *err);
/*
 * A whole object, chunk by chunk, each one checked before `sink` sees it; the
 * id of the whole is checked at the end (DVER_ECORRUPT then).  sink returns 0
 * or < 0 to stop.  Memory: one chunk.
 */
typedef int (*store_sink)(void *data, const void *bytes, size_t len,
			  struct dver_err *err);
int store_stream(struct store *s, struct store_io *io, const struct oid *id,
		 store_sink sink, void *data, const struct cancel *cancel,
		 struct dver_err *err);
/*
 * How long an object is, without reading it: 1 and *out, 0: it is not here.
 */
int store_length(struct store *s, struct store_io *io, const struct oid *id,
		 uint64_t *out, struct dver_err *err);
/*
 * The chunks of an object of more than 1 MiB, in order (a recipe of depth 2
 * or 3 is resolved).  DVER_EMISSING: there is no recipe of it here.
 */
struct recipe_entry;
int store_each_chunk(struct store *s, struct store_io *io,
		     const struct oid *id,
		     int (*fn)(void *data, const struct recipe_entry *e,
			       struct dver_err *err),
		     void *data, struct dver_err *err);
/* The same, and the chunks of the recipe itself where it is cut (for gc). */
int store_each_part(struct store *s, struct store_io *io,
		    const struct oid *id,
		    int (*fn)(void *data, const struct recipe_entry *e,
			      struct dver_err *err),
		    void *data, struct dver_err *err);

/*
 * Each fact of all indexes, once, those of loose objects left out; of one
 * object there may be several.  Indexes are loaded.  One thread.
 */
int store_each_fact(struct store *s,
		    int (*fn)(void *data, const struct fact *f,
			      struct dver_err *err),
		    void *data, struct dver_err *err);
/*
 * Each root that the indexes record; some are told twice.  One that says no
 * time gets that of its index.  Indexes are loaded.  One thread.
 */
int store_each_root(struct store *s,
		    int (*fn)(void *data, const struct index_root *root,
			      struct dver_err *err),
		    void *data, struct dver_err *err);

#endif
