/*
 * dver/config.h - settings, in git's syntax, at four levels.
 *
 * /etc/dver/config, ~/.config/dver/config ($XDG_CONFIG_HOME), .dver/config
 * (committed) and .dver/config.local (not committed); a later one wins.  Keys
 * are "section.name" or "section.subsection.name".  dver-config(5) lists them.
 */
#ifndef DVER_CONFIG_H
#define DVER_CONFIG_H

#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_config_level {
	DVER_CONFIG_ANY,	/* reading: all; writing: the committed file */
	DVER_CONFIG_SYSTEM,
	DVER_CONFIG_GLOBAL,
	DVER_CONFIG_REPO,
	DVER_CONFIG_LOCAL
};

/*
 * 1 and *value (free it with dver_free()), 0: not set.  repo may be NULL.  A
 * secret reads "***".
 */
DVER_API int dver_config_get(struct dver_repo *repo,
			     enum dver_config_level level, const char *key,
			     char **value, struct dver_err *err);
/*
 * DVER_EINVAL: no such key, a value that it does not take, or a secret for a
 * file that is committed.
 */
DVER_API int dver_config_set(struct dver_repo *repo,
			     enum dver_config_level level, const char *key,
			     const char *value, struct dver_err *err);
/* Is this key's value a secret, which no command line should have? */
DVER_API bool dver_config_is_secret(const char *key);
/* 1: it was set, 0: not. */
DVER_API int dver_config_unset(struct dver_repo *repo,
			       enum dver_config_level level, const char *key,
			       struct dver_err *err);

/* The name of the i-th setting that there is; NULL after the last. */
DVER_API const char *dver_config_key(size_t i);

struct dver_config_entry {
	enum dver_config_level level;
	const char *key;
	const char *value;	/* secrets read "***" */
	const char *file;
};
DVER_API int dver_config_each(struct dver_repo *repo,
			      enum dver_config_level level,
			      int (*fn)(void *data,
					const struct dver_config_entry *e),
			      void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
