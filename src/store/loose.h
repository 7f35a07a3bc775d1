/*
 * loose - whole files of the local store, as themselves.
 *
 * `loose/ab/<rest of the id>`, mode 0444 (0555 never: the mode is the
 * inode's).  A workspace file can be a reflink, hard link or symlink of one.
 */
#ifndef STORE_LOOSE_H
#define STORE_LOOSE_H

#include "base/buf.h"
#include "base/cancel.h"
#include "store/oid.h"

struct dver_err;
struct store;

/* The path of the loose object. */
void loose_path(struct buf *out, const char *root, const struct oid *id);
/* 1: there, 0: not, < 0. */
int loose_has(const char *root, const struct oid *id, struct dver_err *err);
/* Open for reading; DVER_ENOTFOUND. *size gets its length. */
int loose_open(int *fd, uint64_t *size, const char *root,
	       const struct oid *id, struct dver_err *err);
/* Stream and check all of it against its id. */
int loose_verify(const char *root, const struct oid *id,
		 const struct cancel *cancel, struct dver_err *err);

#endif
