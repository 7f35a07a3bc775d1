#include "repo/config_keys.h"

#include <stdint.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/share.h"
#include "repo/git_config.h"
#include "repo/remote_keys.h"
#include "store/link.h"

static const struct config_key keys[] = {
	{ "core.autostage", CONFIG_BOOL, "true", NULL },
	{ "core.fsync", CONFIG_BOOL, "true", NULL },
	{ "core.remote", CONFIG_STR, NULL, NULL },
	{ "core.clashes", CONFIG_WORD, "refuse", "refuse|allow" },
	{ "core.jobs", CONFIG_SIZE, NULL, NULL },
	{ "core.windowsNames", CONFIG_WORD, "warn", "warn|refuse|allow" },
	{ "cache.dir", CONFIG_STR, NULL, NULL },
	{ "cache.type", CONFIG_LINKS, "reflink,copy", NULL },
	{ "cache.looseAbove", CONFIG_SIZE, NULL, NULL },
	{ "cache.shared", CONFIG_SHARED, NULL, NULL },
	{ "hooks.postCheckout", CONFIG_WORD, "checkout", "checkout|off" },
	{ "hooks.preCommit", CONFIG_WORD, "block", "block|warn|add|off" },
	{ "hooks.prePush", CONFIG_WORD, "push", "push|block|off" },
	{ "parsing.bool", CONFIG_WORD, "store_true",
	  "store_true|boolean_optional" },
	{ "parsing.list", CONFIG_WORD, "nargs", "nargs|append" },
	{ "transfer.slice", CONFIG_SIZE, "512m", NULL },
};

const struct config_key *config_key_find(const char *key)
{
	const char *option = remote_key_option(key);
	const struct remote_key *rk = option ? remote_key_find(option) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcasecmp(keys[i].name, key) == 0)
			return &keys[i];
	return rk ? &rk->key : NULL;
}

const struct config_key *config_key_at(size_t i)
{
	return i < ARRAY_SIZE(keys) ? &keys[i] : NULL;
}

static int takes(const char *key, const char *value, const char *what,
		 struct dver_err *err)
{
	return err_set(err, DVER_EINVAL, "'%s' takes %s, not '%s'", key, what,
		       value);
}

/* "push|block|off" as "push, block or off". */
static int takes_words(const char *key, const char *value, const char *words,
		       struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(1000);

	for (const char *p = words; *p; p++) {
		if (*p != '|')
			buf_addc(&b, *p);
		else
			buf_addstr(&b, strchr(p + 1, '|') ? ", " : " or ");
	}
	return takes(key, value, b.data, err);
}

static bool is_one_of(const char *words, const char *value)
{
	size_t len = strlen(value);

	while (words && *words) {
		size_t n = strcspn(words, "|");

		if (n == len && memcmp(words, value, n) == 0)
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

static bool is_count(const char *value)
{
	size_t digits = strspn(value, "0123456789");

	return digits > 0 && digits < 10 && !value[digits];
}

int config_key_check(const struct config_key *k, const char *key,
		     const char *value, struct dver_err *err)
{
	struct link_order order;
	uint64_t size;
	mode_t mask;
	bool exact;

	switch (k->type) {
	case CONFIG_BOOL:
		return git_settings_bool(value) >= 0
			       ? 0 : takes(key, value, "true or false", err);
	case CONFIG_SIZE:
		return git_settings_size(value, &size) == 0
			       ? 0 : takes(key, value, "a number, perhaps with "
					   "k, m or g", err);
	case CONFIG_COUNT:
		return is_count(value) ? 0 : takes(key, value, "a number",
						   err);
	case CONFIG_LINKS:
		return link_order_parse(&order, value, err);
	case CONFIG_WORD:
		return is_one_of(k->words, value)
			       ? 0 : takes_words(key, value, k->words, err);
	case CONFIG_SHARED:
		return share_parse(value, &mask, &exact) == 0
			       ? 0 : takes(key, value, "umask, group, all or a "
					   "mode such as 0660", err);
	case CONFIG_STR:
	case CONFIG_PATH:
	case CONFIG_TRUST:
	case CONFIG_URL:
		break;
	}
	return *value ? 0 : takes(key, value, "a value", err);
}
