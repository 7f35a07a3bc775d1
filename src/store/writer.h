/*
 * writer - add objects to a store and publish them together.
 *
 * Protocol of store.md section 3: packs first, then one index that names
 * them, then the check of gc/ (writer_commit).  Until writer_commit()
 * returned 0 no reader sees anything; after it the objects are durable.
 * What a killed run leaves lies in the stage folder.
 *
 * Any number of threads call writer_put*() at once, each with a worker number
 * of its own below `workers`: each worker fills packs of its own, so that a
 * folder's files lie together and no lock is held while compressing.
 * commit and abort are called by one thread when no put runs.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/store.h"

struct writer;

struct writer_opts {
	int workers;
	const char *stage;	/* folder for unfinished packs and the index:
				   on the store's own disk they are moved */
	bool reuse;		/* objects that the store has are not written
				   again (store_find is asked) */
	int uploads;		/* threads that put packs while others are
				   filled; 0: the commit puts them */
	const char *journal;	/* folder that notes what was put, so that a
				   killed run's packs are not sent again */
};

int writer_open(struct writer **out, struct store *s,
		const struct writer_opts *opts, struct dver_err *err);
/*
 * Forget everything that was put.  NULL is fine.  Packs that were uploaded
 * stay, in no index: a later run adopts them, or a collector takes them.
 */
void writer_abort(struct writer *w);
static inline void writer_abortp(struct writer **w) { writer_abort(*w); }
#define AUTO_WRITER __attribute__((cleanup(writer_abortp)))

/*
 * Put an object of up to 1 MiB whose id the caller computed from exactly
 * these bytes.  1: written, 0: it was there (store or this writer), < 0.
 */
int writer_put(struct writer *w, int worker, struct store_io *io,
	       enum fact_place place, const struct oid *id,
	       const void *data, size_t len, struct dver_err *err);
/*
 * Does the object still have to be put?  1: yes, and it is the caller's to do
 * so (with writer_put_frame()); 0: the store or this writer has it.  A recipe
 * is not its object: each is asked on its own.
 */
int writer_wants(struct writer *w, const struct oid *id,
		 struct dver_err *err);
/* Put a frame that is encoded already (a copy from another store). */
int writer_put_frame(struct writer *w, int worker, const struct fact *f,
		     const void *frame, size_t stored, struct dver_err *err);
/*
 * Put a tree of any size (place meta): cut like a file when it is over 1 MiB.
 * *id gets its id.
 */
int writer_put_tree(struct writer *w, int worker, struct store_io *io,
		    struct oid *id, const void *data, size_t len,
		    struct dver_err *err);
/*
 * The recipe of an object of more than 1 MiB whose chunks were put (or are
 * there): `entries` are the encoded entries of recipe.h without a header.  A
 * recipe over 1 MiB is itself cut.
 */
int writer_put_recipe(struct writer *w, int worker, struct store_io *io,
		      const struct oid *id, uint64_t total,
		      const void *entries, size_t len, struct dver_err *err);
/*
 * Only a fact (local stores): a chunk of the loose object `loose`, where
 * f->offset and f->length say where in it.
 */
int writer_note_loose(struct writer *w, const struct oid *loose,
		      const struct fact *f, struct dver_err *err);
/*
 * Adopt a finished file (local stores): `tmp` lies in writer_stage() and holds
 * exactly the bytes of `id`.  It becomes a loose object with the commit.
 * 1: adopted, 0: there already (tmp is unlinked).  A file that is a link of
 * somebody's gets its `mode` back when the writer is aborted; 0: it is ours.
 */
int writer_put_loose(struct writer *w, const struct oid *id, const char *tmp,
		     uint64_t size, mode_t mode, struct dver_err *err);
/* The same, and the recipe of an object whose chunks were noted. */
int writer_put_loose_with_recipe(struct writer *w, int worker,
				 struct store_io *io, const struct oid *id,
				 const char *tmp, uint64_t size,
				 const void *entries, size_t len,
				 struct dver_err *err);
const char *writer_stage(const struct writer *w);
/* Bytes of new objects so far. */
uint64_t writer_bytes(const struct writer *w);
struct store *writer_store(const struct writer *w);
/*
 * Rely on packs that earlier writers of the same push did: a long push is
 * published in slices, and its last check of gc/ covers them all.
 */
int writer_rely(struct writer *w, const struct keymap *packs,
		struct dver_err *err);
/* A root of this push (kept in the index). */
int writer_add_root(struct writer *w, enum root_kind kind,
		    const struct oid *id, struct dver_err *err);
/* What a commit published. */
struct writer_stats {
	uint64_t objects;	/* new facts */
	uint64_t bytes;		/* of new objects, before encoding */
	uint64_t stored;	/* bytes of new packs, index and loose files */
	uint64_t packs;
	uint64_t loose;		/* new loose objects */
};
/*
 * Publish everything durably (packs, then the index, then gc/ is listed
 * again) and free the writer; *w becomes NULL in any case.  On
 * failure nothing that was put counts.  DVER_ECONFLICT: a pack that was
 * relied on is condemned by now: start again.
 */
int writer_commit(struct writer **w, struct writer_stats *stats,
		  struct dver_err *err);
/* The same, and the packs that were relied on are added to *relied. */
int writer_commit_slice(struct writer **w, struct writer_stats *stats,
			struct keymap *relied, struct dver_err *err);

#endif
