/*
 * aws_credentials - the keys that a user of AWS has, wherever they are kept.
 *
 * Asked in this order, as AWS's own tools do: what the settings say; the
 * environment (not when the settings name a profile); the profile: a role to
 * assume (source_profile, credential_source, web_identity_token_file), SSO,
 * keys, credential_process; a web identity in the environment; the container's
 * and the instance's metadata service.  The first that has something to say
 * is taken; if it then fails, that is the error.
 *
 * Keys that expire are got anew before they do, while others go on with the
 * old ones.  Thread-safe, but for new and free.
 */
#ifndef NET_AWS_CREDENTIALS_H
#define NET_AWS_CREDENTIALS_H

#include <stdbool.h>

#include "net/aws_keys.h"
#include "net/aws_profile.h"

struct aws_credentials;
struct dver_err;

/* Copied by nobody: all of it outlives the credentials. */
struct aws_credentials_opts {
	const struct aws_profiles *profiles;
	/* Of the settings; NULL: not there. */
	const char *id, *secret, *token;
	const char *ca_file, *proxy;	/* to reach AWS's own services */
	const struct cancel *cancel;
	/* Ask the person for a one-time password; NULL: nobody is there. */
	int (*ask)(void *data, const char *prompt, char **answer,
		   struct dver_err *err);
	void *ask_data;
};

int aws_credentials_new(struct aws_credentials **out,
			const struct aws_credentials_opts *opts,
			struct dver_err *err);
void aws_credentials_free(struct aws_credentials *c);	/* NULL is fine */

/* DVER_EAUTH: nobody has any, the message says where they were looked for. */
int aws_credentials_get(struct aws_credentials *c, struct aws_keys *out,
			struct dver_err *err);
/*
 * A server says that these have expired: get others at the next call, if they
 * come from where there are others.  false: they are all there is.
 */
bool aws_credentials_expired(struct aws_credentials *c,
			     const struct aws_keys *k);

#endif
