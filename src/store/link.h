/*
 * link - how an object of the local store becomes a file of the workspace.
 */
#ifndef STORE_LINK_H
#define STORE_LINK_H

#include "base/os.h"
#include "store/store.h"

enum link_type { LINK_REFLINK, LINK_COPY, LINK_HARDLINK, LINK_SYMLINK };
#define LINK_TYPES 4

/* The configured order, tried from the left; a copy is always the last. */
struct link_order {
	enum link_type type[LINK_TYPES];
	int n;
};
/* "reflink,copy" -> order.  DVER_EINVAL names the unknown word. */
int link_order_parse(struct link_order *out, const char *text,
		     struct dver_err *err);
const char *link_name(enum link_type t);
/*
 * Can a file in the folder `cache` be had in the folder `workspace` this way?
 * Tried with two files, which are gone afterwards.  1, 0, < 0.
 */
int link_works(enum link_type t, const char *cache, const char *workspace,
	       struct dver_err *err);
/*
 * Does the first type of the order that works between the folders `cache` and
 * `workspace` share bytes?  Tried with two files.  1, 0, < 0.
 */
int link_shares(const struct link_order *order, const char *cache,
		const char *workspace, struct dver_err *err);

struct link_opts {
	const struct link_order *order;
	const struct cancel *cancel;
	_Atomic uint64_t *progress;	/* bytes written; may be NULL */
};
/*
 * Make the file `name`, which must not exist yet, in the directory `dir` and
 * let it hold object `id` (`size` bytes; 0777 or 0666 less the umask).  A
 * loose object is linked by the order, a packed one is written, long runs of
 * zeros as holes.  The object is checked against its id before this returns
 * 0; after a failure the file is gone.  Executables and empty files are never
 * hard- or symlinked; linked files are read-only.  *used tells how.  Several
 * threads at once, each with an io of its own.
 */
int link_file(struct store *s, struct store_io *io, int dir, const char *name,
	      const struct oid *id, uint64_t size, bool exec,
	      const struct link_opts *opts, enum link_type *used,
	      struct dver_err *err);
/* A symlink whose target is the object's bytes. */
int link_symlink(struct store *s, struct store_io *io, int dir,
		 const char *name, const struct oid *id,
		 struct dver_err *err);
/*
 * Is the symlink text `target` the path of a loose object of the store at
 * `root`?  Then *id is that object.
 */
bool link_is_loose(const char *root, const char *target, struct oid *id);

#endif
