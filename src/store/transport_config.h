/*
 * transport_config - how a remote is reached: its URL and its settings, as the
 * configuration has them, under DVC's names (`region`, `endpointurl`, ...).
 *
 * A setting that is committed may be written by anyone who can push: a driver
 * never runs a command, and never sends a secret somewhere, on the word of
 * one.  Secrets among the settings were given for this very URL.
 */
#ifndef STORE_TRANSPORT_CONFIG_H
#define STORE_TRANSPORT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cancel.h"
#include "store/transport.h"

struct transport_setting {
	const char *key;	/* lower case, without "remote.NAME." */
	const char *value;	/* paths are absolute by now */
	const char *file;	/* where it stands, for messages */
	bool committed;
};

/* A user name and password for a server. */
struct transport_login {
	const char *protocol;	/* "https" */
	const char *host;	/* "example.org:8080" */
	const char *path;	/* "data/x", or NULL */
	char *user;		/* owned; may be given, NULL: not known */
	char *password;		/* owned; NULL: not known */
	bool from_helper;
};
void transport_login_release(struct transport_login *l);

/* All borrowed; they outlive the transport. */
struct transport_config {
	const char *name;	/* of the remote; "": a URL was given as such */
	const char *url;
	bool url_committed;
	const struct transport_setting *v;
	size_t n;
	unsigned flags;		/* TRANSPORT_* */
	int jobs;		/* requests in flight */
	mode_t mode_mask;	/* directories: core.sharedRepository */
	const struct cancel *cancel;
	/*
	 * Ask the person for a secret; NULL: nobody is there.  *answer is the
	 * caller's to free.
	 */
	int (*ask)(void *data, const char *prompt, char **answer,
		   struct dver_err *err);
	/* The same of what may be seen; not remembered. */
	int (*confirm)(void *data, const char *prompt, char **answer,
		       struct dver_err *err);
	/*
	 * What the settings do not say: from the person's credential helper,
	 * else by asking; NULL: nobody is there.  1: *l has both, 0: nobody
	 * knows, < 0.  May be called from any thread; others wait.
	 */
	int (*login)(void *data, struct transport_login *l,
		     struct dver_err *err);
	/* The server took it, or did not: the helper keeps or forgets it. */
	void (*login_done)(void *data, const struct transport_login *l,
			   bool taken);
	void *ask_data;		/* of these four */
};

/* The setting, or NULL. */
const struct transport_setting *
transport_setting(const struct transport_config *cfg, const char *key);
/* Its value, or NULL. */
const char *transport_setting_str(const struct transport_config *cfg,
				  const char *key);
/* DVER_EINVAL names the file of a value that is none. */
int transport_setting_bool(const struct transport_config *cfg,
			   const char *key, bool otherwise, bool *out,
			   struct dver_err *err);
int transport_setting_number(const struct transport_config *cfg,
			     const char *key, uint64_t otherwise,
			     uint64_t *out, struct dver_err *err);

/*
 * Open by the URL's scheme (remotes/schemes.c has the table).  No scheme and
 * file:// are folders.  DVER_EUNSUPPORTED lists the schemes there are;
 * DVER_EINVAL: a URL or setting that makes no sense.  Nothing is sent yet,
 * where a driver can help it.
 */
int transport_open(struct transport **out, const struct transport_config *cfg,
		   struct dver_err *err);
/* Is the URL's scheme one that transport_open() knows?  A path is. */
bool transport_knows(const char *url);

/* The drivers, one file each in remotes/. */
int transport_s3_open(struct transport **out,
		      const struct transport_config *cfg,
		      struct dver_err *err);
int transport_azure_open(struct transport **out,
			 const struct transport_config *cfg,
			 struct dver_err *err);
int transport_http_open(struct transport **out,
			const struct transport_config *cfg,
			struct dver_err *err);
int transport_webdav_open(struct transport **out,
			  const struct transport_config *cfg,
			  struct dver_err *err);
int transport_sftp_open(struct transport **out,
			const struct transport_config *cfg,
			struct dver_err *err);

#endif
