/*
 * transport - where the keys of a store lie: a folder, memory, a bucket.
 *
 * A store is made of keys ("index/0-...", "packs/ab/cd...") with immutable
 * bytes.  This is all that it asks of the thing that holds them.  A driver is
 * one file in remotes/ and one const struct; transport_config.h opens it by its
 * URL.  Tries are repeated below this table, where it is known what is worth
 * one: an error that comes up here is final.
 *
 * Keys are relative and clean; a store's own are ASCII, those of files kept
 * under their names are UTF-8.  All functions but close() may be called from
 * several threads at once.  Every function describes its failure and names
 * key and URL, with the server's own words where it has some:
 * DVER_ENOTFOUND  the key is not there (a bucket that is not there is
 *                 DVER_EREMOTE: nothing can be put there)
 * DVER_EAUTH      no right to do this, unknown or wrong credentials
 * DVER_ENET       unreachable, cut off or overloaded, after all tries
 * DVER_EREMOTE    the server refuses or says what makes no sense
 * DVER_EIO        the system here said no
 */
#ifndef STORE_TRANSPORT_H
#define STORE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct dver_err;
struct transport;

/* One key of a listing; return non-zero to stop, which list() returns. */
struct transport_key {
	const char *key;	/* whole key, borrowed */
	uint64_t size;
	int64_t mtime;		/* seconds, by the clock of the server */
};
typedef int (*transport_list_fn)(void *data, const struct transport_key *k,
				 struct dver_err *err);

/* What to upload: bytes in memory, or a file of exactly that size. */
struct transport_src {
	const void *data;	/* NULL: take `path` */
	size_t len;		/* a file of another size is DVER_EIO */
	const char *path;
	bool consume;		/* path may be moved away instead of copied */
};

struct transport_ops {
	const char *name;
	/* Every key that starts with `prefix`, in any order, all levels. */
	int (*list)(struct transport *t, const char *prefix,
		    transport_list_fn fn, void *data, struct dver_err *err);
	/*
	 * Bytes [off, off + len) into `out`; *got tells how many there were
	 * (less than len only at the end of the value).
	 */
	int (*get)(struct transport *t, const char *key, uint64_t off,
		   void *out, size_t len, size_t *got, struct dver_err *err);
	/*
	 * Store a value under a key that nobody used before; readers see all
	 * of it or nothing.  Durable after the next flush().
	 */
	int (*put)(struct transport *t, const char *key,
		   const struct transport_src *src, struct dver_err *err);
	/* Replace a value (`heads` only). */
	int (*replace)(struct transport *t, const char *key, const void *data,
		       size_t len, struct dver_err *err);
	/* A key that is not there is success. */
	int (*del)(struct transport *t, const char *key, struct dver_err *err);
	/* Everything put so far survives a power cut. */
	int (*flush)(struct transport *t, struct dver_err *err);
	void (*close)(struct transport *t);
};

struct transport {
	const struct transport_ops *ops;
	const char *url;	/* for messages, without secrets; driver's */
	bool read_only;		/* nothing that writes reaches the driver */
	/* list() knows only what `heads` says: without it nobody sees it. */
	bool lists_by_heads;
	/* What was asked so far, for --dry-run, progress and tests. */
	_Atomic uint64_t requests;
	_Atomic uint64_t bytes_in;
	_Atomic uint64_t bytes_out;
};

/* Call through the table; these count requests and bytes. */
int transport_list(struct transport *t, const char *prefix,
		   transport_list_fn fn, void *data, struct dver_err *err);
int transport_get(struct transport *t, const char *key, uint64_t off,
		  void *out, size_t len, size_t *got, struct dver_err *err);
int transport_put(struct transport *t, const char *key,
		  const struct transport_src *src, struct dver_err *err);
int transport_replace(struct transport *t, const char *key, const void *data,
		      size_t len, struct dver_err *err);
int transport_del(struct transport *t, const char *key, struct dver_err *err);
int transport_flush(struct transport *t, struct dver_err *err);
void transport_close(struct transport *t);	/* NULL is fine */

static inline void transport_closep(struct transport **t)
{
	transport_close(*t);
}
#define AUTO_TRANSPORT __attribute__((cleanup(transport_closep)))

/* Memory: for tests and for a look at what a push would do. */
int transport_mem_open(struct transport **out, struct dver_err *err);

enum {
	TRANSPORT_CREATE = 1,	/* make the folder if it is not there */
	TRANSPORT_NOSYNC = 2,	/* core.fsync=false */
	TRANSPORT_READONLY = 4
};
/* A folder (remotes/directory.c): the local cache and directory remotes. */
int transport_directory_open(struct transport **out, const char *path,
			     unsigned flags, mode_t mode_mask,
			     struct dver_err *err);

#endif
