/*
 * s3_exchange - one request while it is tried; s3_send.c's and s3_learn.c's
 * own.
 */
#ifndef REMOTES_S3_EXCHANGE_H
#define REMOTES_S3_EXCHANGE_H

#include "base/buf.h"
#include "remotes/s3.h"

struct s3_exchange {
	struct s3 *s;
	struct s3_rq *rq;
	struct http_call call;
	char *what;		/* owned */
	struct buf url;
	char *elsewhere;	/* owned: URL that a redirect gave, no query */
	char payload[AWS_HASH_HEX];
	uint8_t sum[HASH_SIZE];	/* of the body, when sum_known */
	bool sum_known;
	char md5[32];		/* base64; "": not asked for */
	struct aws_keys keys;	/* of this try */
	char region[64];
	int64_t skew;
	int learned;
	int broken;		/* times that the body arrived damaged */
};

/* Did the answer teach us something that makes another try worth while? */
bool s3_learn(struct s3_exchange *x, const struct http_reply *reply,
	      const struct s3_error *e);

#endif
