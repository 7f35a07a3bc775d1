/*
 * object_src - an object of a store as something that a transport puts: small
 * ones in memory, loose ones as the files they are, others from a file that is
 * made for it.  Its bytes were checked against its id.
 *
 * One thread per object_src.
 */
#ifndef TRANSFER_OBJECT_SRC_H
#define TRANSFER_OBJECT_SRC_H

#include "base/os.h"
#include "store/store.h"

struct object_src {
	uint64_t size;
	struct buf data;	/* small ones */
	char *path;		/* owned; else */
	bool staged;		/* path is ours, and removed in the end */
	struct os_stat before;	/* of path, when its bytes were checked */
};

/*
 * `stage` is a folder for what has to be made.  DVER_EMISSING, DVER_ECORRUPT.
 * *out is released by the caller, also after an error.
 */
int object_src_load(struct object_src *out, struct store *s,
		    struct store_io *io, const struct oid *id,
		    const char *stage, const struct cancel *cancel,
		    struct dver_err *err);
void object_src_release(struct object_src *o);
/* As a transport wants it; borrowed. */
struct transport_src object_src_of(const struct object_src *o);
/* DVER_ECORRUPT: the file changed since its bytes were checked. */
int object_src_check(const struct object_src *o, struct dver_err *err);

#endif
