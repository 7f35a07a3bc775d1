/*
 * config - settings as the rooms above ask for them; dver/config.h is the
 * public side.  Which keys exist, what they take and their defaults stand in
 * one table in config_keys.c.
 */
#ifndef REPO_CONFIG_H
#define REPO_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "dver/config.h"
#include "repo/repo.h"

/* The value (or the table's default; NULL if it has none); borrowed. */
const char *config_str(struct dver_repo *repo, const char *key);
bool config_bool(struct dver_repo *repo, const char *key);
/* Numbers take k, m, g suffixes (powers of 1024), as git's do. */
uint64_t config_size(struct dver_repo *repo, const char *key);

/*
 * Does every setting that is in the table have a value that it takes?
 * DVER_EINVAL names the file.  Asked before anything is done by them, but not
 * when the repository is opened: `dver config` is to mend it.
 */
int config_check(struct dver_repo *repo, struct dver_err *err);

#endif
