/*
 * hash - one fetched EVP_MD and one context a struct: fetching the algorithm
 * for each message would cost more than hashing a small file.
 */
#include "base/hash.h"

#include <limits.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct hash {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

static int hash_failed(struct dver_err *err)
{
	return err_set(err, DVER_EUNSUPPORTED, "OpenSSL refuses to hash");
}

void hash_free(struct hash *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	free(h);
}

static int new_of(struct hash **out, const char *name, struct dver_err *err)
{
	AUTO_HASH struct hash *h = calloc(1, sizeof(*h));

	if (!h)
		return err_nomem(err);
	h->md = EVP_MD_fetch(NULL, name, NULL);
	h->ctx = EVP_MD_CTX_new();
	if (!h->md || !h->ctx)
		return err_set(err, DVER_EUNSUPPORTED, "OpenSSL refuses %s",
			       name);
	*out = TAKE(h);
	return 0;
}

int hash_new(struct hash **out, struct dver_err *err)
{
	return new_of(out, "SHA256", err);
}

int hash_new_md5(struct hash **out, struct dver_err *err)
{
	return new_of(out, "MD5", err);
}

int hash_init(struct hash *h, struct dver_err *err)
{
	return EVP_DigestInit_ex2(h->ctx, h->md, NULL) ? 0 : hash_failed(err);
}

int hash_update(struct hash *h, const void *data, size_t len,
		struct dver_err *err)
{
	return EVP_DigestUpdate(h->ctx, data, len) ? 0 : hash_failed(err);
}

int hash_final(struct hash *h, uint8_t *out, struct dver_err *err)
{
	return EVP_DigestFinal_ex(h->ctx, out, NULL) ? 0 : hash_failed(err);
}

int hash_one(struct hash *h, uint8_t out[HASH_SIZE], const void *data,
	     size_t len, struct dver_err *err)
{
	int r = hash_init(h, err);

	if (r == 0)
		r = hash_update(h, data, len, err);
	return r < 0 ? r : hash_final(h, out, err);
}

int hash_bytes(uint8_t out[HASH_SIZE], const void *data, size_t len,
	       struct dver_err *err)
{
	AUTO_HASH struct hash *h = NULL;
	int r = hash_new(&h, err);

	return r < 0 ? r : hash_one(h, out, data, len, err);
}

int hash_hmac(uint8_t out[HASH_SIZE], const void *key, size_t key_len,
	      const void *data, size_t len, struct dver_err *err)
{
	unsigned n = HASH_SIZE;

	if (key_len > INT_MAX)
		return err_set(err, DVER_EINVAL, "a key of %zu bytes is too "
			       "long to sign with", key_len);
	/* A NULL key would mean "the one before" to OpenSSL. */
	return HMAC(EVP_sha256(), key_len ? key : "", (int)key_len, data, len,
		    out, &n) ? 0 : hash_failed(err);
}

int hash_sha1(uint8_t out[HASH_SHA1_SIZE], const void *data, size_t len,
	      struct dver_err *err)
{
	return EVP_Q_digest(NULL, "SHA1", NULL, data, len, out, NULL)
	       ? 0 : err_set(err, DVER_EUNSUPPORTED, "OpenSSL refuses SHA-1");
}

int hash_md5(uint8_t out[HASH_MD5_SIZE], const void *data, size_t len,
	     struct dver_err *err)
{
	return EVP_Q_digest(NULL, "MD5", NULL, data, len, out, NULL)
	       ? 0 : err_set(err, DVER_EUNSUPPORTED, "OpenSSL refuses MD5");
}

void hash_library(struct buf *out)
{
	/* "OpenSSL 3.0.17 1 Jul 2025" */
	const char *text = OpenSSL_version(OPENSSL_VERSION);
	size_t len = strcspn(text, " ");

	len += len < strlen(text) ? 1 + strcspn(text + len + 1, " ") : 0;
	buf_add(out, text, len);
}
