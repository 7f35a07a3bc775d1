#include "repo/config_keys.h"

#include <stdint.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "repo/git_config.h"
#include "store/link.h"

static const struct config_key keys[] = {
	{ "core.autostage", CONFIG_BOOL, "true" },
	{ "core.fsync", CONFIG_BOOL, "true" },
	{ "core.remote", CONFIG_STR, NULL },
	{ "core.clashes", CONFIG_CLASHES, "refuse" },
	{ "core.jobs", CONFIG_SIZE, NULL },
	{ "cache.dir", CONFIG_STR, NULL },
	{ "cache.type", CONFIG_LINKS, "reflink,copy" },
	{ "cache.looseAbove", CONFIG_SIZE, NULL },
	{ "hooks.postcheckout", CONFIG_POSTCHECKOUT, "checkout" },
	{ "hooks.precommit", CONFIG_PRECOMMIT, "block" },
	{ "hooks.prepush", CONFIG_PREPUSH, "push" },
	{ "remote.*.url", CONFIG_URL, NULL },
	{ "transfer.slice", CONFIG_SIZE, "512m" },
};

/* "remote.*.url" against "remote.origin.url". */
static bool matches(const char *pattern, const char *key)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail, len = strlen(key);

	if (!star)
		return strcasecmp(pattern, key) == 0;
	head = (size_t)(star - pattern);
	tail = strlen(star + 1);
	return len > head + tail && strncasecmp(pattern, key, head) == 0 &&
	       strcasecmp(star + 1, key + len - tail) == 0;
}

const struct config_key *config_key_find(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (matches(keys[i].name, key))
			return &keys[i];
	return NULL;
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

/* One of the words in `list`, which reads "a, b or c"? */
static int one_of(const char *key, const char *value, const char *list,
		  struct dver_err *err)
{
	size_t len = strlen(value);

	for (const char *p = list; *p; p += strspn(p, ", ")) {
		size_t n = strcspn(p, ", ");

		if (n == len && memcmp(p, value, n) == 0 &&
		    !streq(value, "or"))
			return 0;
		p += n;
	}
	return takes(key, value, list, err);
}

int config_key_check(const struct config_key *k, const char *key,
		     const char *value, struct dver_err *err)
{
	struct link_order order;
	uint64_t size;

	switch (k->type) {
	case CONFIG_BOOL:
		return git_settings_bool(value) >= 0
			       ? 0 : takes(key, value, "true or false", err);
	case CONFIG_SIZE:
		return git_settings_size(value, &size) == 0
			       ? 0 : takes(key, value, "a number, perhaps with "
					   "k, m or g", err);
	case CONFIG_LINKS:
		return link_order_parse(&order, value, err);
	case CONFIG_CLASHES:
		return streq(value, "refuse") || streq(value, "allow")
			       ? 0 : takes(key, value, "refuse or allow", err);
	case CONFIG_POSTCHECKOUT:
		return one_of(key, value, "checkout or off", err);
	case CONFIG_PRECOMMIT:
		return one_of(key, value, "block, warn, add or off", err);
	case CONFIG_PREPUSH:
		return one_of(key, value, "push, block or off", err);
	case CONFIG_STR:
	case CONFIG_URL:
		break;
	}
	return *value ? 0 : takes(key, value, "a value", err);
}
