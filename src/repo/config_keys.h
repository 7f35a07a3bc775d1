/*
 * config_keys - every setting there is: one table.
 */
#ifndef REPO_CONFIG_KEYS_H
#define REPO_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;

enum config_type {
	CONFIG_STR,
	CONFIG_BOOL,
	CONFIG_SIZE,
	CONFIG_COUNT,		/* a plain number */
	CONFIG_LINKS,
	CONFIG_PATH,
	CONFIG_URL,
	CONFIG_TRUST,		/* true, false or the path of certificates */
	CONFIG_WORD,
	CONFIG_SHARED
};

struct config_key {
	const char *name;	/* "section.name"; of a remote: the option */
	enum config_type type;
	const char *standard;	/* the value when it is not set; or NULL */
	const char *words;	/* CONFIG_WORD: "one|or|another" */
};

/* The row of a key (case as git has it), remotes' options too, or NULL. */
const struct config_key *config_key_find(const char *key);
/* All rows but those of remotes, for a loop: NULL after the last. */
const struct config_key *config_key_at(size_t i);
/* Does the key take this value?  DVER_EINVAL says what it takes. */
int config_key_check(const struct config_key *k, const char *key,
		     const char *value, struct dver_err *err);

#endif
