/*
 * hash - SHA-256 (FIPS 180-4), and for what servers ask HMAC-SHA256 (RFC 2104),
 * SHA-1 and MD5, through OpenSSL's EVP and nothing else of it.
 *
 * A struct hash belongs to one thread and is reused for many messages, so
 * that small files do not pay for a context each.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32

struct dver_err;
struct hash;

int hash_new(struct hash **out, struct dver_err *err);
/* One that makes MD5, of HASH_MD5_SIZE bytes, from then on used the same. */
int hash_new_md5(struct hash **out, struct dver_err *err);
void hash_free(struct hash *h);
int hash_init(struct hash *h, struct dver_err *err);	/* start a message */
int hash_update(struct hash *h, const void *data, size_t len,
		struct dver_err *err);
/* Fills HASH_SIZE bytes of `out`, or as many as the algorithm makes. */
int hash_final(struct hash *h, uint8_t *out, struct dver_err *err);
/* All three at once. */
int hash_one(struct hash *h, uint8_t out[HASH_SIZE], const void *data,
	     size_t len, struct dver_err *err);
/* hash_one() with a context of this thread's own, for the rare message. */
int hash_bytes(uint8_t out[HASH_SIZE], const void *data, size_t len,
	       struct dver_err *err);

/* HMAC-SHA256; thread-safe.  An empty key is fine. */
int hash_hmac(uint8_t out[HASH_SIZE], const void *key, size_t key_len,
	      const void *data, size_t len, struct dver_err *err);
/* SHA-1, where a protocol names things by it.  Thread-safe. */
#define HASH_SHA1_SIZE 20
int hash_sha1(uint8_t out[HASH_SHA1_SIZE], const void *data, size_t len,
	      struct dver_err *err);
/*
 * MD5, where a protocol has no other word for "these bytes arrived"; an
 * OpenSSL that is told to be strict refuses it.  Thread-safe.
 */
#define HASH_MD5_SIZE 16
int hash_md5(uint8_t out[HASH_MD5_SIZE], const void *data, size_t len,
	     struct dver_err *err);

/* Append name and version of the library behind this. */
struct buf;
void hash_library(struct buf *out);

static inline void hash_freep(struct hash **h) { hash_free(*h); }
#define AUTO_HASH __attribute__((cleanup(hash_freep)))

#endif
