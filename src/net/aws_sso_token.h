/*
 * aws_sso_token - the login that `aws sso login` keeps in ~/.aws/sso/cache.
 *
 * Source: the files that version 2 of the AWS CLI writes, and CreateToken of
 * the reference of IAM Identity Center's OIDC API.
 */
#ifndef NET_AWS_SSO_TOKEN_H
#define NET_AWS_SSO_TOKEN_H

#include "net/aws_sources.h"

/* What a profile says of it; borrowed. */
struct aws_sso {
	const char *profile;
	const char *account, *role;
	const char *url, *region;
	const char *cached_as;	/* the session's name, or the URL */
};

/*
 * The token, the caller's.  One that is over is exchanged for a new one where
 * the login allows that, and the file is written anew as the CLI would.
 * DVER_EAUTH says to log in.
 */
int aws_sso_token(const struct aws_world *w, const struct aws_sso *s,
		  char **out, struct dver_err *err);
/* "why: run 'aws sso login --profile X'" */
int aws_sso_log_in(const struct aws_sso *s, const char *why,
		   struct dver_err *err);

#endif
