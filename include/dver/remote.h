/*
 * dver/remote.h - the places that data is pushed to and pulled from.
 *
 * A remote is a `[remote "NAME"]` section of the configuration with a `url`
 * and options: dver-remote(7) lists schemes and options.  A path as URL is
 * relative to the file that says it.
 */
#ifndef DVER_REMOTE_H
#define DVER_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "dver/config.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_remote_option {
	const char *name;	/* "region" */
	const char *value;	/* secrets read "***" */
	const char *file;	/* where it stands; or a variable's name */
};

struct dver_remote {
	const char *name;
	const char *url;	/* resolved, without user name and password */
	bool is_default;
	enum dver_config_level level;	/* of the file with the URL */
	const struct dver_remote_option *options;
	size_t noptions;
};

DVER_API int dver_remote_each(struct dver_repo *repo,
			      int (*fn)(void *data,
					const struct dver_remote *remote),
			      void *data, struct dver_err *err);

/* The name of the i-th option that remotes can have; NULL after the last. */
DVER_API const char *dver_remote_option_name(size_t i);

enum {
	DVER_REMOTE_DEFAULT = 1,	/* make it the default */
	DVER_REMOTE_FORCE = 2		/* replace one of the same name */
};
/*
 * Add a remote; the first one becomes the default.  Nothing is made there
 * until the first push.  DVER_EEXISTS, DVER_EINVAL (name, or a URL that makes
 * no sense or has a password), DVER_EUNSUPPORTED (its scheme).
 */
DVER_API int dver_remote_add(struct dver_repo *repo,
			     enum dver_config_level level, const char *name,
			     const char *url, unsigned flags,
			     struct dver_err *err);
DVER_API int dver_remote_remove(struct dver_repo *repo, const char *name,
				struct dver_err *err);
DVER_API int dver_remote_rename(struct dver_repo *repo, const char *from,
				const char *to, struct dver_err *err);
DVER_API int dver_remote_set_url(struct dver_repo *repo, const char *name,
				 const char *url, struct dver_err *err);
/*
 * Set an option, or unset it (value NULL; 1: it was set, 0: not).  A path is
 * relative to the current directory.  DVER_EINVAL: no such option, one of
 * another kind of remote, a value that it does not take, or something that the
 * level's file must not have: secrets go to DVER_CONFIG_LOCAL or _GLOBAL
 * alone, in a file of mode 0600 (DVER_CONFIG_ANY: to the former).
 *
 * A secret is bound to where the remote is now: when a committed file says
 * another place, calls that need the remote fail with DVER_EAUTH until
 * dver_remote_trust() or a new secret.
 */
DVER_API int dver_remote_modify(struct dver_repo *repo,
				enum dver_config_level level,
				const char *name, const char *option,
				const char *value, struct dver_err *err);
/* Secrets of this remote may go where it is now.  1, 0: it has none. */
DVER_API int dver_remote_trust(struct dver_repo *repo, const char *name,
			       struct dver_err *err);
enum dver_right_state {
	DVER_RIGHT_WORKS,
	DVER_RIGHT_FAILS,
	DVER_RIGHT_UNTRIED
};
/* One thing that was tried. */
struct dver_right {
	const char *name;	/* "read", "list", "write", "delete" */
	enum dver_right_state state;
	bool needed;		/* for a push; or, read-only, for a pull */
	double seconds;		/* that it took */
	const char *problem;	/* what the remote said, or NULL */
	const char *advice;	/* what to check, or NULL */
};
enum { DVER_REMOTE_READ_ONLY = 1 };	/* try nothing that writes */
/*
 * Try reading, listing, writing and deleting, in this order, with a key below
 * tmp/ that is there for a moment; fn hears of each.  NULL: the default
 * remote.  DVER_EREMOTE: something fails that is needed.
 */
DVER_API int dver_remote_test(struct dver_repo *repo, const char *name,
			      unsigned flags,
			      int (*fn)(void *data,
					const struct dver_right *right),
			      void *data, struct dver_err *err);

struct dver_copy_stats {
	uint64_t objects;	/* copied (or that would be): between packed
				   remotes chunks, else files and folders */
	uint64_t bytes;		/* of these, not compressed */
	uint64_t wire;		/* bytes up and down, of both */
	uint64_t requests;	/* to both */
	uint64_t missing;	/* objects that are damaged or gone in `from` */
	uint64_t runs;		/* of stages, as objects */
};
enum { DVER_COPY_DRY_RUN = 1 };	/* count, write nothing */
/*
 * Copy everything that the remote `from` lists and `to` lacks, and runs of
 * stages, between any two layouts and kinds of remotes.  Neither the workspace
 * nor commits are looked at, and nothing goes through the local store; its
 * folder has room for what is staged.  All bytes are checked against their ids
 * on the way.  Cut off at any time, `to` is whole as far as it says so, and
 * another call copies the rest.  `to` is made if it is not there; `from` is
 * only read.
 *
 * DVER_EINVAL: both are one place, or a layout is not what the settings say;
 * DVER_EAUTH: `to` is read-only; DVER_ENOTFOUND: `from` is no store;
 * DVER_EUNSUPPORTED: a plain remote that nothing lists; DVER_EMISSING: some of
 * it is damaged or gone in `from`; all else was copied.
 */
DVER_API int dver_remote_copy(struct dver_repo *repo, const char *from,
			      const char *to, unsigned flags,
			      struct dver_copy_stats *stats,
			      struct dver_err *err);
/* NULL: no default. */
DVER_API int dver_remote_set_default(struct dver_repo *repo,
				     enum dver_config_level level,
				     const char *name, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
