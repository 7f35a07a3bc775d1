/*
 * config_internal - the struct behind config.h, for config.c and remotes.c.
 */
#ifndef REPO_CONFIG_INTERNAL_H
#define REPO_CONFIG_INTERNAL_H

#include "repo/config.h"
#include "repo/git_config.h"

struct config {
	struct git_settings *settings;	/* owned */
	char *path[SETTINGS_LEVELS];	/* owned; NULL: there is none */
	struct strvec kept;		/* values that config_str() lent */
};

/* `meta` is .dver/, or NULL outside a workspace. */
int config_load(struct config **out, const char *meta, struct dver_err *err);
void config_free(struct config *c);
/* The settings' level: -1 for DVER_CONFIG_ANY. */
int config_level(enum dver_config_level level);
/* The level that is written: ANY is the committed file. */
enum dver_config_level config_written(enum dver_config_level level);
/*
 * Write settings of one file together; the folder is made.  The committed file
 * of `repo` (may be NULL) is staged where core.autostage is on, as pointers
 * are; a warning says when git would not.
 */
int config_write(struct config *c, struct dver_repo *repo,
		 enum dver_config_level level, const struct setting_change *v,
		 size_t n, bool private, struct dver_err *err);
/*
 * A URL or path as it is meant: relative to the folder of the level's file
 * (SETTINGS_LEVELS: to the current folder).
 */
char *config_resolve(const struct config *c, int level, const char *url);

#endif
