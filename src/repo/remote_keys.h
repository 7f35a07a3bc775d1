/*
 * remote_keys - every option of a remote: one table.
 *
 * The names are DVC's.  Git's syntax has no "_", so a file spells them with
 * "-" (access-key-id); everywhere else either will do.
 *
 * What is committed may come from anyone who can push.  So secrets, and names
 * of files whose content is run or sent, are never taken from there; and
 * secrets are bound to what says where they go (remote_bind.c).
 */
#ifndef REPO_REMOTE_KEYS_H
#define REPO_REMOTE_KEYS_H

#include "base/buf.h"
#include "repo/config_keys.h"

enum {
	SCHEME_FOLDER = 1,
	SCHEME_S3 = 2,
	SCHEME_AZURE = 4,
	SCHEME_HTTP = 8,
	SCHEME_WEBDAV = 16,
	SCHEME_SSH = 32
};
#define SCHEME_NET (SCHEME_S3 | SCHEME_AZURE | SCHEME_HTTP | SCHEME_WEBDAV | \
		    SCHEME_SSH)
#define SCHEME_ANY (SCHEME_FOLDER | SCHEME_NET)

enum {
	REMOTE_SECRET = 1,	/* never committed, never shown */
	REMOTE_OWN = 2,		/* not a secret, but never committed either */
	REMOTE_WHERE = 4,	/* says where secrets go to */
	REMOTE_PLACE = 8,	/* with the URL, says which store it is */
	REMOTE_HIDDEN = 16	/* dver's own note */
};

struct remote_key {
	struct config_key key;	/* its name is the option's: "region" */
	unsigned schemes;	/* SCHEME_*: remotes that have it */
	unsigned flags;		/* REMOTE_* */
};

/* Where it is noted what the secrets of a file were given for. */
#define REMOTE_BOUND "secrets_for"

/* By name, with "_" or "-"; NULL: there is none. */
const struct remote_key *remote_key_find(const char *option);
/* All rows, for a loop: NULL after the last. */
const struct remote_key *remote_key_at(size_t i);
/* "remote.NAME.OPTION" -> the option, borrowed; NULL: another key. */
const char *remote_key_option(const char *key);
/* A key as files spell it, owned; NULL: out of memory. */
char *remote_key_spell(const char *name, const char *option);
char *remote_key_spell_key(const char *key);
/* DVER_EINVAL: there is no such option; names near ones. */
int remote_key_unknown(const char *option, struct dver_err *err);
/* "s3" or "s3, azure and http": for messages. */
void remote_schemes_say(struct buf *out, unsigned schemes);

#endif
