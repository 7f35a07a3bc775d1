/*
 * plain - the other layout of a remote: one object a key, its bytes as they
 * are, for other tools and for web servers.
 *
 *	store			the format, as text
 *	files/sha256/ab/<rest>	an object: a file's bytes, or a tree
 *	roots/<kind>-<id>	everything below this object was put before it
 *
 * Nothing is cut, packed or compressed, and nothing that is there is ever
 * overwritten.  What is there is known from listings of files/sha256/ab/, each
 * made when one of its objects is first asked for and kept until
 * store_refresh(); where nothing is listed for us, objects are asked for one
 * by one.  A store is opened with a layout (store_opts) and stays with it.
 *
 * Thread-safe but for store_refresh().
 */
#ifndef STORE_PLAIN_H
#define STORE_PLAIN_H

#include "store/store.h"

#define PLAIN_KEY_MAX (sizeof("files/sha256/ab/") + OID_HEX)

void plain_key(char key[PLAIN_KEY_MAX], const struct oid *id);
/* 1 and *size (UINT64_MAX: not known), 0, < 0. */
int plain_has(struct store *s, const struct oid *id, uint64_t *size,
	      struct dver_err *err);
/*
 * Bytes [off, off + len) into `out`, unchecked; *got is less than len only at
 * the end.  DVER_EMISSING: there is no such object.
 */
int plain_get(struct store *s, const struct oid *id, uint64_t off, void *out,
	      size_t len, size_t *got, struct dver_err *err);
/* Whoever puts it checked the bytes.  Durable after transport_flush(). */
int plain_put(struct store *s, const struct oid *id,
	      const struct transport_src *src, struct dver_err *err);

/* Each recorded root, by one listing. */
int plain_each_root(struct store *s,
		    int (*fn)(void *data, enum root_kind kind,
			      const struct oid *id, struct dver_err *err),
		    void *data, struct dver_err *err);
/* Record one; what lies below it was flushed. */
int plain_put_root(struct store *s, enum root_kind kind, const struct oid *id,
		   struct dver_err *err);
/* Each object, by one listing; ids of names that are none are left out. */
int plain_each_object(struct store *s,
		      int (*fn)(void *data, const struct oid *id,
				uint64_t size, struct dver_err *err),
		      void *data, struct dver_err *err);

/* store_verify() of a plain store. */
struct verify;
int plain_verify(struct verify *v, struct dver_err *err);

/* For store_open.c and store_read.c. */
struct plain;
int plain_new(struct plain **out, struct dver_err *err);
void plain_free(struct plain *p);	/* NULL is fine */
void plain_forget(struct plain *p);	/* the listings */
/* The remote was made just now: nothing is there but what we put. */
void plain_is_fresh(struct plain *p);
/* All bytes, in order, into the sink; *io's chunk is used. */
int plain_stream(struct store *s, struct store_io *io, const struct oid *id,
		 store_sink sink, void *data, struct dver_err *err);

#endif
