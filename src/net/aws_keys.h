/*
 * aws_keys - credentials as they come back from somewhere: owned, perhaps with
 * an end, wiped when they are let go.
 */
#ifndef NET_AWS_KEYS_H
#define NET_AWS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/aws_sign.h"

struct dver_err;
struct value;

struct aws_keys {
	char *id, *secret, *token;	/* owned; token may be NULL */
	int64_t expires;		/* seconds since 1970; 0: never */
	const char *source;		/* for messages: "the environment" */
};
#define AWS_KEYS_INIT { NULL, NULL, NULL, 0, "" }
void aws_keys_release(struct aws_keys *k);
#define AUTO_AWS_KEYS __attribute__((cleanup(aws_keys_release)))

/* Copies the strings; `token` may be NULL or "". */
int aws_keys_set(struct aws_keys *out, const char *id, const char *secret,
		 const char *token, int64_t expires, const char *source,
		 struct dver_err *err);
int aws_keys_copy(struct aws_keys *out, const struct aws_keys *from,
		  struct dver_err *err);
/* To sign with; borrowed. */
static inline struct aws_key aws_keys_key(const struct aws_keys *k)
{
	return (struct aws_key){ k->id, k->secret, k->token };
}

/* "2030-01-31T12:00:00Z", or with "+01:00" or ".123": 0, or -1. */
int aws_time(const char *text, int64_t *out);

/*
 * The members AccessKeyId, SecretAccessKey, Token or SessionToken, Expiration
 * of a JSON object.  DVER_EFORMAT names `what` and what is missing.
 */
int aws_keys_from_json(struct aws_keys *out, const char *what,
		       const struct value *map, const char *source,
		       struct dver_err *err);

#endif
