/*
 * remotes - a remote as the configuration has it, ready to be opened; the
 * public side is dver/remote.h.
 */
#ifndef REPO_REMOTES_H
#define REPO_REMOTES_H

#include "repo/config.h"
#include "repo/git_config.h"
#include "repo/remote_keys.h"
#include "store/transport_config.h"

/* An option that is set. */
struct remote_option {
	const struct remote_key *k;
	char *value;		/* owned */
	char *file;		/* where it stands; owned */
	int level;		/* of the settings; REMOTE_LEVEL_ENV */
	bool committed;
	char *section;		/* of a secret: whose it is; owned */
	char *home;		/* of a secret: URL of its section; owned */
	char *bound;		/* what it was given for; owned, or NULL */
};
#define REMOTE_LEVEL_ENV SETTINGS_LEVELS

struct remote {
	char *name;		/* owned; "" for a URL that was given as such */
	char *url;		/* clean, absolute; owned */
	unsigned scheme;	/* SCHEME_* */
	int level;		/* where the URL stands */
	bool url_committed;
	struct remote_option *v; /* owned; one of each option */
	size_t n, cap;
	struct dver_repo *repo;	/* who is asked for passwords */
	/* For transport_open(); borrows from all of the above. */
	struct transport_config cfg;
	struct transport_setting *settings;	/* owned */
};
#define REMOTE_INIT { .name = NULL }

/*
 * The remote `name` (NULL: the default one; when there is only one, that).
 * *out is released by the caller, also after an error, and stays where it is
 * for as long as something is open with out->cfg.
 *
 * DVER_ENOTFOUND lists what there is and says how to add one.  DVER_EINVAL: an
 * option that there is not, or a value that it does not take, or something
 * that must not be committed; the file is named.  DVER_EAUTH: a secret was
 * given for another URL than what is committed now.
 */
int config_remote(struct dver_repo *repo, const char *name, struct remote *out,
		  struct dver_err *err);
/*
 * A URL or path that a person typed; remote://NAME/PATH has that remote's
 * options.
 */
int config_remote_url(struct dver_repo *repo, const char *url,
		      struct remote *out, struct dver_err *err);
void remote_release(struct remote *r);
#define AUTO_REMOTE __attribute__((cleanup(remote_release)))

const struct remote_option *remote_option(const struct remote *r,
					  const char *key);

/*
 * The steps, for the files that share them.  remote_read() gathers a remote's
 * options without judging them (0 also when there is no URL: out->url is
 * NULL then), but for options that there are not when it is `strict`;
 * remote_check() judges the rest.
 */
int remote_read(struct remote *out, struct dver_repo *repo, const char *name,
		bool strict, struct dver_err *err);
int remote_read_url(struct remote *out, struct dver_repo *repo,
		    const char *url, struct dver_err *err);
int remote_check(const struct remote *r, struct dver_repo *repo,
		 struct dver_err *err);

/* The name that is meant (NULL: the default), owned. */
int remote_name(struct dver_repo *repo, const char *name, char **out,
		struct dver_err *err);
/*
 * remote_modify.c: set an option in a file, or unset it (value NULL; 1: it was
 * set, 0: not).  A secret goes with a note of what it is given for.  `repo`
 * may be NULL: then only `c` is known.
 */
struct config;
int remote_set(struct config *c, struct dver_repo *repo,
	       enum dver_config_level level, const char *name,
	       const char *option, const char *value, struct dver_err *err);

/*
 * What the secrets of a section with the URL `home` are given
 * for now: the URL, and every setting that says where they go.  Owned.
 */
char *remote_target(const struct remote *r, const char *home);
int remote_check_bound(const struct remote *r, struct dver_err *err);

#endif
