/*
 * s3 - what the files of the S3 driver share.  Source: the Amazon S3 API
 * reference (version 2006-03-01); what other servers do instead is said where
 * it is dealt with.
 */
#ifndef REMOTES_S3_H
#define REMOTES_S3_H

#include <pthread.h>

#include "base/hash.h"
#include "base/vec.h"
#include "net/aws_credentials.h"
#include "net/aws_profile.h"
#include "net/http.h"
#include "store/transport_config.h"

#define S3_PART_MIN (5u << 20)
#define S3_PART_MAX ((uint64_t)4 << 30)
#define S3_PARTS_MAX 10000u

/* What the settings say, checked. */
struct s3_config {
	char *bucket;		/* owned */
	char *prefix;		/* owned, "" or with a slash at its end */
	char *url;		/* owned, "s3://bucket/prefix" */
	char *base;		/* owned "https://host[/path]"; NULL: AWS's */
	bool tls;
	bool virtual_host;	/* bucket.host/key, not host/bucket/key */
	bool anonymous;
	bool sign_payload;
	bool requester_pays;
	char *storage_class;	/* owned; NULL: the bucket's */
	struct strvec put;	/* headers of what is stored: "Name: value" */
	struct strvec secret;	/* headers of the customer's key, to all */
	uint64_t part_size;	/* of a multipart upload */
	uint64_t part_above;	/* when there is one */
	int jobs;
};

struct s3 {
	struct transport t;
	struct s3_config c;
	struct aws_profiles *profiles;
	struct aws_credentials_opts from;
	struct aws_credentials *credentials;
	struct http *http;
	const struct cancel *cancel;
	_Atomic int64_t skew;	/* the server's clock minus ours, seconds */
	_Atomic bool list_v1;	/* it does not know version 2 of listings */
	_Atomic bool want_md5;	/* it wants Content-MD5 with what is stored */
	pthread_mutex_t mutex;
	char *region;		/* owned, under mutex; may turn out another */
};

/* s3_config.c: settings to s3_config and the rest of *s. */
int s3_configure(struct s3 *s, const struct transport_config *cfg,
		 struct http_opts *http, struct dver_err *err);
void s3_config_release(struct s3_config *c);
/* s3_headers.c: the headers that settings ask for. */
int s3_configure_headers(struct s3_config *c,
			 const struct transport_config *cfg,
			 struct dver_err *err);

/* s3_send.c: one request, again where that may help. */
struct s3_rq {
	const char *method;
	const char *verb;	/* for messages: "cannot read" */
	const char *key;	/* whole; NULL: the bucket */
	const char *query;	/* escaped; NULL: none */
	struct strvec headers;
	/* The body: memory, or `len` bytes of a file from `off` on. */
	const void *data;
	const char *path;
	uint64_t off, len;
	void *out;		/* where a value goes; NULL: reply->body */
	size_t out_len;
	int fine[3];		/* statuses that are no error, 0: no more */
	bool stores;		/* it wants the headers of what is stored */
	bool uses_key;		/* it wants the customer's key */
	bool may_fail_later;	/* a 200 may turn out to be an error */
};
void s3_rq_release(struct s3_rq *rq);
#define AUTO_S3_RQ __attribute__((cleanup(s3_rq_release)))
/* 0: 2xx or `fine`, reply says which. */
int s3_send(struct s3 *s, struct s3_rq *rq, struct http_reply *reply,
	    struct dver_err *err);
/* MD5 of the body. */
int s3_md5(uint8_t sum[HASH_MD5_SIZE], const struct s3_rq *rq,
	   struct dver_err *err);
/* Prefix and key, the caller's. */
char *s3_key(const struct s3 *s, const char *key);

/* s3_error.c: what an answer that is none means. */
struct s3_error {
	char code[64], region[64], message[256];
	bool is_page;		/* HTML: no S3 said this */
};
void s3_error_read(struct s3_error *e, const struct http_reply *reply);
/* Describe it and what to do; < 0. */
int s3_error_tell(const struct s3 *s, const struct s3_rq *rq, const char *what,
		  const struct http_reply *reply, const struct s3_error *e,
		  struct dver_err *err);

/* s3_list.c */
int s3_list(struct transport *t, const char *prefix, transport_list_fn fn,
	    void *data, struct dver_err *err);
/* s3_put.c: one value in one request, or in parts. */
int s3_put(struct transport *t, const char *key,
	   const struct transport_src *src, struct dver_err *err);
int s3_replace(struct transport *t, const char *key, const void *data,
	       size_t len, struct dver_err *err);
/* s3_multipart.c: a large file, `size` bytes, in parts. */
int s3_put_parts(struct s3 *s, const char *key, const char *path,
		 uint64_t size, struct dver_err *err);
/* The size of a value: 0 and *size, DVER_ENOTFOUND. */
int s3_size(struct s3 *s, const char *key, uint64_t *size,
	    struct dver_err *err);

#endif
