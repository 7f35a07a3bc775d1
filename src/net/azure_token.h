/*
 * azure_token - access tokens of Microsoft Entra ID for Azure Storage.
 *
 * Where they come from, in this order: a service principal (tenant, client,
 * secret), a federated token in a file (workload identity), the managed
 * identity of the machine.  Sources: "OAuth 2.0 client credentials flow" of
 * the Microsoft identity platform, "Azure Instance Metadata Service".  A token
 * is kept until five minutes before it ends.  Thread-safe.
 */
#ifndef NET_AZURE_TOKEN_H
#define NET_AZURE_TOKEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/http.h"

struct azure_token;

struct azure_token_opts {
	/* NULL: AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET */
	const char *tenant, *client, *secret;
	bool no_environment;	/* exclude_environment_credential */
	bool no_managed;	/* exclude_managed_identity_credential */
	const struct cancel *cancel;
};
/* Borrows the strings. */
int azure_token_new(struct azure_token **out,
		    const struct azure_token_opts *opts,
		    struct dver_err *err);
void azure_token_free(struct azure_token *t);	/* NULL is fine */
/*
 * "Bearer ..." into *value.  DVER_EAUTH says what was tried; `now` is the
 * time in seconds since 1970.
 */
int azure_token_get(struct azure_token *t, struct buf *value, int64_t now,
		    struct dver_err *err);
/* It was refused: get another one next time. */
void azure_token_drop(struct azure_token *t);

#endif
