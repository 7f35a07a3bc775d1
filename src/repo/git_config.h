/*
 * git_config - files in git's configuration syntax, as levels over another.
 */
#ifndef REPO_GIT_CONFIG_H
#define REPO_GIT_CONFIG_H

#include <stdbool.h>

#include "base/buf.h"

struct dver_err;
struct git_settings;

#define SETTINGS_LEVELS 4	/* 0 is the weakest */

/* paths[i] may be NULL, or of a file that does not exist. */
int git_settings_open(struct git_settings **out,
		      const char *const paths[SETTINGS_LEVELS],
		      struct dver_err *err);
void git_settings_free(struct git_settings *s);
/*
 * The value at one level (-1: the strongest that has it): 1 and *value
 * (owned by the caller) and the level it is of, 0, < 0.
 */
int git_settings_get(struct git_settings *s, int level, const char *key,
		     char **value, int *found, struct dver_err *err);
struct setting_change {
	const char *key;
	const char *value;	/* NULL removes */
};
/*
 * Writes the level's file once; how many settings changed (what is removed
 * may not be there).  A private file is for its owner alone, from the moment
 * that it is made.
 */
int git_settings_change(struct git_settings *s, int level,
			const struct setting_change *v, size_t n,
			bool private, struct dver_err *err);
int git_settings_each(struct git_settings *s, int level,
		      int (*fn)(void *data, int level, const char *key,
				const char *value),
		      void *data, struct dver_err *err);
/* "yes", "off", "1"...: 1, 0, -1 when it is none. */
int git_settings_bool(const char *value);
/* With k, m, g: 0, or -1. */
int git_settings_size(const char *value, uint64_t *out);

#endif
