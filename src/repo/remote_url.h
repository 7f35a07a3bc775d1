/*
 * remote_url - the URL of a remote taken apart, made clean and judged.
 */
#ifndef REPO_REMOTE_URL_H
#define REPO_REMOTE_URL_H

#include <stdbool.h>

struct dver_err;

struct remote_url {
	unsigned scheme;	/* SCHEME_* of remote_keys.h */
	char *url;		/* clean, without user and password; owned */
	char *user, *password;	/* decoded; owned, or NULL */
};

/*
 * No slash at the end; for web servers host in lower case, no default port,
 * and what a URL cannot have is escaped; git's "host:path" becomes ssh://.  A
 * path (or file://) is left as it is: config_resolve() sees to it.
 *
 * DVER_EUNSUPPORTED: a scheme that no driver opens.  DVER_EINVAL: this is no
 * URL of its scheme.
 */
int remote_url_parse(struct remote_url *out, const char *url,
		     struct dver_err *err);
void remote_url_release(struct remote_url *u);
#define AUTO_REMOTE_URL __attribute__((cleanup(remote_url_release)))

/* user:password@host? */
bool remote_url_has_password(const char *url);
/* With "***" for what may be secret; owned, NULL: out of memory. */
char *remote_url_redact(const char *url);
/* A folder: no scheme, or file://. */
bool remote_url_is_path(const char *url);

#endif
